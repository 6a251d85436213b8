"""Why seconds are missing, in the words of a person (KH-5-3b). The ledger of the boxes says what and of what cause.

A gap is settled as far as somebody's word reaches; what of it no word reaches is owed where the site had to record.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID, uuid4

from sqlalchemy import Select, exists, select

from infra import clock
from infra.causes import GapCause
from infra.clock import civil_day
from infra.db import db
from infra.manifest import microseconds
from infra.statements import made_once
from tenants.actor import Actor, person
from tenants.audit import actions as audit
from tenants.audit.events import Event
from tenants.errors import Invalid, NotFound
from tenants.footage import camera_days
from tenants.footage.due import due_between
from tenants.footage.models import GapReport
from tenants.footage.remarks import remarks
from tenants.footage.rules import Window, merged, missing
from tenants.permissions import Permission
from tenants.registry import queries as registry
from tenants.upkeep.faults import maintenance
from tenants.upkeep.faults.kinds import GapReason, How, LineCode
from tenants.upkeep.faults.models import Fault, FaultCamera, FaultLine, GapSettlement
from tenants.upkeep.faults.rules import LONGEST_WORDS
from tenants.working_days import working_days_after

# After three working days without a reason an interruption is one 無故 (KH-5-3b).
SETTLE_DAYS = 3
# A clock that was set forward interrupted nothing; and what the law forbids to record is no interruption.
UNOWED = frozenset({GapCause.CLOCK_CHANGED, GapCause.PROHIBITED_ZONE})
# The box knows when it lost a camera to the second; the minute before is where a gap may have begun.
_MARGIN = timedelta(minutes=1)
# Of an interruption that ended longer ago nobody is asked any more.
LOOKED_BACK = timedelta(days=90)


@dataclass(frozen=True, kw_only=True)
class OwedGap:
    """Seconds of a camera without footage that nobody explained. `key` names it on a form."""

    camera_id: UUID
    window: Window
    cause: GapCause

    @property
    def key(self) -> str:
        """The same for the same beginning, however much longer it has grown."""
        return f"{self.camera_id}.{microseconds(self.window.started_at)}"

    @property
    def late_from(self) -> date:
        """The first day on which it is 無故中斷."""
        return working_days_after(civil_day(self.window.ended_at), SETTLE_DAYS) + timedelta(days=1)


@dataclass(frozen=True, kw_only=True)
class Word:
    """Why seconds are missing, as somebody typed it."""

    reason: GapReason
    words: str


def settle(
    *, actor: Actor, tenant_id: UUID, keys: Collection[str], word: Word, fault_id: UUID | None = None
) -> Sequence[OwedGap]:
    """Give the reason of gaps that are owed, of a fault or of the institution; those settled.

    Raises `NotFound`, and `Invalid`: nothing chosen, no words, or 計畫性維修 that was not announced before it began.
    """
    actor.require(Permission.FAULT_HANDLE)
    now = clock.now()
    fault = _fault(tenant_id, fault_id) if fault_id is not None else None
    owed = unsettled_of(tenant_id=tenant_id, fault=fault, now=now) if fault else unsettled(tenant_id=tenant_id, now=now)
    chosen = [gap for gap in owed if gap.key in set(keys)]
    words = _checked(tenant_id, chosen, word)
    named = {"tenant_id": tenant_id, "fault_id": fault_id, "settled_at": now, "settled_by": person(actor)}
    db.session.add_all(_settlement(gap, word.reason, words, named) for gap in chosen)
    if fault is not None:
        told = f"說明 {len(chosen)} 段錄影中斷的原因：{words}"
        own = {"tenant_id": tenant_id, "fault_id": fault.id, "by": person(actor)}
        db.session.add(FaultLine(id=uuid4(), at=now, code=LineCode.SETTLED, how=How.PERSON, words=told, **own))
    seconds = round(sum(gap.window.seconds for gap in chosen))
    audit.record(
        Event.GAP_SETTLED,
        tenant_id=tenant_id,
        actor=actor,
        subject_id=fault_id,
        reason=word.reason.value,
        count=len(chosen),
        seconds=seconds,
    )
    return chosen


def _settlement(gap: OwedGap, reason: GapReason, words: str, named: Mapping[str, object]) -> GapSettlement:
    span = {"started_at": gap.window.started_at, "ended_at": gap.window.ended_at}
    return GapSettlement(id=uuid4(), camera_id=gap.camera_id, reason=reason, words=words, **span, **named)


def _fault(tenant_id: UUID, fault_id: UUID) -> Fault:
    found = db.session.scalar(select(Fault).where(Fault.tenant_id == tenant_id, Fault.id == fault_id))
    if found is None:
        raise NotFound
    return found


def _checked(tenant_id: UUID, chosen: Sequence[OwedGap], word: Word) -> str:
    plain = word.words.strip()
    if not chosen:
        raise Invalid("請勾選要說明的中斷。已經說明過的不必再說明。", field="gaps", code="nothing_chosen")
    if not plain:
        raise Invalid("請寫明中斷的情形與原因。", field="words", code="words_missing")
    if len(plain) > LONGEST_WORDS:
        raise Invalid(f"說明請在 {LONGEST_WORDS} 字以內。", field="words", code="too_long")
    if word.reason is GapReason.PLANNED and not all(
        maintenance.was_planned(tenant_id=tenant_id, camera_id=gap.camera_id, window=gap.window) for gap in chosen
    ):
        message = "「計畫性維修」限開始前已預告的維修時段。事後說明請選擇實際的原因，並寫明當時在維修。"
        raise Invalid(message, field="reason", code="not_announced")
    return plain


def unsettled_of(*, tenant_id: UUID, fault: Fault, now: datetime) -> list[OwedGap]:
    """The gaps of a fault's cameras in its span that nobody explained."""
    query = select(FaultCamera).where(FaultCamera.tenant_id == tenant_id, FaultCamera.fault_id == fault.id)
    found = {row.camera_id: row.found_at for row in db.session.scalars(query)}
    if not found:
        return []
    cameras = [registry.camera(tenant_id=tenant_id, camera_id=each) for each in found]
    span = Window(min(found.values()) - _MARGIN, max(fault.ended_at or now, fault.opened_at + _MARGIN))
    gaps = camera_days.gaps_in(tenant_id=tenant_id, cameras=cameras, window=span, now=now)
    listed = [
        OwedGap(camera_id=one, window=gap.window, cause=gap.cause)
        for one in gaps
        for gap in gaps[one]
        if gap.window.ended_at > found[one]  # the margin is for how a gap began, and not for what was before
    ]
    return _due(tenant_id, _owed(listed, settled(tenant_id=tenant_id, camera_ids=list(found), window=span)))


def unsettled(*, tenant_id: UUID, now: datetime) -> list[OwedGap]:
    """The gaps of the ledger that nobody explained, of faults or not, the oldest first."""
    return owed_by_ledger(tenant_id=tenant_id, until=now)


def owed_by_ledger(*, tenant_id: UUID, until: datetime) -> list[OwedGap]:
    """As the ledger and the words given stood at a moment; what was fetched off a card since is owed by nobody."""
    reported = db.session.execute(*_unanswered(tenant_id=tenant_id, since=until - LOOKED_BACK, until=until))
    listed = [
        OwedGap(camera_id=camera_id, window=Window(started_at, ended_at), cause=GapCause(cause))
        for camera_id, started_at, ended_at, cause in reported
    ]
    if not listed:
        return []
    span = Window(min(gap.window.started_at for gap in listed), max(gap.window.ended_at for gap in listed))
    cameras = list({gap.camera_id for gap in listed})
    words = settled(tenant_id=tenant_id, camera_ids=cameras, window=span, until=until)
    left = _due(tenant_id, _owed(listed, words))
    if not left:
        return []
    told = remarks(tenant_id=tenant_id, camera_ids=list({gap.camera_id for gap in left}), window=_whole(left))
    return _owed(left, {camera_id: list(each.recovered) for camera_id, each in told.items()})


@made_once
def _unanswered(*, tenant_id: UUID, since: datetime, until: datetime) -> Select[UUID, datetime, datetime, str]:
    """Without those that a word of their own covers, nearly all of a season: only what is in doubt travels."""
    answered = exists().where(
        GapSettlement.tenant_id == GapReport.tenant_id,
        GapSettlement.camera_id == GapReport.camera_id,
        GapSettlement.started_at == GapReport.started_at,
        GapSettlement.ended_at >= GapReport.ended_at,
        GapSettlement.settled_at <= until,
    )
    reported = select(GapReport.camera_id, GapReport.started_at, GapReport.ended_at, GapReport.cause).where(
        GapReport.tenant_id == tenant_id,
        GapReport.ended_at > since,
        GapReport.reported_at <= until,
        GapReport.cause.not_in(UNOWED),
        ~answered,
    )
    return reported.order_by(GapReport.started_at)


def settled(
    *, tenant_id: UUID, camera_ids: Collection[UUID], window: Window, until: datetime | None = None
) -> Mapping[UUID, list[Window]]:
    """Over which spans somebody gave a reason, by camera; as it stood at `until`."""
    found: dict[UUID, list[Window]] = {}
    for row in settlements(tenant_id=tenant_id, camera_ids=camera_ids, window=window):
        if until is None or row.settled_at <= until:
            found.setdefault(row.camera_id, []).append(Window(row.started_at, row.ended_at))
    return found


def settlements(*, tenant_id: UUID, camera_ids: Collection[UUID], window: Window) -> list[GapSettlement]:
    """The words given for any part of a span, the earliest first; of two for the same second the later counts."""
    span = {"begins": window.started_at, "ends": window.ended_at}
    return list(db.session.scalars(*_settlements(tenant_id=tenant_id, camera_ids=list(camera_ids), **span)))


@made_once
def _settlements(
    *, tenant_id: UUID, camera_ids: Collection[UUID], begins: datetime, ends: datetime
) -> Select[GapSettlement]:
    touching = select(GapSettlement).where(
        GapSettlement.tenant_id == tenant_id,
        GapSettlement.camera_id.in_(camera_ids),
        GapSettlement.started_at < ends,
        GapSettlement.ended_at > begins,
    )
    return touching.order_by(GapSettlement.started_at, GapSettlement.settled_at)


def _owed(listed: Iterable[OwedGap], covered: Mapping[UUID, Sequence[Window]]) -> list[OwedGap]:
    """What no word reaches, as whole gaps: a gap that is explained in part is owed in its rest."""
    joined = {camera_id: merged(windows) for camera_id, windows in covered.items()}
    return [
        OwedGap(camera_id=gap.camera_id, window=part, cause=gap.cause)
        for gap in listed
        if gap.cause not in UNOWED
        for part in missing(gap.window, joined.get(gap.camera_id, []))
    ]


def _due(tenant_id: UUID, gaps: Sequence[OwedGap]) -> list[OwedGap]:
    """The parts of gaps in which the site had to record: outside its hours nobody owes a reason (KH-5-3a)."""
    if not gaps:
        return []
    whole = _whole(gaps)
    due = due_between(tenant_id=tenant_id, first=civil_day(whole.started_at), last=civil_day(whole.ended_at))
    sites = {camera.id: camera.site_id for camera in registry.cameras_ever(tenant_id=tenant_id)}
    return [
        OwedGap(camera_id=gap.camera_id, window=part, cause=gap.cause)
        for gap in gaps
        for part in due.within(sites[gap.camera_id], gap.window)
    ]


def _whole(gaps: Sequence[OwedGap]) -> Window:
    return Window(min(gap.window.started_at for gap in gaps), max(gap.window.ended_at for gap in gaps))
