"""Reads of faults. The session is bound to the institution."""

from collections.abc import Collection, Mapping
from uuid import UUID

from sqlalchemy import select

from infra.db import db
from tenants.upkeep.faults.kinds import FaultKind
from tenants.upkeep.faults.models import Fault, FaultCamera


def open_of_site(*, tenant_id: UUID, site_id: UUID, kind: FaultKind) -> Fault | None:
    """The open fault of a site itself."""
    query = select(Fault).where(
        Fault.tenant_id == tenant_id,
        Fault.site_id == site_id,
        Fault.kind == kind,
        Fault.whole_site,
        Fault.ended_at.is_(None),
    )
    return db.session.scalar(query)


def open_of_cameras(*, tenant_id: UUID, camera_ids: Collection[UUID], kind: FaultKind) -> Mapping[UUID, Fault]:
    """The open fault of each of these cameras that has one of the kind."""
    query = (
        select(FaultCamera.camera_id, Fault)
        .join(Fault, (Fault.tenant_id == FaultCamera.tenant_id) & (Fault.id == FaultCamera.fault_id))
        .where(
            FaultCamera.tenant_id == tenant_id,
            FaultCamera.camera_id.in_(camera_ids),
            FaultCamera.kind == kind,
            FaultCamera.ended_at.is_(None),
        )
    )
    return {camera_id: fault for camera_id, fault in db.session.execute(query)}  # noqa: C416 - rows are no pairs to mypy
