"""What operator and companion do in a viewing session until its end: begin, confirm, hand over, go on, mark."""

import secrets
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID, uuid4

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from infra import clock
from infra.db import db
from tenants.actor import Actor, person
from tenants.audit.events import Event
from tenants.disclosures import halts
from tenants.disclosures.insider.models import applicant_id, excluded
from tenants.disclosures.insider.rules import check_not_involved
from tenants.disclosures.models import Disclosure
from tenants.disclosures.progress import start
from tenants.disclosures.steps import Step
from tenants.disclosures.viewing import footage, presence, queries, rules
from tenants.disclosures.viewing.models import ViewingMark, ViewingSession, ViewingState
from tenants.disclosures.viewing.recording import record
from tenants.disclosures.viewing.rules import Viewer
from tenants.errors import Invalid, InvalidTransition, NotAllowed, NotFound, refusals, refuse
from tenants.people import pins
from tenants.people.models import User
from tenants.permissions import Permission

# As in a mark: nothing that is mistaken for something else on a photo.
_LETTERS = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"


@dataclass(frozen=True, kw_only=True)
class Running:
    """A session whose picture may be shown, and for the browser that shows it the token and its share of the keys."""

    viewing: ViewingSession
    token: str
    share: str


def begin(
    *, actor: Actor, tenant_id: UUID, disclosure_id: UUID, viewer: Viewer, companion_id: UUID, pin: str
) -> Running:
    """Begin a session of a granted case: only with somebody who accompanies and typed the PIN (KH-7-1, TY-5-4a).

    Raises `InvalidTransition` for a case that was not granted, `Invalid` with its field, `WrongPin`, and `NotAllowed`
    for an operator whom the case concerns.
    """
    disclosure = start(Disclosure, Step.RECORD_VIEWING, actor=actor, tenant_id=tenant_id, disclosure_id=disclosure_id)
    _check_operator(disclosure, actor)
    rules.check_viewer(viewer)
    footage.check_ready(disclosure)
    if queries.open_session(tenant_id=tenant_id, disclosure_id=disclosure_id) is not None:
        raise InvalidTransition("本案已有尚未結束的調閱場次。請先結束，再開始新的一場。")
    companion = _present(disclosure, companion_id, pin, viewer=viewer.name, actor=actor)
    now, (token, token_hash) = clock.now(), presence.new_token()
    viewing = ViewingSession(
        id=uuid4(),
        tenant_id=tenant_id,
        disclosure_id=disclosure_id,
        code=_code("S"),
        viewer_code=_code("V"),
        viewer_name=viewer.name.strip(),
        viewer_unit=viewer.unit.strip(),
        viewer_title=viewer.title.strip(),
        identity_by=viewer.identity_by,
        notice_version=rules.NOTICE_VERSION,
        operator_id=person(actor),
        companion_id=companion.id,
        token_hash=token_hash,
        state=ViewingState.RUNNING,
        began_at=now,
        confirmed_at=now,
        seen_at=now,
    )
    db.session.add(viewing)
    _enter_room()
    record(Event.VIEWING_BEGUN, viewing, actor=actor, companion_id=str(companion.id), session=viewing.code)
    return Running(viewing=viewing, token=token, share=presence.lay(viewing))


def confirm(*, actor: Actor, tenant_id: UUID, viewing_id: UUID, token: str, pin: str) -> ViewingSession:
    """The companion is still there, for another quarter of an hour. Raises `WrongPin`, and as `presence.live` does."""
    viewing = presence.beat(actor=actor, tenant_id=tenant_id, viewing_id=viewing_id, token=token)
    pins.prove(user_id=viewing.companion_id, pin=pin, actor=actor)
    viewing.confirmed_at = clock.now()
    presence.prolong(viewing)
    record(Event.VIEWING_CONFIRMED, viewing, actor=actor, companion_id=str(viewing.companion_id))
    return viewing


def hand_over(
    *, actor: Actor, tenant_id: UUID, viewing_id: UUID, token: str, companion_id: UUID, pin: str
) -> ViewingSession:
    """Another person of the institution accompanies from now on. Raises as `confirm` does, and `Invalid`."""
    viewing = presence.beat(actor=actor, tenant_id=tenant_id, viewing_id=viewing_id, token=token)
    before = viewing.companion_id
    if companion_id == before:
        raise Invalid("這位就是目前的陪同人員。請選擇接手的人員。", field="companion")
    disclosure = queries.case_of(viewing)
    companion = _present(disclosure, companion_id, pin, viewer=viewing.viewer_name, actor=actor)
    viewing.companion_id, viewing.confirmed_at = companion.id, clock.now()
    _enter_room()
    presence.prolong(viewing)
    record(Event.VIEWING_HANDED_OVER, viewing, actor=actor, was=str(before), companion_id=str(companion.id))
    return viewing


def go_on(*, actor: Actor, tenant_id: UUID, viewing_id: UUID, companion_id: UUID, pin: str) -> Running:
    """Go on with a session that stopped, with the same companion or another; the token of before is dead.

    Raises `InvalidTransition` for one that ended or reached its limit, `Invalid`, and `WrongPin`.
    """
    actor.require(Permission.FOOTAGE_WATCH)
    viewing = queries.locked_session(tenant_id=tenant_id, viewing_id=viewing_id)
    disclosure = queries.case_of(viewing)
    _check_operator(disclosure, actor)
    if viewing.operator_id != actor.id:
        raise NotAllowed("這場調閱由另一位承辦人操作，請由其本人繼續或結束。")
    presence.stop_if_due(viewing, actor=actor)
    halts.check(disclosure, Step.RECORD_VIEWING)
    if viewing.state == ViewingState.ENDED:
        raise InvalidTransition("本場調閱已結束，不能再播放。如需再次觀看，請開始新的一場。")
    now = clock.now()
    if viewing.began_at + rules.LONGEST <= now:
        raise InvalidTransition("本場調閱已達時間上限，請結束後另開一場。")
    companion = _present(disclosure, companion_id, pin, viewer=viewing.viewer_name, actor=actor)
    if companion.id != viewing.companion_id:
        was = str(viewing.companion_id)
        record(Event.VIEWING_HANDED_OVER, viewing, actor=actor, was=was, companion_id=str(companion.id))
    token, viewing.token_hash = presence.new_token()
    viewing.companion_id, viewing.state = companion.id, ViewingState.RUNNING
    viewing.confirmed_at = viewing.seen_at = now
    viewing.paused_at, viewing.pause_reason = None, ""
    _enter_room()
    record(Event.VIEWING_RESUMED, viewing, actor=actor, companion_id=str(companion.id))
    return Running(viewing=viewing, token=token, share=presence.lay(viewing))


def mark(
    *, actor: Actor, tenant_id: UUID, viewing_id: UUID, token: str, window_id: UUID, taken_at: datetime, note: str
) -> ViewingMark:
    """Mark a moment of an approved window with a note; nothing changes a mark afterwards. Raises `Invalid`."""
    viewing = presence.beat(actor=actor, tenant_id=tenant_id, viewing_id=viewing_id, token=token)
    window = queries.approved(viewing).get(window_id)
    if window is None:
        raise NotFound
    first, last = queries.span_of(window)
    if not first <= taken_at <= last:
        raise Invalid("標記的時間不在核准的時段內。", field="taken_at")
    if not note.strip():
        raise Invalid("請寫下標記的內容，例如「黑衣男子進入」。", field="note")
    made = ViewingMark(
        id=uuid4(),
        tenant_id=tenant_id,
        viewing_id=viewing.id,
        window_id=window.id,
        taken_at=taken_at,
        note=note.strip(),
        marked_at=clock.now(),
        marked_by=person(actor),
    )
    db.session.add(made)
    record(Event.VIEWING_MARKED, viewing, actor=actor, window_id=str(window.id), taken_at=taken_at.isoformat())
    return made


def unmark(*, actor: Actor, tenant_id: UUID, viewing_id: UUID, token: str, mark_id: UUID) -> ViewingMark:
    """Take a mark off the list, by who made it, while the session runs. Raises `NotFound`, and `NotAllowed`."""
    viewing = presence.beat(actor=actor, tenant_id=tenant_id, viewing_id=viewing_id, token=token)
    query = select(ViewingMark).where(ViewingMark.viewing_id == viewing.id, ViewingMark.id == mark_id)
    found = db.session.scalar(query.where(ViewingMark.tenant_id == tenant_id, ViewingMark.removed_at.is_(None)))
    if found is None:
        raise NotFound
    if found.marked_by != actor.id:
        raise NotAllowed("標記只能由標記的人移除。")
    found.removed_at = clock.now()
    taken_at = found.taken_at.isoformat()
    record(Event.VIEWING_UNMARKED, viewing, actor=actor, window_id=str(found.window_id), taken_at=taken_at)
    return found


def _present(disclosure: Disclosure, user_id: UUID, pin: str, *, viewer: str, actor: Actor) -> User:
    """The companion, once they may accompany and typed their own PIN. Who fell silent elsewhere here is let go."""
    found = queries.members(disclosure.tenant_id).get(user_id)
    named = found.name if found else ""
    wrong = refusals(lambda: queries.check_companion(disclosure, user_id, named, viewer=viewer))
    if wrong:
        refuse([*wrong, *(pins.tried(user_id=user_id, pin=pin, actor=actor) if found else [])])
    companion = pins.prove(user_id=user_id, pin=pin, actor=actor)
    query = select(ViewingSession).where(
        ViewingSession.tenant_id == disclosure.tenant_id,
        ViewingSession.companion_id == user_id,
        ViewingSession.state == ViewingState.RUNNING,
    )
    for other in db.session.scalars(query.with_for_update(skip_locked=True)):
        presence.stop_if_due(other, actor=actor)
    return companion


def _enter_room() -> None:
    """Let the database say that the companion is in no other room, of whichever institution (DR-14)."""
    try:
        with db.session.begin_nested():
            db.session.flush()
    except IntegrityError as error:
        if "uq_viewing_sessions_companion" not in str(error.orig):
            raise
        raise Invalid(
            "這位人員正在陪同另一場調閱，同一時間只能在一處。請改由其他人員陪同；前一場若已中斷，請稍候幾分鐘。",
            field="companion",
            code="two_rooms",
        ) from error


def _check_operator(disclosure: Disclosure, actor: Actor) -> None:
    check_not_involved(actor.id, excluded(disclosure))
    if actor.id is not None and actor.id == applicant_id(disclosure):
        raise NotAllowed("您是本案的申請人，不能操作自己案件的播放。請由其他承辦人操作。")
    if str(actor.id) in disclosure.barred:
        raise NotAllowed("您在本案的調閱中經通報違規，不能再操作本案的播放。請由其他承辦人操作。")


def _code(first: str) -> str:
    return first + "".join(secrets.choice(_LETTERS) for _ in range(5))
