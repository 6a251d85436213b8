"""Institutions, sites and cameras. Factories write rows directly: they make the past, not the act under test."""

from dataclasses import dataclass
from datetime import date
from uuid import UUID, uuid4

from infra.db import db
from infra.tenancy import Binding, bind, binding_of
from tenants.actor import system
from tenants.audit import actions as audit
from tenants.registry.models import Camera, Site, Tenant


@dataclass(frozen=True)
class Institution:
    """One institution with one site and its cameras' ids by code."""

    tenant_id: UUID
    site_id: UUID
    cameras: dict[str, UUID]


def institution(
    code: str = "K1",
    *,
    kind: str = "preschool",
    name: str = "晨光幼兒園",
    profile: str = "KH_PRESCHOOL",
    cameras: tuple[str, ...] = ("C-GATE", "C-ROOM2"),
    retention_days: int = 14,
) -> Institution:
    """Make and commit an institution; the session's binding is as before afterwards."""
    held = binding_of(db.session)
    tenant_id, site_id = uuid4(), uuid4()
    bind(db.session, Binding(tenant_id=tenant_id))
    db.session.add(
        Tenant(
            id=tenant_id,
            code=code,
            kind=kind,
            name=name,
            short_name=name,
            district="左營區",
            ownership="private" if kind == "preschool" else "public",
            supervising_authority="直轄市",
        )
    )
    db.session.flush()
    audit.start_chain(tenant_id=tenant_id, code=code, actor=system("factory"))
    db.session.add(
        Site(id=site_id, tenant_id=tenant_id, code=code, name=name, profile=profile, retention_days=retention_days)
    )
    db.session.flush()
    made = {camera: uuid4() for camera in cameras}
    db.session.add_all(_camera(tenant_id, site_id, camera, camera_id) for camera, camera_id in made.items())
    db.session.commit()
    bind(db.session, held)
    return Institution(tenant_id, site_id, made)


def _camera(tenant_id: UUID, site_id: UUID, code: str, camera_id: UUID) -> Camera:
    return Camera(
        id=camera_id,
        tenant_id=tenant_id,
        site_id=site_id,
        code=code,
        name=code,
        zone="front_gate",
        active_from=date(2026, 1, 1),
    )
