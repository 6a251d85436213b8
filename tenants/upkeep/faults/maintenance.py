"""Work that is announced: it hides nothing, and what it costs is labelled and counts as before (KH-5-3b)."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID, uuid4

from sqlalchemy import or_, select

from infra import clock
from infra.db import db
from tenants.actor import Actor, person
from tenants.audit import actions as audit
from tenants.audit.events import Event
from tenants.errors import Invalid, InvalidTransition, NotFound
from tenants.footage.rules import Window, merged, missing
from tenants.permissions import Permission
from tenants.registry import queries as registry
from tenants.registry import standing
from tenants.upkeep.faults.models import MaintenanceWindow
from tenants.upkeep.faults.rules import LONGEST_WORDS

_LONGEST = timedelta(days=7)
# What was done last month is still to be written down; of what is older the register of repairs tells.
_OLDEST, _FURTHEST = timedelta(days=30), timedelta(days=180)


@dataclass(frozen=True, kw_only=True)
class Announcement:
    """Work on a site, or on one camera of it."""

    site_id: UUID
    camera_id: UUID | None
    starts_at: datetime
    ends_at: datetime
    reason: str


def announce(*, actor: Actor, tenant_id: UUID, said: Announcement) -> MaintenanceWindow:
    """Enter a span of work; once it has begun, that is 事後說明 (`is_planned`).

    Raises `NotFound`, `Invalid` and `Closed`.
    """
    actor.require(Permission.FAULT_HANDLE)
    standing.refuse_closed(tenant_id=tenant_id, what="不能再登記維修時段")
    now = clock.now()
    for fault in faults(said, now):
        raise fault
    site = registry.site(tenant_id=tenant_id, site_id=said.site_id)
    if said.camera_id is not None and registry.camera(tenant_id=tenant_id, camera_id=said.camera_id).site_id != site.id:
        raise NotFound
    made = MaintenanceWindow(
        id=uuid4(),
        tenant_id=tenant_id,
        site_id=site.id,
        camera_id=said.camera_id,
        starts_at=said.starts_at,
        ends_at=said.ends_at,
        reason=said.reason.strip(),
        announced_at=now,
        announced_by=person(actor),
    )
    db.session.add(made)
    audit.record(
        Event.MAINTENANCE_ANNOUNCED,
        tenant_id=tenant_id,
        actor=actor,
        subject_id=made.id,
        site_id=str(site.id),
        work_from=made.starts_at.isoformat(),
        work_until=made.ends_at.isoformat(),
        planned=is_planned(made),
    )
    return made


def withdraw(*, actor: Actor, tenant_id: UUID, maintenance_id: UUID) -> None:
    """Take back work that has not begun. Raises `NotFound` and `InvalidTransition`."""
    actor.require(Permission.FAULT_HANDLE)
    of = MaintenanceWindow
    query = select(of).where(of.tenant_id == tenant_id, of.id == maintenance_id).with_for_update()
    found = db.session.scalar(query, execution_options={"populate_existing": True})
    if found is None:
        raise NotFound
    if found.withdrawn_at is not None or found.starts_at <= clock.now():
        raise InvalidTransition("這個維修時段已經開始或已撤回，紀錄會保留，不能再撤回。")
    found.withdrawn_at, found.withdrawn_by = clock.now(), person(actor)
    audit.record(Event.MAINTENANCE_WITHDRAWN, tenant_id=tenant_id, actor=actor, subject_id=found.id)


def is_planned(window: MaintenanceWindow) -> bool:
    """計畫性, and not 事後說明: it was announced before it began."""
    return window.announced_at < window.starts_at


def listed(*, tenant_id: UUID, since: datetime) -> Sequence[MaintenanceWindow]:
    """What was not taken back and had not ended by then, the latest first."""
    of = MaintenanceWindow
    query = select(of).where(of.tenant_id == tenant_id, of.withdrawn_at.is_(None), of.ends_at > since)
    return list(db.session.scalars(query.order_by(of.starts_at.desc())))


def shown_since(now: datetime) -> datetime:
    """Since when a page shows what is over."""
    return now - _OLDEST


def of_camera(*, tenant_id: UUID, camera_id: UUID, window: Window) -> Sequence[MaintenanceWindow]:
    """The work on a camera, or on the whole of its site, in a span."""
    of, camera = MaintenanceWindow, registry.camera(tenant_id=tenant_id, camera_id=camera_id)
    query = select(of).where(
        of.tenant_id == tenant_id,
        of.site_id == camera.site_id,
        or_(of.camera_id.is_(None), of.camera_id == camera_id),
        of.withdrawn_at.is_(None),
        of.starts_at < window.ended_at,
        of.ends_at > window.started_at,
    )
    return list(db.session.scalars(query.order_by(of.starts_at)))


def was_planned(*, tenant_id: UUID, camera_id: UUID, window: Window) -> bool:
    """Whether all of a span was announced before it began."""
    spans = [
        Window(each.starts_at, each.ends_at)
        for each in of_camera(tenant_id=tenant_id, camera_id=camera_id, window=window)
        if is_planned(each)
    ]
    return not missing(window, merged(spans))


def faults(said: Announcement, now: datetime) -> Iterator[Invalid]:
    """What an announcement lacks, all at once."""
    if said.ends_at <= said.starts_at:
        yield Invalid("結束時間應晚於開始時間。", field="ends", code="reversed")
    elif said.ends_at - said.starts_at > _LONGEST:
        yield Invalid("一次最長 7 日。更長的維修請分次登記，期間的錄影中斷仍會計入。", field="ends", code="too_long")
    if said.starts_at < now - _OLDEST:
        yield Invalid("只能登記 30 日內的維修。", field="starts", code="too_old")
    if said.starts_at > now + _FURTHEST:
        yield Invalid("請登記半年以內的維修。", field="starts", code="too_far")
    if not said.reason.strip():
        yield Invalid("請寫明維修的內容，例如：更換交換器。", field="reason", code="words_missing")
    elif len(said.reason) > LONGEST_WORDS:
        yield Invalid(f"內容請在 {LONGEST_WORDS} 字以內。", field="reason", code="too_long")
