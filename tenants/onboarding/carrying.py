"""Carrying a confirmed roster out: line by line, each in a transaction of its own, wholly or not at all.

The bureau's chain, into which every sign-in writes, is held for one institution at a time. What was done stands in the
lines, so a job that was killed goes on where it stopped, and of two jobs at once the second waits for the first's line.
"""

from collections.abc import Sequence
from uuid import UUID

from infra import clock
from infra.db import db
from infra.queues import Job, enqueue_after_commit
from tenants import csv_tables
from tenants.actor import Actor, ActorKind
from tenants.audit import actions as audit
from tenants.audit.events import Event
from tenants.errors import DomainError
from tenants.onboarding import columns, comparing, opening, queries
from tenants.onboarding.comparing import Looked, Verdict
from tenants.onboarding.lifecycle import Step, next_state
from tenants.onboarding.models import LineState, Roster, RosterLine, RosterState
from tenants.onboarding.recording import record_roster
from tenants.people import queries as people
from tenants.permissions import Permission, Role

# A deadlock or a lost connection passes; what fails so often is looked at by a person.
_TRIES = 3
_NOBODY = "確認這份名冊的人已不是平台維運人員。請由現任的平台維運人員重新上傳這一列。"
_FAILED = f"系統試了 {_TRIES} 次都沒有辦成，什麼都沒有變更。請到「平台健康情形」查看原因，排除後重新上傳這一列。"


def begin(*, actor: Actor, tenant_id: UUID, roster_id: UUID) -> None:
    """Lay a confirmed roster out in lines, once, and forget the file. One that was never confirmed expires."""
    actor.require(Permission.TENANT_MANAGE)
    found = queries.locked(tenant_id=tenant_id, roster_id=roster_id)
    if found.state == RosterState.CHECKED and clock.now() >= found.expires_at:
        _end(found, Step.EXPIRE, actor)
    if found.state != RosterState.CONFIRMED or not found.content:
        return
    cells = dict(csv_tables.read(found.content.encode(), columns.LAYOUT).lines)
    asking = [each for each in found.outcomes if each["verdict"] != Verdict.LEAVE]
    of = {"tenant_id": tenant_id, "roster_id": roster_id}
    db.session.add_all(
        [RosterLine(**of, line=each["line"], shown=each, cells=dict(cells[each["line"]])) for each in asking]
    )
    found.content = ""


def carry_out_line(*, actor: Actor, tenant_id: UUID, roster_id: UUID, line: int) -> None:
    """Carry a line out as an act of who confirmed the roster; stop it where it would not do what was shown any more.

    One that is over already changes nothing.
    """
    actor.require(Permission.TENANT_MANAGE)
    found = queries.line_locked(tenant_id=tenant_id, roster_id=roster_id, line=line)
    if found.state != LineState.WAITING:
        return
    roster = queries.roster(tenant_id=tenant_id, roster_id=roster_id)
    who = _confirmer(roster)
    if who is None:
        _stop(found, roster, _NOBODY, actor)
        return
    looked = comparing.look_again(actor=who, line=line, cells=found.cells, new_districts=roster.new_districts)
    reason = _changed(looked, found)
    if reason:
        _stop(found, roster, reason, actor)
        return
    (entry,) = looked.entries
    institution_id = opening.carry_out(actor=who, entry=entry, now=looked.now)
    found.institution_id, found.state, found.cells, found.over_at = institution_id, LineState.DONE, {}, clock.now()
    db.session.flush()  # an error belongs to this line


def note_failure(*, actor: Actor, tenant_id: UUID, roster_id: UUID, line: int, error: Exception) -> None:
    """Count a try of a line that failed, let the others have their turn first, and stop it after some.

    What the domain refused stops it at once: it would be refused again.
    """
    actor.require(Permission.TENANT_MANAGE)
    found = queries.line_locked(tenant_id=tenant_id, roster_id=roster_id, line=line)
    if found.state != LineState.WAITING:
        return
    found.failures += 1
    refused = isinstance(error, DomainError)
    if refused or found.failures >= _TRIES:
        roster = queries.roster(tenant_id=tenant_id, roster_id=roster_id)
        _stop(found, roster, str(error) if refused else _FAILED, actor)
    enqueue_after_commit(db.session, Job.CARRY_OUT_ROSTER, tenant_id=tenant_id, roster_id=roster_id)


def finish(*, actor: Actor, tenant_id: UUID, roster_id: UUID) -> None:
    """Write down what came of a roster of which no line waits any more; once."""
    actor.require(Permission.TENANT_MANAGE)
    found = queries.locked(tenant_id=tenant_id, roster_id=roster_id)
    if found.state != RosterState.CONFIRMED or found.content:
        return
    came = queries.progress(tenant_id=tenant_id, roster_id=roster_id)
    if came.waiting:
        return
    if not came.stopped:
        _end(found, Step.CARRY_OUT, actor)
    else:
        _end(found, Step.CARRY_OUT_IN_PART if came.done else Step.GIVE_UP, actor)


def _confirmer(found: Roster) -> Actor | None:
    """Who confirmed it, as what they are at the bureau now; None for who may open nothing any more."""
    user = people.user(user_id=found.confirmed_by) if found.confirmed_by is not None else None
    if user is None or user.deactivated_at is not None:
        return None
    roles = frozenset(Role(held.role) for held, of in people.staff(tenant_id=found.tenant_id) if of.id == user.id)
    who = Actor(kind=ActorKind.PERSON, id=user.id, name=user.name, roles=roles)
    return who if who.may(Permission.TENANT_MANAGE) else None


def _changed(looked: Looked, found: RosterLine) -> str:
    """Why a line would not do what was shown any more, and what to do; empty where it would."""
    if looked.faults:
        told = "".join(f"{each.column}：{each.message}" for each in looked.faults)
        return f"試算後已有變動。{told}修正後請重新上傳這一列。"
    (outcome,) = looked.outcomes
    if outcome.stored() == found.shown:
        return ""
    if outcome.verdict == Verdict.LEAVE:
        return "試算後已有人辦理，現在與平台上的內容相同，不必再辦。"
    was, is_now = ("；".join(words) for words in _apart(found.shown["words"], outcome.words))
    return f"試算後已有變動：原為「{was}」，現在會是「{is_now}」。請重新上傳這一列，再看一次試算。"


def _apart(before: Sequence[str], now: Sequence[str]) -> tuple[list[str], list[str]]:
    """The words of each that the other has not; 不變 where that leaves none."""
    lost, new = [each for each in before if each not in now], [each for each in now if each not in before]
    return lost or ["不變"], new or ["不變"]


def _stop(found: RosterLine, roster: Roster, reason: str, actor: Actor) -> None:
    found.state, found.reason, found.cells, found.over_at = LineState.STOPPED, reason, {}, clock.now()
    audit.record(
        Event.ROSTER_LINE_STOPPED,
        tenant_id=roster.tenant_id,
        actor=actor,
        subject_id=roster.id,
        sha256=roster.sha256,
        line=found.line,
        code=found.shown["code"],
    )


def _end(found: Roster, step: Step, actor: Actor) -> None:
    found.state, found.content = next_state(RosterState(found.state), step), ""
    found.finished_at = clock.now()
    record_roster(found, step, actor=actor)
