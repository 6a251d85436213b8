"""Placing and ending a hold: what is kept longer, why, and until when somebody looks at it again."""

from collections.abc import Iterable, Sequence
from datetime import date
from uuid import UUID, uuid4

from sqlalchemy import func, select

from infra import clock, queues
from infra.db import db
from tenants import periods
from tenants.actor import Actor, ActorKind
from tenants.audit.events import Event
from tenants.errors import Destroyed, Invalid, InvalidTransition, NotFound
from tenants.footage.models import DayKey
from tenants.registry.models import Camera
from tenants.retention import hold_queries, queries
from tenants.retention.availability import AvailabilityState, availability
from tenants.retention.hold_history import record
from tenants.retention.models import Hold, HoldBasis, HoldWindow
from tenants.retention.rules import (
    REVIEW_MONTHS,
    CameraSpan,
    Grounds,
    check_hold,
    check_windows,
    days_of,
    review_day,
)


def place_hold(
    *,
    actor: Actor,
    tenant_id: UUID,
    basis: HoldBasis,
    reference: str,
    necessity: str,
    windows: Sequence[CameraSpan],
    review_on: date,
    document: str = "",
) -> Hold:
    """Keep the windows from now on; a worker copies them. In the caller's transaction, so a filing preserves (DR-01).

    Takes the days' keys against their destruction: of a filing and a destruction in the same second one waits for the
    other and then sees what it did. A request is reviewed before its footage is a year old, however late it came.
    Raises `Invalid`, `NotFound` for a foreign camera, and `Destroyed` naming the certificate of a window wholly gone.
    """
    now = clock.now()
    today, said = clock.civil_day(now), {"reference": reference, "document": document, "necessity": necessity}
    check_hold(basis=basis, **said, review_on=review_on, today=today)
    check_windows(windows, now=now)
    review_on = review_day(basis, windows, asked=review_on, today=today)
    empty = _kept(tenant_id, windows)
    hold = Hold(id=uuid4(), tenant_id=tenant_id, basis=basis, placed_at=now, placed_by=actor.id, review_on=review_on)
    hold.reference, hold.document, hold.necessity = reference.strip(), document.strip(), necessity.strip()
    _add_windows(hold, windows)
    record(
        Event.HOLD_PLACED,
        hold,
        actor=actor,
        basis=basis,
        reference=hold.reference,
        document=hold.document,
        review_on=review_on.isoformat(),
        windows=_plain(windows),
        empty=empty,
    )
    queues.enqueue_after_commit(db.session, queues.Job.COPY_HOLD, tenant_id=tenant_id, hold_id=hold.id)
    return hold


def hold_for_case(
    *, actor: Actor, tenant_id: UUID, grounds: Grounds, windows: Sequence[CameraSpan], over: UUID | None = None
) -> Hold:
    """Keep what a case is about from its first day on; reviewed in half a year. Raises as `place_hold` (DR-01).

    `over` is an urgent hold of some of it, which then is the case's, unless it ended in the same moment (DR-02).
    """
    taken = None
    if over is not None:
        taken = take_over(actor=actor, tenant_id=tenant_id, hold_id=over, grounds=grounds, windows=windows)
    return taken or place_hold(
        actor=actor, tenant_id=tenant_id, **vars(grounds), windows=windows, review_on=_first_review()
    )


def release_after_appeal(*, actor: Actor, tenant_id: UUID, hold_id: UUID | None, serial: str) -> None:
    """Announce the end of a case's hold: after the appeal period, not before and not silently later (DR-01).

    A hold that the institution ended or extended in the meantime is left as it is, and no hold is none to end.
    """
    if hold_id is None:
        return
    hold = queries.hold(tenant_id=tenant_id, hold_id=hold_id)
    if hold.released_at is None and hold.ends_on is None:
        last = periods.appealable_through(clock.today())
        release_hold(actor=actor, tenant_id=tenant_id, hold_id=hold.id, reason=f"{serial} 已終結", on=last)


def release_hold(*, actor: Actor, tenant_id: UUID, hold_id: UUID, reason: str, on: date | None = None) -> Hold:
    """End a hold now, or after the day `on`, such as the last of the appeal period; its copies go in the next run.

    What another hold keeps stays, since each hold has copies of its own. Raises `Invalid` without a reason and
    `InvalidTransition` when the hold has ended already.
    """
    hold = hold_queries.locked_hold(tenant_id=tenant_id, hold_id=hold_id)
    if hold.released_at is not None:
        raise InvalidTransition("這筆保全已經結束。請重新整理頁面查看最新狀態。")
    if not reason.strip():
        raise Invalid("請填寫結束保全的原因。", field="reason")
    hold.release_reason = reason.strip()
    if on is not None and on >= clock.today():
        hold.ends_on = on
        record(Event.HOLD_ENDING, hold, actor=actor, reason=hold.release_reason, on=on.isoformat())
        return hold
    hold.released_at = clock.now()
    hold.released_by = actor.id if actor.kind is ActorKind.PERSON else None
    record(Event.HOLD_RELEASED, hold, actor=actor, reason=hold.release_reason)
    queues.enqueue_after_commit(db.session, queues.Job.DESTROY_HOLD, tenant_id=tenant_id, hold_id=hold_id)
    return hold


def take_over(
    *,
    actor: Actor,
    tenant_id: UUID,
    hold_id: UUID,
    grounds: Grounds,
    windows: Sequence[CameraSpan],
) -> Hold | None:
    """Let a case go on with an urgent hold and what it has copied: from now on it is the case's, and lapses no more.

    `windows` are what the case asks for, kept besides. None where the hold ended in the same moment (DR-02).
    """
    hold = hold_queries.locked_hold(tenant_id=tenant_id, hold_id=hold_id)
    if hold.released_at is not None or hold.basis != HoldBasis.URGENT:
        return None
    check_hold(**vars(grounds), review_on=_first_review(), today=clock.today())
    check_windows(windows, now=clock.now())
    _check_cameras(tenant_id, {window.camera_id for window in windows})
    _keep_keys(tenant_id, windows)
    _add_windows(hold, windows)
    kept = queries.windows(tenant_id=tenant_id, hold_id=hold_id)
    hold.basis, hold.reference = grounds.basis, grounds.reference.strip()
    hold.document, hold.necessity = grounds.document.strip(), grounds.necessity.strip()
    hold.review_on = review_day(grounds.basis, kept, asked=_first_review(), today=clock.today())
    hold.ends_on, hold.release_reason = None, ""
    record(
        Event.HOLD_TAKEN_OVER,
        hold,
        actor=actor,
        reference=hold.reference,
        review_on=hold.review_on.isoformat(),
        windows=_plain(windows),
    )
    queues.enqueue_after_commit(db.session, queues.Job.COPY_HOLD, tenant_id=tenant_id, hold_id=hold_id)
    return hold


def _first_review() -> date:
    return periods.add_months(clock.today(), REVIEW_MONTHS)


def _add_windows(hold: Hold, windows: Iterable[CameraSpan]) -> None:
    db.session.add(hold)
    db.session.flush()
    db.session.add_all(
        HoldWindow(
            id=uuid4(),
            tenant_id=hold.tenant_id,
            hold_id=hold.id,
            camera_id=window.camera_id,
            started_at=window.started_at,
            ended_at=window.ended_at,
        )
        for window in windows
    )


def _kept(tenant_id: UUID, windows: Sequence[CameraSpan]) -> int:
    """Bar the destruction of what the windows cover; how many of them have nothing at the moment."""
    _check_cameras(tenant_id, {window.camera_id for window in windows})
    _keep_keys(tenant_id, windows)
    return _refuse_what_is_gone(tenant_id, windows)


def _plain(windows: Iterable[CameraSpan]) -> list[list[str]]:
    return [[str(each.camera_id), each.started_at.isoformat(), each.ended_at.isoformat()] for each in windows]


def _check_cameras(tenant_id: UUID, wanted: set[UUID]) -> None:
    query = select(func.count()).where(Camera.tenant_id == tenant_id, Camera.id.in_(wanted))
    if db.session.scalar(query) != len(wanted):
        raise NotFound


def _keep_keys(tenant_id: UUID, windows: Iterable[CameraSpan]) -> None:
    """Share the keys' rows with other holds and bar destruction, which wants them alone, until this commits."""
    days = sorted({day for window in windows for day in days_of(window)})
    db.session.execute(
        select(DayKey.civil_day)
        .where(DayKey.tenant_id == tenant_id, DayKey.civil_day.in_(days))
        .order_by(DayKey.civil_day, DayKey.retention_days)
        .with_for_update(read=True)
    )


def _refuse_what_is_gone(tenant_id: UUID, windows: Iterable[CameraSpan]) -> int:
    """How many windows have no footage at the moment, so that the chain does not claim that it was kept."""
    empty = 0
    for window in windows:
        found = availability(tenant_id=tenant_id, span=window)
        if found.state is AvailabilityState.DESTROYED:
            numbers = "、".join(found.certificates)
            raise Destroyed(f"這段時間的影像已依規定銷毀（銷毀證明：{numbers}），無法再提供。")
        empty += not found.recorded
    return empty
