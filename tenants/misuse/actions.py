"""Audited writes of a case of misuse or leakage: reporting it freezes the footage, closing it needs every outcome."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID, uuid4

from infra import clock, queues
from infra.db import db
from infra.queues import Job
from tenants.actor import Actor, person
from tenants.audit import actions as audit
from tenants.audit.events import Event
from tenants.disclosures import availability, holding
from tenants.disclosures import queries as disclosures
from tenants.disclosures.halting import halt
from tenants.disclosures.insider.models import applicant_id
from tenants.disclosures.models import Halt
from tenants.disclosures.viewing import queries as viewings
from tenants.disclosures.viewing.models import ViewingSession
from tenants.errors import Invalid
from tenants.misuse import queries, rules
from tenants.misuse.models import MeasureKind, MisuseCase, MisuseKind, MisuseMeasure, MisuseState, MisuseViewing
from tenants.misuse.opened import open_case
from tenants.misuse.rules import Outcome
from tenants.numbering import next_of
from tenants.people import queries as people
from tenants.permissions import Permission
from tenants.retention.actions import release_after_appeal
from tenants.retention.models import HoldBasis
from tenants.retention.rules import CameraWindow, Grounds
from tenants.roc_dates import this_year


@dataclass(frozen=True, kw_only=True)
class Report:
    """What was found out. `windows` are the footage, which is frozen at once; `suspects` are people of the place.

    `disclosure_id` is the case in which it was looked at or handed over, `viewing_id` the session, where it is known:
    of that the footage is what was shown, unless `windows` say it. `viewer_suspected`: whoever looked in it.
    """

    kind: MisuseKind
    discovered_at: datetime
    discovered_by: str
    what: str
    suspects: tuple[UUID, ...] = ()
    windows: tuple[CameraWindow, ...] = ()
    disclosure_id: UUID | None = None
    viewing_id: UUID | None = None
    viewer_suspected: bool = False


def report(*, actor: Actor, tenant_id: UUID, said: Report) -> MisuseCase:
    """Open a case, and halt the one that it is about unless only people of the place are suspected (0053).

    Raises `Invalid` with the form's field, and what `place_hold` raises of the footage.
    """
    actor.require(Permission.MISUSE_HANDLE)
    now, reporter = clock.now(), person(actor)
    rules.check_report(discovered_at=said.discovered_at, discovered_by=said.discovered_by, what=said.what, now=now)
    _check_suspects(tenant_id, said.suspects, reporter)
    if said.disclosure_id is not None:
        disclosures.found(tenant_id=tenant_id, disclosure_id=said.disclosure_id)
    made = MisuseCase(
        id=uuid4(),
        tenant_id=tenant_id,
        serial=next_of("查處", MisuseCase, tenant_id=tenant_id),
        kind=said.kind,
        state=MisuseState.OPEN,
        discovered_at=said.discovered_at,
        discovered_by=said.discovered_by.strip(),
        reported_at=now,
        reported_by=reporter,
        what=said.what.strip(),
        suspects=[str(each) for each in said.suspects],
        disclosure_id=said.disclosure_id,
    )
    made.hold_id = _frozen(said.windows, actor=actor, of=made)
    db.session.add(made)
    db.session.flush()
    _record(Event.MISUSE_REPORTED, made, actor, kind=made.kind, discovered_at=made.discovered_at.isoformat())
    if said.viewing_id is not None:
        link_viewing(actor=actor, tenant_id=tenant_id, misuse_id=made.id, viewing_id=said.viewing_id)
        if said.viewer_suspected:
            _suspect_viewers(made, [viewings.session(tenant_id=tenant_id, viewing_id=said.viewing_id)], actor=actor)
    if not said.suspects:
        _halt(said.disclosure_id, actor=actor, tenant_id=tenant_id)
    queues.enqueue_after_commit(db.session, Job.PLAN_NOTICES, tenant_id=tenant_id)  # its clocks run (DR-29)
    return made


def link_viewing(*, actor: Actor, tenant_id: UUID, misuse_id: UUID, viewing_id: UUID) -> None:
    """Say that a case is about this viewing session, whose footage and people then are the case's; once is enough.

    Raises `NotFound` for a session that is not there, or of a case that concerns the actor (DR-27).
    """
    found = open_case(actor=actor, tenant_id=tenant_id, misuse_id=misuse_id)
    viewing = viewings.session_for(tenant_id=tenant_id, viewing_id=viewing_id, actor=actor)
    if viewing.id in {each.id for each in queries.viewings_of(found, actor)}:
        return
    row = MisuseViewing(id=uuid4(), tenant_id=tenant_id, misuse_id=found.id, viewing_id=viewing.id)
    row.linked_at, row.linked_by = clock.now(), person(actor)
    db.session.add(row)
    if found.hold_id is None:  # what it was told of later is frozen as well
        shown = _left_of(viewings.footage_of(viewing), tenant_id=tenant_id)
        found.hold_id = _frozen(shown, actor=actor, of=found)
    _record(Event.MISUSE_VIEWING_LINKED, found, actor, viewing_id=str(viewing.id))


def suspect(
    *, actor: Actor, tenant_id: UUID, misuse_id: UUID, suspects: tuple[UUID, ...], viewers: tuple[UUID, ...] = ()
) -> MisuseCase:
    """Name more people whom the case suspects, such as whoever was in the room of the session that was found.

    From this moment on those of the place find neither the case nor its number. `viewers` are linked sessions whose
    viewer it suspects, which halts the case in which they looked. Nobody is taken out again. Raises `Invalid`.
    """
    found = open_case(actor=actor, tenant_id=tenant_id, misuse_id=misuse_id)
    if not suspects and not viewers:
        raise Invalid("請勾選涉嫌人員。", field="suspects")
    _check_suspects(tenant_id, suspects, person(actor))
    linked = {each.id: each for each in queries.viewings_of(found, actor)}
    if not set(viewers) <= linked.keys():
        raise Invalid("請勾選頁面上列出的人員。", field="suspects")
    _suspect_viewers(found, [linked[each] for each in viewers], actor=actor)
    found.suspects = sorted({*found.suspects, *map(str, suspects)})
    db.session.flush()
    count = len(found.suspects) + len(found.suspect_viewings)
    _record(Event.MISUSE_SUSPECTED, found, actor, count=count)
    return found


def note_measure(
    *, actor: Actor, tenant_id: UUID, misuse_id: UUID, kind: MeasureKind, words: str, document: str = ""
) -> MisuseMeasure:
    """Note what was done. It stays as it was written."""
    found = open_case(actor=actor, tenant_id=tenant_id, misuse_id=misuse_id)
    rules.check_measure(kind, words=words, document=document)
    made = MisuseMeasure(
        id=uuid4(),
        tenant_id=tenant_id,
        misuse_id=found.id,
        kind=kind,
        words=words.strip(),
        document=document.strip(),
        noted_at=clock.now(),
        noted_by=person(actor),
    )
    db.session.add(made)
    _record(Event.MISUSE_MEASURE_NOTED, found, actor, kind=kind, document=made.document)
    return made


def close(*, actor: Actor, tenant_id: UUID, misuse_id: UUID, outcome: Outcome) -> MisuseCase:
    """結案, with what came of each kind of liability. The footage stays for as long as somebody may object."""
    found = open_case(actor=actor, tenant_id=tenant_id, misuse_id=misuse_id)
    rules.check_outcome(outcome)
    release_after_appeal(actor=actor, tenant_id=tenant_id, hold_id=found.hold_id, serial=found.serial)
    found.administrative, found.civil = outcome.administrative.strip(), outcome.civil.strip()
    found.criminal = outcome.criminal.strip()
    found.state, found.closed_at, found.closed_by = MisuseState.CLOSED, clock.now(), person(actor)
    db.session.flush()
    _record(Event.MISUSE_CLOSED, found, actor)
    return found


def _check_suspects(tenant_id: UUID, suspects: Collection[UUID], reporter: UUID) -> None:
    if reporter in suspects:
        raise Invalid("登記的人不能是涉嫌人。請由其他有權限的人員登記。", field="suspects")
    if not set(suspects) <= _members(tenant_id):
        raise Invalid("請勾選頁面上列出的人員。", field="suspects")


def _members(tenant_id: UUID) -> frozenset[UUID]:
    return frozenset(user.id for _role, user in people.staff(tenant_id=tenant_id))


def _left_of(windows: Iterable[CameraWindow], *, tenant_id: UUID) -> list[CameraWindow]:
    """Those of which anything is left to be frozen."""
    return [
        each for each in windows if not availability.of_span(tenant_id=tenant_id, span=each, hold_id=None).destroyed
    ]


def _suspect_viewers(found: MisuseCase, sessions: Iterable[ViewingSession], *, actor: Actor) -> None:
    """Suspect whoever looked in these sessions; of one who asked with an account of the place, that account as well."""
    for viewing in sessions:
        found.suspect_viewings = sorted({*found.suspect_viewings, str(viewing.id)})
        asked = applicant_id(viewings.case_of(viewing))
        if asked is not None and asked in _members(found.tenant_id):
            found.suspects = sorted({*found.suspects, str(asked)})
        _halt(viewing.disclosure_id, actor=actor, tenant_id=found.tenant_id)


def _halt(disclosure_id: UUID | None, *, actor: Actor, tenant_id: UUID) -> None:
    if disclosure_id is not None:
        halt(actor=actor, tenant_id=tenant_id, disclosure_id=disclosure_id, what=Halt.ALL)


def _frozen(windows: Sequence[CameraWindow], *, actor: Actor, of: MisuseCase) -> UUID | None:
    """The hold of the footage: 調查其他違法行為 (KH-5-4c), over an urgent one that kept it before.

    Holds are named where no suspect is looked for, such as in a certificate. So this one goes by a number of its own,
    and the case's serial stands as its document, which only the hold's own page shows.
    """
    if not windows:
        return None
    grounds = Grounds(
        basis=HoldBasis.OTHER_UNLAWFUL_ACT,
        reference=f"保全-{this_year()}-{of.id.hex[:8].upper()}",
        document=of.serial,
        necessity="查明影像的使用情形",
    )
    return holding.keep(actor=actor, tenant_id=of.tenant_id, grounds=grounds, windows=windows).id


def _record(event: Event, found: MisuseCase, actor: Actor, **fields: object) -> None:
    audit.record(event, tenant_id=found.tenant_id, actor=actor, subject_id=found.id, serial=found.serial, **fields)
