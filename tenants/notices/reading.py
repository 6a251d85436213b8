"""What is due at one institution, read from its rooms. The session is bound to it.

What concerns cases is read for one person, by the rooms' own reads: nobody is told of a case that is about them, not
even by its number (DR-27, KH-5-1c). The service reads as itself and is told all.
"""

from collections.abc import Callable, Iterator, Sequence
from datetime import date, datetime
from functools import partial
from operator import itemgetter
from uuid import UUID

from infra.clock import civil_day
from tenants.actor import Actor, system
from tenants.disclosures.insider import queries as insiders
from tenants.disclosures.models import DisclosureState
from tenants.disclosures.official import copies_out
from tenants.disclosures.official import queries as official
from tenants.improvements import queries as improvements
from tenants.leaving import queries as leaving
from tenants.misuse import clocks, secrecy
from tenants.misuse import queries as misuse
from tenants.notices.duties import Kind, Level
from tenants.notices.rules import Due
from tenants.people import deputy_queries as deputies
from tenants.people.designations import queries as designation_queries
from tenants.people.designations import standing as designations
from tenants.people.reviews import standing as reviews
from tenants.people.undertakings import standing as undertakings
from tenants.registry import queries as registry
from tenants.registry.assessments import standing as assessments
from tenants.registry.standing import is_closed
from tenants.retention import queries as retention
from tenants.retention import stops
from tenants.retention.models import HoldBasis
from tenants.rights import queries as rights
from tenants.upkeep.faults import escalating, kinds, settling
from tenants.upkeep.faults import queries as faults
from tenants.upkeep.inspections import standing as inspections

# As whom the service reads an institution: nothing is kept from it, and it says ids and counts alone.
SERVICE = system("notices")
_S = DisclosureState
_UNDECIDED = frozenset({_S.SUBMITTED, _S.RESOLVED})
_LEVELS = {kinds.Level.HEAD: Level.HEAD, kinds.Level.BUREAU: Level.BUREAU}


def _shared(*, tenant_id: UUID, now: datetime) -> Sequence[Due]:
    """What is due whoever asks: places, equipment, people, footage, agencies' cases."""
    today = civil_day(now)
    found = [*_destructions(tenant_id, today), *_answers(tenant_id, today), *_improvements(tenant_id)]
    if not is_closed(registry.tenant(tenant_id=tenant_id), today):
        found += [*_upkeep(tenant_id, today, now), *_people(tenant_id, today)]
    return found


def _of_cases(*, tenant_id: UUID, actor: Actor, now: datetime) -> Sequence[Due]:
    """What is due of cases that are not about this person."""
    return [*_hourly(tenant_id, actor, now), *_own_view(tenant_id, actor)]


def at_once(*, tenant_id: UUID, actor: Actor, now: datetime) -> Sequence[Due]:
    """What must not wait for the morning, of all that this person may know: open faults and clocks by the hour."""
    closed = is_closed(registry.tenant(tenant_id=tenant_id), civil_day(now))
    return [*(() if closed else _faults(tenant_id)), *_hourly(tenant_id, actor, now)]


def _upkeep(tenant_id: UUID, today: date, now: datetime) -> Iterator[Due]:
    found = inspections.standing(tenant_id=tenant_id, day=today)
    for site_id, due in found.due.items():
        yield Due(kind=Kind.INSPECTION, subject=str(site_id), on=due.on)
    for camera in (*found.calibration_due, *found.calibration_overdue):
        yield Due(kind=Kind.CALIBRATION, subject=str(camera.id), on=camera.since)
    places = assessments.standing(tenant_id=tenant_id, day=today)
    since = [*places.unassessed, *places.unnoted, *places.unreviewed]
    # Of what one camera lacks the oldest counts: it comes last, and stays.
    for camera_id, on in dict(sorted(since, key=itemgetter(1), reverse=True)).items():
        yield Due(kind=Kind.ZONES, subject=str(camera_id), on=on)
    yield from _faults(tenant_id)
    for gap in settling.unsettled(tenant_id=tenant_id, now=now):
        yield Due(kind=Kind.GAPS, subject=gap.key, on=gap.late_from)


def _faults(tenant_id: UUID) -> Iterator[Due]:
    """One a fault, however many cameras it takes: a switch that fails is one thing to do (DR-31)."""
    raised = escalating.raised(tenant_id=tenant_id)
    for fault in faults.faults(tenant_id=tenant_id):
        until = min((until for _, until in escalating.running(fault)), default=None)
        if until is not None:
            level = _LEVELS[raised[fault.id]] if fault.id in raised else Level.OWNER
            yield Due(kind=Kind.FAULT, subject=str(fault.id), on=civil_day(until), at=until, raised=level)


def _people(tenant_id: UUID, today: date) -> Iterator[Due]:
    found = designations.standing(tenant_id=tenant_id, day=today)
    if not found.designated:
        yield Due(kind=Kind.DESIGNATION, subject=str(tenant_id), on=found.undesignated_since or today)
    yield from _ending(tenant_id, today)
    bound = undertakings.standing(tenant_id=tenant_id, day=today)
    for owed in bound.unsigned:
        yield Due(kind=Kind.OWN_SECRECY, subject=str(owed.user_id), on=owed.since, only=owed.user_id)
    for owed in (*bound.unsigned, *bound.left_unsigned):
        yield Due(kind=Kind.SECRECY, subject=str(owed.user_id), on=owed.since)
    for line in leaving.departures(tenant_id=tenant_id, open_only=True):
        yield Due(kind=Kind.DEPARTURE, subject=str(line.departure.id), on=line.departure.gone_on)
    accounts = reviews.standing(tenant_id=tenant_id, day=today)
    if accounts.due_on is not None:
        yield Due(kind=Kind.ACCOUNT_REVIEW, subject=accounts.due_on.isoformat(), on=accounts.due_on)


def _ending(tenant_id: UUID, today: date) -> Iterator[Due]:
    """What ends by itself on a day ahead, with nobody to follow."""
    listed = designation_queries.designations(tenant_id=tenant_id)
    ends = [each for each in listed if each.until_on is not None and each.until_on > max(today, each.from_on)]
    for each in ends:
        if not any(other.from_on == each.until_on and other.id != each.id for other in listed):
            assert each.until_on is not None  # noqa: S101 - asked for above
            yield Due(kind=Kind.DESIGNATION_ENDS, subject=str(each.id), on=each.until_on)
    for named in deputies.listed(tenant_id=tenant_id):
        deputy = named.deputy
        if deputy.revoked_at is None and deputy.ends_on >= today:
            yield Due(kind=Kind.DEPUTY_ENDS, subject=str(deputy.id), on=deputy.ends_on)


def _destructions(tenant_id: UUID, today: date) -> Iterator[Due]:
    found = stops.open_stop(tenant_id=tenant_id)
    if found is not None:
        yield Due(kind=Kind.DESTRUCTION_STOP, subject=str(found.id), on=civil_day(found.found_at))
    for each in retention.overdue(tenant_id=tenant_id, today=today):
        subject = f"{each.day.isoformat()}/{each.retention_days}"
        yield Due(kind=Kind.DESTRUCTION, subject=subject, on=min(civil_day(each.since), today))


def _answers(tenant_id: UUID, today: date) -> Iterator[Due]:
    """What agencies wait for, and what they owe."""
    for case in official.inbox(tenant_id=tenant_id):
        if case.punctuality(today=today) is not None:
            yield Due(kind=Kind.AGENCY_REPLY, subject=str(case.id), on=case.due)
    for copy in copies_out.copies_out(tenant_id=tenant_id):
        if copy.return_by < today:
            yield Due(kind=Kind.COPY_OUT, subject=str(copy.disclosure_id), on=copy.return_by)


def _improvements(tenant_id: UUID) -> Iterator[Due]:
    """What the bureau asked to be put right, each under the article that it names."""
    for item in improvements.owed(tenant_id=tenant_id):
        asked_on = civil_day(item.decided_at or item.asked_at)
        yield Due(kind=Kind.IMPROVEMENT, subject=str(item.id), on=item.due_on, article=item.article, asked_on=asked_on)


def _hourly(tenant_id: UUID, actor: Actor, now: datetime) -> Iterator[Due]:
    for case in misuse.cases(tenant_id=tenant_id, actor=actor):
        for clock in clocks.running(case, now=now):
            subject = f"{case.id}/{clock.name}"
            yield Due(kind=Kind.BREACH_CLOCK, subject=subject, on=civil_day(clock.due_at), at=clock.due_at)


def _own_view(tenant_id: UUID, actor: Actor) -> Iterator[Due]:
    kept = secrecy.withheld(tenant_id=tenant_id, actor=actor)
    for hold in retention.holds(tenant_id=tenant_id, open_only=True):
        if hold.basis != HoldBasis.URGENT and hold.id not in kept:
            yield Due(kind=Kind.HOLD_REVIEW, subject=str(hold.id), on=hold.review_on)
    for case in insiders.inbox(tenant_id=tenant_id, actor=actor):
        if case.state in _UNDECIDED and not case.halted:
            yield Due(kind=Kind.APPLICATION, subject=str(case.id), on=case.due)
    for asked in rights.requests(tenant_id=tenant_id):
        if asked.answered_at is not None:  # the statute's day is for the decision, and not for carrying it out
            continue
        yield Due(kind=Kind.RIGHTS, subject=str(asked.id), on=asked.due_on)


# How an institution is read for several people: what is shared once, the cases for each.
Reader = Callable[[Actor], Sequence[Due]]


def reader(*, tenant_id: UUID, now: datetime) -> Reader:
    """Reads everything that is due, for one person after another."""
    of_all = _shared(tenant_id=tenant_id, now=now)
    cases = partial(_of_cases, tenant_id=tenant_id, now=now)
    return lambda actor: [*of_all, *cases(actor=actor)]
