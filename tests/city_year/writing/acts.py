"""What persons do in a year, each at its moment: through the actions of the product where the act has one.

`STEPS` lists, of every kind of event, the moments at which something is done and what. The session is bound to the
institution.
"""

from collections.abc import Callable, Iterator, Mapping
from datetime import datetime, timedelta
from functools import partial
from uuid import uuid4

from infra import clock
from infra.db import db
from tenants.actor import Actor
from tenants.people.designations import models as designations
from tenants.people.models import Membership
from tenants.people.reviews.models import AccountReview
from tenants.people.undertakings.models import Occasion
from tenants.permissions import Role
from tenants.registry.hours import actions as hours
from tenants.registry.hours.actions import TypedHours
from tenants.upkeep.faults import actions as faults
from tenants.upkeep.faults import settling
from tenants.upkeep.faults import steps as fault_steps
from tenants.upkeep.faults.kinds import FaultKind, GapReason, How
from tenants.upkeep.faults.models import Fault
from tenants.upkeep.faults.rules import Found
from tenants.upkeep.faults.settling import Word
from tenants.upkeep.property.models import Asset, AssetCustody
from tests.city_year import events
from tests.city_year.days import DONE, FOUNDED, at
from tests.city_year.writing.founding import Settled, listed, week
from tests.factories import inspections, leavers, people, registry
from tests.factories.people import acting

Act = Callable[[Settled], None]
Step = tuple[datetime, Act]
Steps = Mapping[type, Callable[..., Iterator[Step]]]
_REASON = Word(reason=GapReason.EQUIPMENT, words="交換器故障")


def handler(settled: Settled) -> Actor:
    """Who does the daily work."""
    return acting(settled.people["a"], Role.HANDLER)


def _person(event: events.Person) -> Iterator[Step]:
    yield at(event.since, "00:00"), partial(_joins, event)
    if event.signed is not None:
        yield at(event.signed, DONE), partial(_signs, event, Occasion.DESIGNATED)
    if event.until is not None:
        yield at(event.until, "00:00"), partial(_leaves, event)
    if event.signed_leaving is not None:
        yield at(event.signed_leaving, DONE), partial(_signs, event, Occasion.LEAVING)
    if event.handed_over is not None:
        yield at(event.since, DONE), partial(_answers_for, event)
        yield at(event.handed_over, DONE), partial(_hands_over, event)


def _joins(event: events.Person, settled: Settled) -> None:
    made = settled.people[event.key] = people.person(name="林組長")
    people.membership(made, Role.HANDLER, tenant_id=settled.of.tenant_id)


def _signs(event: events.Person, occasion: Occasion, settled: Settled) -> None:
    tenant_id, user_id = settled.of.tenant_id, settled.people[event.key]
    leavers.undertaking(tenant_id, user_id=user_id, occasion=occasion, on=clock.today())


def _leaves(event: events.Person, settled: Settled) -> None:
    query = db.select(Membership).where(Membership.user_id == settled.people[event.key])
    held = db.session.scalars(query).one()
    held.ended_at, held.ended_by = clock.now(), settled.head


def _answers_for(event: events.Person, settled: Settled) -> None:
    listed(settled, event.key, custodian=settled.people[event.key], acquired=event.since, kind="other", name="監視螢幕")


def _hands_over(event: events.Person, settled: Settled) -> None:
    asset_id, heir = settled.assets[event.key], settled.people["a"]
    held = AssetCustody(id=uuid4(), tenant_id=settled.of.tenant_id, asset_id=asset_id, custodian_id=heir)
    held.from_day, held.handed_by, held.note, held.recorded_by = clock.today(), "", "", heir
    db.session.add(held)


def _designation(event: events.Designation) -> Iterator[Step]:
    yield at(event.since, DONE), partial(_designates, event)
    if event.until is not None:
        yield at(event.until, "00:00"), _ends_designation


def _designates(event: events.Designation, settled: Settled) -> None:
    leavers.designation(settled.of.tenant_id, contact_id=settled.people["a"], from_on=event.since)


def _ends_designation(settled: Settled) -> None:
    of_tenant = designations.Designation.tenant_id == settled.of.tenant_id
    held = db.session.scalars(
        db.select(designations.Designation).where(of_tenant, designations.Designation.until_on.is_(None))
    ).one()
    held.until_on, held.ending = clock.today(), designations.Ending.RESIGNED
    held.ended_at, held.ended_by = clock.now(), settled.head


def _reviewed(event: events.Reviewed) -> Iterator[Step]:
    yield at(event.on, DONE), _reviews


def _reviews(settled: Settled) -> None:
    made = AccountReview(id=uuid4(), tenant_id=settled.of.tenant_id, begun_at=clock.now(), begun_by=settled.head)
    made.completed_at, made.completed_by = clock.now(), settled.head
    db.session.add(made)


def _inspected(event: events.Inspected) -> Iterator[Step]:
    yield at(event.on, DONE), _inspects


def _inspects(settled: Settled) -> None:
    inspections.inspection(settled.of, by=settled.people["a"], on=clock.today(), entered_at=clock.now())


def _interval(event: events.Interval) -> Iterator[Step]:
    yield at(event.since, DONE), partial(_decides, event)


def _decides(event: events.Interval, settled: Settled) -> None:
    inspections.interval(settled.of, months=event.months, by=settled.head, since=event.since)


def _policy(event: events.PolicyPassed) -> Iterator[Step]:
    yield at(event.on, DONE), partial(_passes, event)


def _passes(event: events.PolicyPassed, settled: Settled) -> None:
    registry.period(settled.of.tenant_id, settled.of.site_id, None, effective_from=event.on)


def _hours(event: events.HoursChange) -> Iterator[Step]:
    yield at(event.since - timedelta(days=5), "10:00"), partial(_opens, event)


def _opens(event: events.HoursChange, settled: Settled) -> None:
    ids = {"tenant_id": settled.of.tenant_id, "site_id": settled.of.site_id}
    typed = TypedHours(weekly=week(event.opens), care=[], vacation=None)
    hours.set_hours(**ids, typed=typed, effective_from=event.since, actor=handler(settled))


def _branded(event: events.Branded) -> Iterator[Step]:
    yield at(FOUNDED, DONE), partial(_lists, event)
    if event.noted is not None:
        yield at(event.noted, DONE), _notes


def _lists(event: events.Branded, settled: Settled) -> None:
    custodian = settled.people["a"]
    listed(settled, "branded", custodian=custodian, acquired=FOUNDED, kind="other", name="交換器", brand=event.brand)


def _notes(settled: Settled) -> None:
    found = db.session.get_one(Asset, settled.assets["branded"])
    found.head_note, found.bureau_document = "園長同意", "教資字第1150000001號"


def _fault(event: events.Fault) -> Iterator[Step]:
    yield event.opened, partial(_tells, event)
    for moment, act in ((event.taken_up, _takes_up), (event.repaired, _repairs), (event.ended, _looks_again)):
        if moment is not None:
            yield moment, partial(act, event)


def _tells(event: events.Fault, settled: Settled) -> None:
    seen = Found(
        kind=FaultKind.DAMAGE, found_at=event.opened, how=How.PERSON, camera_ids=[settled.of.cameras[event.camera]]
    )
    made = faults.open_fault(actor=handler(settled), tenant_id=settled.of.tenant_id, found=seen)
    settled.faults[event] = made.id


def _ids(event: events.Fault, settled: Settled) -> dict[str, object]:
    return {"tenant_id": settled.of.tenant_id, "fault_id": settled.faults[event]}


def _takes_up(event: events.Fault, settled: Settled) -> None:
    fault_steps.report(actor=handler(settled), cause="支架斷裂", words="已報修", **_ids(event, settled))  # type: ignore[arg-type]


def _repairs(event: events.Fault, settled: Settled) -> None:
    fault_steps.repair(actor=handler(settled), cause="支架斷裂", manner="更換支架", **_ids(event, settled))  # type: ignore[arg-type]


def _looks_again(event: events.Fault, settled: Settled) -> None:
    head = acting(settled.head, Role.HEAD)
    fault_steps.recheck(actor=head, works=True, words="", **_ids(event, settled))  # type: ignore[arg-type]
    # Of the days between only bulk is missing here: nobody ends a fault before all seconds have a reason.
    made = db.session.get_one(Fault, settled.faults[event])
    owed = settling.unsettled_of(tenant_id=settled.of.tenant_id, fault=made, now=clock.now())
    if owed:
        keys = [each.key for each in owed]
        settling.settle(actor=handler(settled), keys=keys, word=_REASON, **_ids(event, settled))  # type: ignore[arg-type]
    fault_steps.close(actor=handler(settled), **_ids(event, settled))  # type: ignore[arg-type]


def _outage(event: events.Outage) -> Iterator[Step]:
    if event.explained is not None:
        yield event.explained, partial(_explains, event)


def _explains(event: events.Outage, settled: Settled) -> None:
    tenant_id, camera_id = settled.of.tenant_id, settled.of.cameras[event.camera]
    owed = settling.unsettled(tenant_id=tenant_id, now=clock.now())
    of_camera = [each for each in owed if each.camera_id == camera_id]
    keys = [each.key for each in of_camera if event.begins <= each.window.started_at < event.ends]
    if keys:  # of what lay outside the opening hours no reason is owed
        settling.settle(actor=handler(settled), tenant_id=tenant_id, keys=keys, word=_REASON)


STEPS: Steps = {
    events.Person: _person,
    events.Designation: _designation,
    events.Reviewed: _reviewed,
    events.Inspected: _inspected,
    events.Interval: _interval,
    events.PolicyPassed: _policy,
    events.HoursChange: _hours,
    events.Branded: _branded,
    events.Fault: _fault,
    events.Outage: _outage,
}
