"""Institutions, sites and cameras. Factories write rows directly: they make the past, not the act under test."""

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID, uuid4

from infra import clock
from infra.db import db
from infra.tenancy import Binding, bind, binding_of
from tenants.actor import system
from tenants.audit import actions as audit
from tenants.closing.models import Closing
from tenants.registry.models import Camera, InstitutionName, PeriodBasis, RuleSchedule, Site, SitePeriod, Tenant
from tests.factories import people

# What both regulations ask for.
REGULATED = 14


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
    retention_days: int = REGULATED,
    district: str = "左營區",
    opened_on: date | None = None,
) -> Institution:
    """Make and commit an institution, opened long ago; the session's binding is as before afterwards."""
    held = binding_of(db.session)
    tenant_id, site_id = uuid4(), uuid4()
    bind(db.session, Binding(tenant_id=tenant_id))
    tenant = Tenant(id=tenant_id, code=code, kind=kind, name=name, short_name=name, district=district)
    tenant.ownership, tenant.supervising_authority = "private" if kind == "preschool" else "public", "直轄市"
    tenant.opened_on = opened_on
    db.session.add(tenant)
    db.session.flush()
    audit.start_chain(tenant_id=tenant_id, code=code, actor=system("factory"))
    site = Site(id=site_id, tenant_id=tenant_id, code=code, name=name, profile=profile)
    site.notice_posted_on, site.notice_places = date(2026, 1, 1), "大門"
    db.session.add(site)
    db.session.flush()
    if retention_days != REGULATED:
        period(tenant_id, site_id, retention_days)
    made = {camera: uuid4() for camera in cameras}
    db.session.add_all(_camera(tenant_id, site_id, camera, camera_id) for camera, camera_id in made.items())
    db.session.commit()
    bind(db.session, held)
    return Institution(tenant_id, site_id, made)


def period(
    tenant_id: UUID, site_id: UUID, retention_days: int | None, *, effective_from: date = date(2026, 1, 1)
) -> UUID:
    """Let a site keep footage so many days by its own decision from a day on; nothing is committed."""
    basis = PeriodBasis.REGULATION if retention_days is None else PeriodBasis.OWN_POLICY
    made = SitePeriod(id=uuid4(), tenant_id=tenant_id, site_id=site_id, effective_from=effective_from, basis=basis)
    made.retention_days, made.meeting = retention_days, "114學年度第2次園務會議"
    made.meeting_on, made.minutes = effective_from, "園務字第1150001號"
    db.session.add(made)
    db.session.flush()
    return made.id


def attached_preschool(
    of: Institution, *, name: str = "附設幼兒園", camera: str = "小門", code: str = "E1K"
) -> tuple[UUID, UUID]:
    """A second site of a school under the preschools' regulation, and its camera; nothing else changes."""
    held, site_id, camera_id = binding_of(db.session), uuid4(), uuid4()
    bind(db.session, Binding(tenant_id=of.tenant_id))
    db.session.add(Site(id=site_id, tenant_id=of.tenant_id, code=code, name=name, profile="KH_PRESCHOOL"))
    db.session.flush()
    made = _camera(of.tenant_id, site_id, f"K-DOOR{code[3:]}", camera_id)
    made.name = camera
    db.session.add(made)
    db.session.commit()
    bind(db.session, held)
    return site_id, camera_id


def site_without_camera(of: Institution, *, code: str = "E1X") -> UUID:
    """A further site of an institution, in which no camera was set up yet."""
    held, site_id = binding_of(db.session), uuid4()
    bind(db.session, Binding(tenant_id=of.tenant_id))
    db.session.add(Site(id=site_id, tenant_id=of.tenant_id, code=code, name="新校區", profile="KH_PRESCHOOL"))
    db.session.commit()
    bind(db.session, held)
    return site_id


def renamed(
    of: Institution,
    *,
    former: str = "晨曦幼兒園",
    former_district: str = "",
    effective_from: date = date(2026, 2, 1),
) -> UUID:
    """A change of name that has begun: before it the institution was called otherwise."""
    held = binding_of(db.session)
    bind(db.session, Binding(tenant_id=of.tenant_id))
    tenant = db.session.get_one(Tenant, of.tenant_id)
    made = InstitutionName(id=uuid4(), institution_id=of.tenant_id, effective_from=effective_from, name=tenant.name)
    made.short_name, made.district, made.document = tenant.short_name, tenant.district, "府教幼字第1150000001號"
    made.former_name, made.former_short_name, made.former_district = former, former, former_district or tenant.district
    made.begun_at = clock.day_start(effective_from)
    db.session.add(made)
    db.session.commit()
    bind(db.session, held)
    return made.id


def closed(of: Institution, *, on: date | None = None, filmed_until: datetime | None = None) -> None:
    """Let an institution be closed from a day on, today unless told, and record until that day begins, unless told.

    The session is bound to the institution.
    """
    day = on or clock.today()
    tenant = db.session.get_one(Tenant, of.tenant_id)
    tenant.closed_from, tenant.keeper = day, "守園市政府教育局"
    tenant.filmed_until = filmed_until or clock.day_start(day)
    db.session.commit()


def withdrawn_closing(of: Institution) -> UUID:
    """A closing that was entered and taken back; the session is bound to the institution."""
    made = Closing(id=uuid4(), tenant_id=of.tenant_id, kind="closed", state="withdrawn", keeper="守園市政府教育局")
    made.effective_from, made.document = date(2026, 3, 1), "府教幼字第1150000002號"
    made.document_date, made.custodian_id, made.decided_by = date(2026, 2, 1), uuid4(), uuid4()
    made.withdrawn_at, made.withdrawn_by = clock.now(), uuid4()
    db.session.add(made)
    db.session.commit()
    return made.id


def scheduled(*, code: str = "KH_PRESCHOOL", version: str = "116", effective_from: date, min_days: int = 30) -> UUID:
    """A version of a regulation that the bureau entered; the session's binding is as before afterwards."""
    held, bureau_id = binding_of(db.session), people.bureau()
    bind(db.session, Binding(tenant_id=bureau_id))
    made = RuleSchedule(id=uuid4(), code=code, version=version, effective_from=effective_from, min_days=min_days)
    made.document, made.words = "高市教幼字第1160001號", f"監錄資料應保存至少{min_days}日以上。"
    db.session.add(made)
    db.session.commit()
    bind(db.session, held)
    return made.id


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
