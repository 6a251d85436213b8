"""Reads for somebody without an account: the visit, and the cases of the address that it proved."""

from dataclasses import dataclass
from datetime import date, timedelta
from uuid import UUID

from sqlalchemy import ColumnElement, exists, func, select

from infra import clock
from infra.db import db
from tenants.disclosures.applying import rules
from tenants.disclosures.applying.models import Visit
from tenants.disclosures.insider.models import InsiderRequest
from tenants.disclosures.lifecycle import FINAL
from tenants.errors import NotFound
from tenants.footage import queries as footage
from tenants.registry import queries as registry

_HOUR = timedelta(hours=1)


@dataclass(frozen=True, kw_only=True)
class Asked:
    """How many codes were asked for in the last hour and day."""

    hour: int
    day: int


def visit(*, tenant_id: UUID, visit_id: UUID) -> Visit | None:
    """A visit at this institution, or None."""
    return db.session.scalar(select(Visit).where(Visit.tenant_id == tenant_id, Visit.id == visit_id))


def locked(*, tenant_id: UUID, visit_id: UUID) -> Visit | None:
    """The same, locked until the transaction ends, so that tries are counted one by one."""
    query = select(Visit).where(Visit.tenant_id == tenant_id, Visit.id == visit_id).with_for_update()
    return db.session.scalar(query.execution_options(populate_existing=True))


def proved_visit(*, tenant_id: UUID, visit_id: UUID) -> Visit | None:
    """The visit if its address is proved and its time is not over."""
    found = visit(tenant_id=tenant_id, visit_id=visit_id)
    if found is None or not rules.visit_lives(proved_at=found.proved_at, ended_at=found.ended_at, now=clock.now()):
        return None
    return found


def codes_asked(*, tenant_id: UUID, email_search: str | None = None) -> Asked:
    """How many codes were asked for at an institution, for one address where it is named."""
    now = clock.now()
    lately = func.count().filter(Visit.asked_at > now - _HOUR)
    query = select(lately, func.count()).where(Visit.tenant_id == tenant_id, Visit.asked_at > now - timedelta(days=1))
    if email_search is not None:
        query = query.where(Visit.email_search == email_search)
    hour, day = db.session.execute(query).one()
    return Asked(hour=hour, day=day)


def waiting_codes(*, tenant_id: UUID) -> list[UUID]:
    """Visits whose code was not made yet and is still wanted, for the sweep."""
    query = select(Visit.id).where(
        Visit.tenant_id == tenant_id,
        Visit.code_sent_at.is_(None),
        Visit.ended_at.is_(None),
        Visit.asked_at > clock.now() - rules.CODE_LIVES * 2,
    )
    return list(db.session.scalars(query))


def to_forget(*, tenant_id: UUID) -> list[Visit]:
    """Visits of which something is still kept although their day is over."""
    return list(db.session.scalars(select(Visit).where(Visit.tenant_id == tenant_id, *_old()).with_for_update()))


def has_to_forget(*, tenant_id: UUID) -> bool:
    """Whether there are any, for the sweep."""
    return bool(db.session.scalar(select(exists().where(Visit.tenant_id == tenant_id, *_old()))))


def own_cases(*, tenant_id: UUID, email: str) -> list[InsiderRequest]:
    """The cases that this address asked for at this institution, newest first."""
    if not email:
        return []
    query = select(InsiderRequest).where(
        InsiderRequest.tenant_id == tenant_id, func.lower(InsiderRequest.email) == email
    )
    return list(db.session.scalars(query.order_by(InsiderRequest.filed_at.desc())))


def own_case(*, tenant_id: UUID, email: str, disclosure_id: UUID) -> InsiderRequest:
    """One of them. Raises `NotFound`, also for a case of somebody else (DR-08)."""
    for found in own_cases(tenant_id=tenant_id, email=email):
        if found.id == disclosure_id:
            return found
    raise NotFound


def open_count(*, tenant_id: UUID, email: str) -> int:
    """How many cases of this address are not over."""
    return sum(each.state not in FINAL for each in own_cases(tenant_id=tenant_id, email=email))


def earliest_days(*, tenant_id: UUID) -> dict[UUID, date]:
    """最早可查日期 of each site that has footage: of all its cameras the oldest day, and no single camera's."""
    cameras = registry.cameras_ever(tenant_id=tenant_id)
    of_cameras = footage.earliest_days(tenant_id=tenant_id, cameras=cameras)
    found: dict[UUID, date] = {}
    for camera in cameras:
        if camera.id in of_cameras:
            day = of_cameras[camera.id]
            found[camera.site_id] = min(day, found.get(camera.site_id, day))
    return found


def _old() -> tuple[ColumnElement[bool], ...]:
    return (Visit.asked_at < clock.now() - rules.FORGOTTEN_AFTER, Visit.email_search != "")
