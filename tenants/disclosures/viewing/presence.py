"""Whether a session's picture may be shown now: asked at every piece, and not only by the page (DR-12, DR-14)."""

import hashlib
import hmac
import secrets
from datetime import datetime
from typing import NoReturn
from uuid import UUID

from infra import clock, two_shares
from tenants.actor import Actor
from tenants.audit.events import Event
from tenants.disclosures import halts
from tenants.disclosures.insider.models import excluded
from tenants.disclosures.lifecycle import course_of, possible
from tenants.disclosures.models import DisclosureState
from tenants.disclosures.steps import Step
from tenants.disclosures.viewing import queries, rules
from tenants.disclosures.viewing.models import Pause, ViewingSession, ViewingState
from tenants.disclosures.viewing.recording import record
from tenants.errors import InvalidTransition, NotAllowed
from tenants.permissions import Permission

ELSEWHERE = "這場調閱只能在開始時的電腦與帳號播放。請回到調閱操作台，由陪同人員輸入 PIN 繼續。"


class Stopped(InvalidTransition):
    """The picture has stopped. That it did may have been recorded just now: its caller commits."""

    code = "stopped"

    def __init__(self, reason: str = "") -> None:
        goes_on = f"播放已停止：{reason}。請陪同人員輸入 PIN 後繼續，或結束本場調閱。"
        super().__init__(goes_on if reason else "本場調閱已結束，不再播放。請重新整理頁面查看登記結果。")


def new_token() -> tuple[str, str]:
    """What binds a session to the browser in which the PIN was typed, and its hash for the row."""
    token = secrets.token_urlsafe(32)
    return token, hashed(token)


def hashed(token: str) -> str:
    """As the row keeps it."""
    return hashlib.sha256(token.encode()).hexdigest()


def live(*, actor: Actor, tenant_id: UUID, viewing_id: UUID, token: str) -> ViewingSession:
    """The session, if its picture may be shown now to this person in this browser.

    Raises `NotAllowed` for another person or browser, and `Stopped`, having recorded it when it is new.
    """
    found = queries.session(tenant_id=tenant_id, viewing_id=viewing_id)
    check_browser(found, actor, token)
    check_running(found)
    if _why_stopped(found, clock.now()) is not None:
        stop_if_due(queries.locked_session(tenant_id=tenant_id, viewing_id=viewing_id), actor=actor)
        check_running(found)
    return found


def beat(*, actor: Actor, tenant_id: UUID, viewing_id: UUID, token: str) -> ViewingSession:
    """A sign of life of the page. One that comes too late wakes nothing up. Raises as `live` does."""
    found = queries.locked_session(tenant_id=tenant_id, viewing_id=viewing_id)
    check_browser(found, actor, token)
    check_running(found)
    if stop_if_due(found, actor=actor):
        raise Stopped(rules.PAUSE_NAMES[Pause(found.pause_reason)])
    found.seen_at = clock.now()
    prolong(found)
    return found


def look(*, actor: Actor, tenant_id: UUID, viewing_id: UUID) -> ViewingSession:
    """The session as it stands now, for the console: one that nobody is present at any more is stopped first."""
    actor.require(Permission.FOOTAGE_WATCH)
    queries.session_for(tenant_id=tenant_id, viewing_id=viewing_id, actor=actor)
    found = queries.locked_session(tenant_id=tenant_id, viewing_id=viewing_id)
    stop_if_due(found, actor=actor)
    return found


def pause(*, actor: Actor, tenant_id: UUID, viewing_id: UUID, reason: Pause = Pause.LEFT) -> ViewingSession:
    """「離開／停止」, or a breach that is being told: the picture stops at once, whoever of the operators asks.

    A stopped one stays as it is.
    """
    actor.require(Permission.FOOTAGE_WATCH)
    found = queries.locked_session(tenant_id=tenant_id, viewing_id=viewing_id)
    if found.state == ViewingState.RUNNING and not stop_if_due(found, actor=actor):
        stop(found, reason, at=clock.now(), actor=actor)
    return found


def stop_if_due(viewing: ViewingSession, *, actor: Actor) -> bool:
    """Pause a running session that nobody is present at any more; whether it was. The row is locked."""
    found = _why_stopped(viewing, clock.now()) if viewing.state == ViewingState.RUNNING else None
    if found is None:
        return False
    stop(viewing, found[0], at=found[1], actor=actor)
    return True


def stop(viewing: ViewingSession, reason: Pause, *, at: datetime, actor: Actor) -> None:
    """Pause a session, from that instant on, and record why and since when: it may be noticed much later."""
    shut(viewing)
    viewing.state, viewing.paused_at, viewing.pause_reason = ViewingState.PAUSED, at, reason
    record(Event.VIEWING_PAUSED, viewing, actor=actor, kind=reason.value, stopped_at=at.isoformat())


def fall_silent(*, actor: Actor, tenant_id: UUID, viewing_id: UUID) -> NoReturn:
    """Stop a session of which the shares are gone, whatever its row says, and raise `Stopped`."""
    found = queries.locked_session(tenant_id=tenant_id, viewing_id=viewing_id)
    check_running(found)
    if not stop_if_due(found, actor=actor):
        stop(found, Pause.SILENT, at=clock.now(), actor=actor)
    raise Stopped(rules.PAUSE_NAMES[Pause(found.pause_reason)])


def vault_of(viewing: ViewingSession) -> str:
    """The name under which the session's keys lie between its two shares."""
    return f"{viewing.tenant_id}:{viewing.id}"


def lay(viewing: ViewingSession) -> str:
    """Begin without any key, now that the companion typed the PIN; the share for the browser in which they did."""
    return two_shares.lay(vault_of(viewing), seconds=_seconds(viewing))


def prolong(viewing: ViewingSession) -> None:
    """The companion is there: their share and the keys last until the next sign of life is due, and no PIN longer."""
    two_shares.prolong(vault_of(viewing), seconds=_seconds(viewing))


def shut(viewing: ViewingSession) -> None:
    """The companion is there no more: their share and the keys are gone at once."""
    two_shares.empty(vault_of(viewing))


def check_browser(viewing: ViewingSession, actor: Actor, token: str) -> None:
    """Raise `NotAllowed` for anybody but the operator, in the browser in which the PIN was typed."""
    if viewing.operator_id != actor.id or not hmac.compare_digest(viewing.token_hash, hashed(token)):
        raise NotAllowed(ELSEWHERE)


def check_running(viewing: ViewingSession) -> None:
    """Raise `Stopped` unless the session runs."""
    if viewing.state == ViewingState.ENDED:
        raise Stopped
    if viewing.state != ViewingState.RUNNING:
        raise Stopped(rules.PAUSE_NAMES[Pause(viewing.pause_reason)])


def _seconds(viewing: ViewingSession) -> float:
    at = {"began_at": viewing.began_at, "confirmed_at": viewing.confirmed_at, "now": clock.now()}
    return rules.present_for(**at).total_seconds()


def _why_stopped(viewing: ViewingSession, now: datetime) -> tuple[Pause, datetime] | None:
    disclosure = queries.case_of(viewing)
    members = queries.members(viewing.tenant_id)
    companion = members.get(viewing.companion_id)
    there = companion is not None and queries.may_accompany(disclosure, companion, viewer=viewing.viewer_name)
    there = there and str(viewing.operator_id) not in {*excluded(disclosure), *disclosure.barred}
    granted = Step.RECORD_VIEWING in possible(course_of(disclosure), DisclosureState(disclosure.state))
    found = rules.Presence(
        began_at=viewing.began_at,
        confirmed_at=viewing.confirmed_at,
        seen_at=viewing.seen_at,
        companion_there=there,
        case_granted=granted and not halts.holds_back(disclosure, Step.RECORD_VIEWING),
    )
    return rules.stopped(found, now=now)
