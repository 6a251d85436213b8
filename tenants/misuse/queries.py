"""Reads of cases of misuse or leakage, never for somebody whom the case suspects. The session is bound."""

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import ColumnElement, Select, exists, func, or_, select

from infra.db import db
from infra.statements import made_once
from infra.together import Place, asked_together
from tenants.actor import Actor, ActorKind
from tenants.audit.models import AuditEvent
from tenants.audit.openings import REACHING
from tenants.disclosures.insider.models import excluded
from tenants.disclosures.models import Disclosure, DisclosureWindow
from tenants.disclosures.official.finished_copies import ITS_PACKAGE
from tenants.disclosures.official.models import OfficialRequest
from tenants.disclosures.packages.models import Package
from tenants.disclosures.retained.models import RetainedCopy
from tenants.disclosures.viewing import queries as viewings
from tenants.disclosures.viewing.models import ViewingOpening, ViewingSession
from tenants.errors import NotFound
from tenants.misuse.models import MisuseCase, MisuseMeasure, MisuseState, MisuseViewing
from tenants.people.models import User
from tenants.registry.models import Agency
from tenants.retention import queries as retention
from tenants.retention.rules import CameraWindow
from tenants.rights.models import RightsRequest
from tenants.rights.rules import is_apart

_MOST_OTHERS = 200
_REACHING = frozenset(each.key for each in REACHING)


@dataclass(frozen=True, kw_only=True)
class Access:
    """One act of the chain in a case that reached the footage: who, as what, did what, and when.

    `reached`: by it somebody saw footage, or it left. `beside` is who of the institution was there with `who`, if any.
    """

    seq: int
    at: datetime
    event: str
    who: str
    by_system: bool
    serial: str
    reached: bool
    beside: str


@dataclass(frozen=True, kw_only=True)
class CopyOutside:
    """A copy of the footage that an agency collected, for the latest time: by whom, and until when they may keep it.

    `ended` is what the agency reported of it (`CopyEnd`), empty before.
    """

    disclosure_id: UUID
    serial: str
    agency: str
    who: str
    collected_at: datetime
    return_by: date | None
    ended: str


def cases(*, tenant_id: UUID, actor: Actor, closed: bool = False) -> list[MisuseCase]:
    """The institution's cases, newest first, without those that suspect the actor."""
    if not any_case(tenant_id=tenant_id):
        return []
    found = db.session.scalars(*(_ever(tenant_id=tenant_id) if closed else _open(tenant_id=tenant_id)))
    return [each for each in found if not is_suspected(each, actor)]


@asked_together
def any_case(tenant_id: Place) -> ColumnElement[bool]:
    """Whether there ever was one."""
    return exists().where(MisuseCase.tenant_id == tenant_id)


@made_once
def _ever(*, tenant_id: UUID) -> Select[MisuseCase]:
    return select(MisuseCase).where(MisuseCase.tenant_id == tenant_id).order_by(MisuseCase.reported_at.desc())


@made_once
def _open(*, tenant_id: UUID) -> Select[MisuseCase]:
    open_ones = select(MisuseCase).where(MisuseCase.tenant_id == tenant_id, MisuseCase.state == MisuseState.OPEN)
    return open_ones.order_by(MisuseCase.reported_at.desc())


def case(*, tenant_id: UUID, misuse_id: UUID, actor: Actor) -> MisuseCase:
    """One case. Raises `NotFound`, also for somebody whom it suspects."""
    query = select(MisuseCase).where(MisuseCase.tenant_id == tenant_id, MisuseCase.id == misuse_id)
    found = db.session.scalar(query)
    if found is None or is_suspected(found, actor):
        raise NotFound
    return found


def is_suspected(found: MisuseCase, actor: Actor) -> bool:
    """Whether the case is about this person."""
    return actor.id is not None and str(actor.id) in found.suspects


def measures(*, tenant_id: UUID, misuse_id: UUID) -> list[MisuseMeasure]:
    """What was done, oldest first."""
    query = select(MisuseMeasure).where(MisuseMeasure.tenant_id == tenant_id, MisuseMeasure.misuse_id == misuse_id)
    return list(db.session.scalars(query.order_by(MisuseMeasure.noted_at, MisuseMeasure.id)))


def viewings_of(found: MisuseCase, actor: Actor) -> list[ViewingSession]:
    """The viewing sessions that a case is about, the oldest first, without those of cases that concern the reader."""
    query = (
        select(ViewingSession, Disclosure)
        .join(MisuseViewing, MisuseViewing.viewing_id == ViewingSession.id)
        .join(Disclosure, Disclosure.id == ViewingSession.disclosure_id)
        .where(ViewingSession.tenant_id == found.tenant_id, MisuseViewing.misuse_id == found.id)
    )
    linked = db.session.execute(query.order_by(ViewingSession.began_at))
    return [viewing for viewing, seen in linked if str(actor.id) not in excluded(seen)]


def viewings_reaching(found: MisuseCase, actor: Actor) -> list[ViewingSession]:
    """The other sessions in which a part of the footage was opened, as `viewings_of`, before anybody links them."""
    reached = [
        (DisclosureWindow.camera_id == window.camera_id)
        & (DisclosureWindow.approved_from < window.ended_at)
        & (DisclosureWindow.approved_until > window.started_at)
        for window in windows_of(found, actor)
    ]
    if not reached:
        return []
    opened = (
        select(ViewingOpening.viewing_id)
        .join(DisclosureWindow, DisclosureWindow.id == ViewingOpening.window_id)
        .where(ViewingOpening.tenant_id == found.tenant_id, or_(*reached))
    )
    query = (
        select(ViewingSession, Disclosure)
        .join(Disclosure, Disclosure.id == ViewingSession.disclosure_id)
        .where(ViewingSession.tenant_id == found.tenant_id, ViewingSession.id.in_(opened))
    )
    linked = {each.id for each in viewings_of(found, actor)}
    others = db.session.execute(query.order_by(ViewingSession.began_at))
    return [each for each, seen in others if each.id not in linked and str(actor.id) not in excluded(seen)]


def windows_of(found: MisuseCase, actor: Actor) -> list[CameraWindow]:
    """The footage that a case is about, in the order of time: what it froze, and what was shown in its sessions.

    With what an urgent hold had kept of it before, and without sessions of cases that concern the reader.
    """
    frozen = retention.windows(tenant_id=found.tenant_id, hold_id=found.hold_id)
    spans = {CameraWindow(camera_id=w.camera_id, started_at=w.started_at, ended_at=w.ended_at) for w in frozen}
    for viewing in viewings_of(found, actor):
        spans.update(viewings.footage_of(viewing))
    return sorted(spans, key=lambda span: (span.started_at, span.ended_at, span.camera_id))


def breaches_of(found: MisuseCase, actor: Actor) -> list[str]:
    """What was reported in the case's sessions, by its code, each once."""
    return list(dict.fromkeys(each.breach_kind for each in viewings_of(found, actor) if each.breach_kind))


def suspected_viewers(found: MisuseCase, actor: Actor) -> list[ViewingSession]:
    """The sessions whose viewer the case suspects."""
    return [each for each in viewings_of(found, actor) if str(each.id) in found.suspect_viewings]


def open_count(*, tenant_id: UUID) -> int:
    """How many are not closed, whoever asks."""
    query = select(func.count()).where(MisuseCase.tenant_id == tenant_id, MisuseCase.state == MisuseState.OPEN)
    return db.session.scalar(query) or 0


def accesses(found: MisuseCase, actor: Actor) -> list[Access]:
    """Who had to do with the footage: the chain's events of each case that was granted any second of it (KH-5-1c).

    And of that case's copy for reference, and of each request about one's own data that asked for any of it (DR-28).
    Newest first: all by which somebody reached footage, and of the others the newest 200. Nobody reaches footage
    outside of such a case. Of a case that concerns the reader nothing is told (DR-27).
    """
    serials = _disclosed(found, actor) | _requested(found, actor)
    query = select(AuditEvent).where(AuditEvent.tenant_id == found.tenant_id, AuditEvent.subject_id.in_(serials))
    reaching = AuditEvent.event.in_(_REACHING)
    events = [
        *db.session.scalars(query.where(reaching)),
        *db.session.scalars(query.where(~reaching).order_by(AuditEvent.seq.desc()).limit(_MOST_OTHERS)),
    ]
    names = _names({event.fields["companion_id"] for event in events if "companion_id" in event.fields})
    return [
        Access(
            seq=event.seq,
            at=event.at,
            event=event.event,
            who=event.actor_name,
            by_system=event.actor_kind == ActorKind.SYSTEM,
            serial=serials[event.subject_id],
            reached=event.event in _REACHING,
            beside=names.get(event.fields.get("companion_id", ""), ""),
        )
        for event in sorted(events, key=lambda event: event.seq, reverse=True)
        if event.subject_id is not None
    ]


def copies_reaching(found: MisuseCase, actor: Actor) -> list[CopyOutside]:
    """The copies with any of the footage that agencies collected, the oldest first; as `accesses` of the reader."""
    query = (
        select(OfficialRequest, Package.collected_at, Agency.name, User.name)
        .join(Package, ITS_PACKAGE)
        .join(Agency, Agency.id == OfficialRequest.agency_id)
        .join(User, User.id == Package.collected_by)
        .where(OfficialRequest.tenant_id == found.tenant_id, OfficialRequest.id.in_(_disclosed(found, actor)))
        .order_by(Package.collected_at)
    )
    return [
        CopyOutside(
            disclosure_id=row.id,
            serial=row.serial,
            agency=agency,
            who=who,
            collected_at=at,
            return_by=row.return_by,
            ended=row.copy_ended,
        )
        for row, at, agency, who in db.session.execute(query)
        if at is not None
    ]


def case_about(*, viewing: ViewingSession, actor: Actor) -> MisuseCase | None:
    """The first case that a session was linked to; None where there is none for this reader."""
    query = (
        select(MisuseCase)
        .join(MisuseViewing, MisuseViewing.misuse_id == MisuseCase.id)
        .where(MisuseCase.tenant_id == viewing.tenant_id, MisuseViewing.viewing_id == viewing.id)
        .order_by(MisuseViewing.linked_at)
    )
    found = db.session.scalars(query).first()
    return None if found is None or is_suspected(found, actor) else found


def _names(ids: set[str]) -> dict[str, str]:
    """How these accounts are called, by their id as the chain has it."""
    found = db.session.execute(select(User.id, User.name).where(User.id.in_([UUID(each) for each in ids])))
    return {str(user_id): name for user_id, name in found}


def _requested(found: MisuseCase, actor: Actor) -> dict[UUID, str]:
    """The serials of the requests about one's own data that asked for any of the footage, by their id.

    Or that went on from a case this one is about. None of whoever bears the reader's name.
    """
    about: list[ColumnElement[bool]] = [RightsRequest.disclosure_id.in_(_known(found, actor))]
    about += [
        (RightsRequest.camera_id == window.camera_id)
        & (RightsRequest.asked_from < window.ended_at)
        & (RightsRequest.asked_until > window.started_at)
        for window in windows_of(found, actor)
    ]
    reached = select(RightsRequest).where(
        RightsRequest.tenant_id == found.tenant_id, RightsRequest.camera_id.is_not(None), or_(*about)
    )
    return {each.id: each.serial for each in db.session.scalars(reached) if is_apart(actor.name, each)}


def _known(found: MisuseCase, actor: Actor) -> list[UUID]:
    """The cases that this one was said to be about."""
    known = [found.disclosure_id, *(each.disclosure_id for each in viewings_of(found, actor))]
    return [each for each in known if each is not None]


def _disclosed(found: MisuseCase, actor: Actor) -> dict[UUID, str]:
    """The serials of the cases that were granted what this one is about, by whose event it is: case or copy."""
    about = [Disclosure.id.in_(_known(found, actor))]
    for window in windows_of(found, actor):
        granted = select(DisclosureWindow.disclosure_id).where(
            DisclosureWindow.tenant_id == found.tenant_id,
            DisclosureWindow.camera_id == window.camera_id,
            DisclosureWindow.approved_from < window.ended_at,
            DisclosureWindow.approved_until > window.started_at,
        )
        about.append(Disclosure.id.in_(granted))
    reached = db.session.scalars(select(Disclosure).where(Disclosure.tenant_id == found.tenant_id, or_(*about)))
    serials = {each.id: each.serial for each in reached if str(actor.id) not in excluded(each)}
    copies = select(RetainedCopy.id, RetainedCopy.disclosure_id).where(
        RetainedCopy.tenant_id == found.tenant_id, RetainedCopy.disclosure_id.in_(serials)
    )
    return serials | {each.id: serials[each.disclosure_id] for each in db.session.execute(copies)}
