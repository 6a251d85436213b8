"""Reads of viewing sessions, and who could accompany one."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import ColumnElement, Select, exists, or_, select

from infra import clock
from infra.db import db
from infra.statements import made_once
from infra.together import Place, asked_together
from tenants.actor import Actor
from tenants.disclosures import queries as disclosures
from tenants.disclosures.insider.models import InsiderRequest, applicant_id, excluded
from tenants.disclosures.lifecycle import FINAL
from tenants.disclosures.models import Disclosure, DisclosureWindow
from tenants.disclosures.packages.models import Package
from tenants.disclosures.register.models import RegisterEntry
from tenants.disclosures.viewing import rules
from tenants.disclosures.viewing.models import Ending, ViewingMark, ViewingOpening, ViewingSession, ViewingState
from tenants.errors import Invalid, NotFound
from tenants.people import queries as people
from tenants.people.models import User
from tenants.retention.rules import CameraWindow


@dataclass(frozen=True, kw_only=True)
class Companion:
    """Somebody of the institution who may accompany; without a PIN they have to set one first."""

    id: UUID
    name: str
    title: str
    has_pin: bool


def session(*, tenant_id: UUID, viewing_id: UUID) -> ViewingSession:
    """A session of the institution. Raises `NotFound`."""
    query = select(ViewingSession).where(ViewingSession.tenant_id == tenant_id, ViewingSession.id == viewing_id)
    found = db.session.scalar(query.execution_options(populate_existing=True))
    if found is None:
        raise NotFound
    return found


def session_for(*, tenant_id: UUID, viewing_id: UUID, actor: Actor) -> ViewingSession:
    """The same for a person of the institution. Raises `NotFound` also for somebody whom the case concerns (DR-27)."""
    found = session(tenant_id=tenant_id, viewing_id=viewing_id)
    _check_not_concerned(case_of(found), actor)
    return found


def case_for(*, tenant_id: UUID, disclosure_id: UUID, actor: Actor) -> Disclosure:
    """A case of either door, of which somebody may be shown something. Raises as `session_for` does."""
    found = disclosures.found(tenant_id=tenant_id, disclosure_id=disclosure_id)
    _check_not_concerned(found, actor)
    return found


def locked_session(*, tenant_id: UUID, viewing_id: UUID) -> ViewingSession:
    """The same, locked until the transaction ends."""
    query = select(ViewingSession).where(ViewingSession.tenant_id == tenant_id, ViewingSession.id == viewing_id)
    found = db.session.scalar(query.with_for_update().execution_options(populate_existing=True))
    if found is None:
        raise NotFound
    return found


def is_accompanying(*, tenant_id: UUID, user_id: UUID) -> bool:
    """Whether this person accompanies a session of the institution that runs and of which somebody is heard (DR-14)."""
    query = select(ViewingSession.id).where(
        ViewingSession.tenant_id == tenant_id,
        ViewingSession.companion_id == user_id,
        ViewingSession.state == ViewingState.RUNNING,
        ViewingSession.seen_at > clock.now() - rules.SILENT_AFTER,
    )
    return db.session.scalar(query.limit(1)) is not None


def case_of(viewing: ViewingSession) -> Disclosure:
    """The case that is looked at."""
    return db.session.get_one(Disclosure, viewing.disclosure_id)


def sessions_of(*, tenant_id: UUID, disclosure_id: UUID) -> Sequence[ViewingSession]:
    """The sessions of a case, the newest first."""
    query = select(ViewingSession).where(
        ViewingSession.tenant_id == tenant_id, ViewingSession.disclosure_id == disclosure_id
    )
    return list(db.session.scalars(query.order_by(ViewingSession.began_at.desc())))


def open_session(*, tenant_id: UUID, disclosure_id: UUID) -> ViewingSession | None:
    """The session of a case that has not ended."""
    found = sessions_of(tenant_id=tenant_id, disclosure_id=disclosure_id)
    return next((each for each in found if each.state != ViewingState.ENDED), None)


def unsigned(*, tenant_id: UUID, actor: Actor, now: datetime) -> Sequence[tuple[ViewingSession, Disclosure]]:
    """Sessions without the signatures that end one: stopped ones, and those in whose place the sweep ended (KH-7-1).

    Of the latter those in which a picture was shown, until their case is closed; a breach has a case of its own. None
    of a case that concerns the actor (DR-27).
    """
    if not _any_unsigned(tenant_id=tenant_id):
        return []
    found = db.session.execute(*_unsigned(tenant_id=tenant_id, silent_since=now - rules.SILENT_AFTER)).all()
    return [(viewing, case) for viewing, case in found if str(actor.id) not in excluded(case)]


def approved(viewing: ViewingSession) -> dict[UUID, DisclosureWindow]:
    """What of the case was approved, by the window's id, in the order of time."""
    query = select(DisclosureWindow).where(
        DisclosureWindow.tenant_id == viewing.tenant_id,
        DisclosureWindow.disclosure_id == viewing.disclosure_id,
        DisclosureWindow.approved_from.is_not(None),
    )
    found = db.session.scalars(query.order_by(DisclosureWindow.approved_from, DisclosureWindow.camera_name))
    return {window.id: window for window in found}


def span_of(window: DisclosureWindow) -> tuple[datetime, datetime]:
    """The half-open span that was approved of a window. Raises `NotFound` where nothing was."""
    if window.approved_from is None or window.approved_until is None:
        raise NotFound
    return window.approved_from, window.approved_until


def marks(viewing: ViewingSession) -> Sequence[ViewingMark]:
    """What was marked in the session and not taken off, in the order of the film; of one moment as it was marked."""
    query = select(ViewingMark).where(
        ViewingMark.tenant_id == viewing.tenant_id,
        ViewingMark.viewing_id == viewing.id,
        ViewingMark.removed_at.is_(None),
    )
    return list(db.session.scalars(query.order_by(ViewingMark.taken_at, ViewingMark.marked_at)))


def opened_windows(viewing: ViewingSession) -> frozenset[UUID]:
    """The windows of which a picture was shown in the session."""
    query = select(ViewingOpening.window_id).where(
        ViewingOpening.tenant_id == viewing.tenant_id, ViewingOpening.viewing_id == viewing.id
    )
    return frozenset(db.session.scalars(query))


def footage_of(viewing: ViewingSession) -> Sequence[CameraWindow]:
    """The cameras and spans of which a picture was shown in it; where none was, those that could have been."""
    found, opened = approved(viewing), opened_windows(viewing)
    spans = [(window.camera_id, *span_of(window)) for key, window in found.items() if key in opened or not opened]
    return [CameraWindow(camera_id=camera, started_at=first, ended_at=last) for camera, first, last in spans]


def opening(viewing: ViewingSession, window_id: UUID, take: int) -> ViewingOpening | None:
    """The newest opening of this take of a window in the session."""
    query = select(ViewingOpening).where(
        ViewingOpening.tenant_id == viewing.tenant_id,
        ViewingOpening.viewing_id == viewing.id,
        ViewingOpening.window_id == window_id,
        ViewingOpening.take == take,
    )
    return db.session.scalar(query.order_by(ViewingOpening.opened_at.desc()).limit(1))


def register_entry(viewing: ViewingSession) -> RegisterEntry | None:
    """The session's line in the register; None where it has none."""
    query = select(RegisterEntry).where(
        RegisterEntry.tenant_id == viewing.tenant_id, RegisterEntry.id == viewing.entry_id
    )
    return db.session.scalar(query)


def retained_copy(viewing: ViewingSession) -> str:
    """SHA-256 of the case's own copy, of which the footage that was looked at is part; empty until it is made."""
    query = select(Package.sha256).where(
        Package.tenant_id == viewing.tenant_id, Package.disclosure_id == viewing.disclosure_id
    )
    return db.session.scalar(query) or ""


def companions(disclosure: Disclosure) -> Sequence[Companion]:
    """Who may accompany a viewing of this case, by name."""
    found = {
        user.id: Companion(id=user.id, name=user.name, title=user.title, has_pin=bool(user.pin_hash))
        for user in members(disclosure.tenant_id).values()
        if may_accompany(disclosure, user)
    }
    return list(found.values())


def members(tenant_id: UUID) -> dict[UUID, User]:
    """Everybody who works at the institution now, once each, by name."""
    return {user.id: user for _held, user in people.staff(tenant_id=tenant_id) if user.deactivated_at is None}


def may_accompany(disclosure: Disclosure, user: User, *, viewer: str = "") -> bool:
    """Whether this person may accompany: still at work here, and not one whom the case concerns (DR-27)."""
    try:
        check_companion(disclosure, user.id, user.name, viewer=viewer)
    except Invalid:
        return False
    return True


def check_companion(disclosure: Disclosure, user_id: UUID, name: str, *, viewer: str) -> None:
    """Raise `Invalid`, field `companion`, as `rules.check_companion` does, and for who committed a breach in it."""
    if str(user_id) in disclosure.barred:
        raise Invalid("這位人員在本案的調閱中經通報違規，不能再陪同。請改由其他人員陪同。", field="companion")
    rules.check_companion(
        user_id,
        name,
        members=members(disclosure.tenant_id).keys(),
        excluded=excluded(disclosure),
        applicant_id=applicant_id(disclosure),
        applicants=[viewer, disclosure.applicant_name if isinstance(disclosure, InsiderRequest) else ""],
    )


def unsettled(*, tenant_id: UUID, now: datetime) -> bool:
    """Whether a session waits for the sweep: one that fell silent, or that nobody came back to."""
    query = select(ViewingSession).where(
        ViewingSession.tenant_id == tenant_id, ViewingSession.state != ViewingState.ENDED
    )
    return any(each.seen_at + rules.SILENT_AFTER <= now for each in db.session.scalars(query))


@asked_together
def _any_unsigned(tenant_id: Place) -> ColumnElement[bool]:
    """Or ended in its place, of which the case may be over."""
    not_signed = (ViewingSession.state != ViewingState.ENDED) | (ViewingSession.ending == Ending.ABANDONED)
    return exists().where(ViewingSession.tenant_id == tenant_id, not_signed)


@made_once
def _unsigned(*, tenant_id: UUID, silent_since: datetime) -> Select[ViewingSession, Disclosure]:
    return (
        select(ViewingSession, Disclosure)
        .join(Disclosure, Disclosure.id == ViewingSession.disclosure_id)
        .where(
            ViewingSession.tenant_id == tenant_id,
            Disclosure.tenant_id == tenant_id,
            or_(
                ViewingSession.state == ViewingState.PAUSED,
                (ViewingSession.state == ViewingState.RUNNING) & (ViewingSession.seen_at <= silent_since),
                (ViewingSession.ending == Ending.ABANDONED)
                & ViewingSession.entry_id.is_not(None)
                & Disclosure.state.not_in(FINAL),
            ),
        )
        .order_by(ViewingSession.began_at)
    )


def _check_not_concerned(disclosure: Disclosure, actor: Actor) -> None:
    if str(actor.id) in excluded(disclosure):
        raise NotFound
