"""How a session ends, and that its line stands in the register however it does (KH-7-2, KH-7-3, TY-5-4b)."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import select

from infra import clock
from infra.db import db
from tenants.actor import Actor
from tenants.audit.events import Event
from tenants.disclosures.halting import halt
from tenants.disclosures.insider.models import InsiderRequest
from tenants.disclosures.insider.rules import GROUND_NAMES, SEALED, Ground
from tenants.disclosures.lifecycle import course_of, possible
from tenants.disclosures.models import Disclosure, DisclosureState, Halt
from tenants.disclosures.official.models import OfficialRequest
from tenants.disclosures.progress import finish, locked
from tenants.disclosures.register import actions as register
from tenants.disclosures.register.actions import Line
from tenants.disclosures.register.models import RegisterEntry
from tenants.disclosures.steps import Step
from tenants.disclosures.viewing import presence, queries, rules
from tenants.disclosures.viewing.companions import came_at, companions_of, took_part
from tenants.disclosures.viewing.models import Ending, Pause, ViewingSession, ViewingState
from tenants.disclosures.viewing.recording import record
from tenants.disclosures.viewing.rules import Breach, Farewell
from tenants.errors import InvalidTransition
from tenants.people import pins
from tenants.people.models import User
from tenants.permissions import Permission
from tenants.roc_dates import format_time


def sign_off(*, actor: Actor, tenant_id: UUID, viewing_id: UUID, farewell: Farewell, pin: str) -> ViewingSession:
    """End a session with both signatures: the viewer's on screen or paper, the companion's by PIN (KH-7-1, KH-6-2i).

    Writes the register's line, and moves the case. Raises `Invalid` with its field, `WrongPin`, and
    `InvalidTransition` for one that ended.
    """
    actor.require(Permission.FOOTAGE_WATCH)
    viewing = _not_ended(tenant_id, viewing_id, actor)
    rules.check_farewell(farewell, viewer_name=viewing.viewer_name)
    pins.prove(user_id=viewing.companion_id, pin=pin, actor=actor)
    viewing.viewer_signed, viewing.companion_signed = farewell.signed, True
    _end(viewing, Ending.SIGNED_OFF, at=_last_instant(viewing), actor=actor)
    return viewing


def report_breach(*, actor: Actor, tenant_id: UUID, viewing_id: UUID, breach: Breach) -> ViewingSession:
    """通報違規: the session is over at once, and what was seen is kept (KH-6-2i). Nobody's PIN is waited for.

    What follows in the case waits for the head (infra/decisions/0048): all of it, or only looking here where none but
    people of the institution committed it. Raises `Invalid` with its field, and `InvalidTransition` for one that ended.
    """
    actor.require(Permission.FOOTAGE_WATCH)
    viewing = _not_ended(tenant_id, viewing_id, actor)
    rules.check_breach(breach, present=took_part(viewing), reporter=actor.id)
    viewing.breach_kind, viewing.breach_note, viewing.breach_by = breach.kind, breach.note.strip(), sorted(breach.by)
    record(Event.VIEWING_BREACHED, viewing, actor=actor, kind=breach.kind)
    _end(viewing, Ending.BREACH, at=_last_instant(viewing), actor=actor)
    what = Halt.VIEWING if len(breach.ours) == len(breach.by) else Halt.ALL
    halt(actor=actor, tenant_id=tenant_id, disclosure_id=viewing.disclosure_id, what=what, barred=breach.ours)
    return viewing


def settle(*, actor: Actor, tenant_id: UUID) -> int:
    """Stop what fell silent, and end what nobody came back to at the true last instant; how many ended. Repeatable.

    A session that died with the power has its line in the register too (KH-7-2).
    """
    query = select(ViewingSession.id).where(
        ViewingSession.tenant_id == tenant_id, ViewingSession.state != ViewingState.ENDED
    )
    ended = 0
    for viewing_id in list(db.session.scalars(query)):
        viewing = _both(tenant_id, viewing_id)
        presence.stop_if_due(viewing, actor=actor)
        paused = viewing.paused_at if viewing.state == ViewingState.PAUSED else None
        if paused is not None and paused + rules.ABANDONED_AFTER <= clock.now():
            _end(viewing, Ending.ABANDONED, at=_last_instant(viewing), actor=actor)
            ended += 1
    return ended


def _both(tenant_id: UUID, viewing_id: UUID) -> ViewingSession:
    """The session with its case, both locked: the case first, as whoever begins a session does."""
    found = queries.session(tenant_id=tenant_id, viewing_id=viewing_id)
    locked(Disclosure, tenant_id=tenant_id, disclosure_id=found.disclosure_id)
    return queries.locked_session(tenant_id=tenant_id, viewing_id=viewing_id)


def _not_ended(tenant_id: UUID, viewing_id: UUID, actor: Actor) -> ViewingSession:
    """The session, locked; stopped first if nobody is present any more, so that its last instant is the true one."""
    found = _both(tenant_id, viewing_id)
    if found.state == ViewingState.ENDED:
        raise InvalidTransition("本場調閱已結束。請重新整理頁面查看登記結果。")
    presence.stop_if_due(found, actor=actor)
    return found


def _last_instant(viewing: ViewingSession) -> datetime:
    """When a picture was last shown: now, or when it stopped; of a page that died its last sign of life."""
    if viewing.state == ViewingState.RUNNING or viewing.paused_at is None:
        return clock.now()
    return viewing.seen_at if viewing.pause_reason == Pause.SILENT else viewing.paused_at


def _end(viewing: ViewingSession, ending: Ending, *, at: datetime, actor: Actor) -> None:
    presence.shut(viewing)
    disclosure, shown = queries.case_of(viewing), queries.opened_windows(viewing)
    entry = _enter(viewing, disclosure, shown, at=at, actor=actor) if shown else None
    viewing.state, viewing.ended_at, viewing.ending = ViewingState.ENDED, at, ending
    viewing.entry_id = entry.id if entry else None
    record(
        Event.VIEWING_ENDED,
        viewing,
        actor=actor,
        kind=ending.value,
        number=entry.number if entry else 0,
        signed=viewing.viewer_signed,
    )
    if entry and Step.RECORD_VIEWING in possible(course_of(disclosure), DisclosureState(disclosure.state)):
        finish(Step.RECORD_VIEWING, actor=actor, disclosure=disclosure, viewing_id=str(viewing.id))


def _enter(
    viewing: ViewingSession, disclosure: Disclosure, shown: frozenset[UUID], *, at: datetime, actor: Actor
) -> RegisterEntry:
    return register.enter(
        actor=actor,
        disclosure=disclosure,
        line=Line(
            name=viewing.viewer_name,
            unit=viewing.viewer_unit,
            title=viewing.viewer_title,
            started_at=viewing.began_at,
            ended_at=at,
            summary=f"{disclosure.serial} {_reason(disclosure)}",
            operator=db.session.get_one(User, viewing.operator_id).name,
            accompanied_by="、".join(_named(viewing, one) for one in companions_of(viewing)),
            copied=False,
            windows=shown,
        ),
    )


def _named(viewing: ViewingSession, user_id: UUID) -> str:
    """Who accompanied; of one who took over, since when (KH-7-1)."""
    name, since = db.session.get_one(User, user_id).name, came_at(viewing, user_id)
    return f"{name}（{format_time(since.replace(second=0, microsecond=0))}起）" if since else name


def _reason(disclosure: Disclosure) -> str:
    """調閱原因摘要 (KH-A2-06); of a sealed case a list says no more than its number (DR-37)."""
    if isinstance(disclosure, InsiderRequest):
        return SEALED if disclosure.sealed else GROUND_NAMES[Ground(disclosure.ground)]
    assert isinstance(disclosure, OfficialRequest)  # noqa: S101 - there are two doors
    return disclosure.purpose or disclosure.duty
