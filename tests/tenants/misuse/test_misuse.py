"""Misuse and leaks are written down, their footage is frozen, and somebody answers for them (KH-5-1c, TY-4-1b)."""

from dataclasses import replace
from datetime import timedelta
from uuid import UUID

import pytest

from infra import clock
from infra.db import db
from infra.tenancy import Binding, bind
from tenants.actor import Actor
from tenants.audit import queries as audit
from tenants.audit.actions import record
from tenants.audit.events import Event
from tenants.disclosures.insider.models import InsiderRequest
from tenants.disclosures.models import DisclosureWindow
from tenants.disclosures.packages.models import Package
from tenants.errors import Invalid, InvalidTransition, NotAllowed, NotFound
from tenants.misuse import actions, queries
from tenants.misuse.models import MeasureKind
from tenants.misuse.rules import Outcome
from tenants.permissions import Role
from tenants.retention import queries as retention
from tenants.retention.rules import CameraWindow
from tenants.rights import actions as rights_actions
from tenants.rights.models import Right, RightsRequest
from tests.factories import disclosures, footage, insiders, people, retained, rights
from tests.factories.registry import Institution
from tests.tenants.misuse.conftest import looked, reported

pytestmark = pytest.mark.req("KH-5-1c", "TY-4-1b")
NOTHING = Outcome(administrative="申誡一次", civil="不涉及", criminal="不涉及")


def test_a_leak_is_walked_from_its_discovery_to_what_came_of_it(k1: Institution, head: Actor) -> None:
    made = reported(k1, head)
    one = {"tenant_id": k1.tenant_id, "misuse_id": made.id}
    actions.note_measure(actor=head, **one, kind=MeasureKind.INQUIRY, words="調閱稽核軌跡")
    actions.note_measure(
        actor=head, **one, kind=MeasureKind.ETHICS_OFFICE, words="移請政風調查", document="園人字第1150000009號"
    )
    actions.close(actor=head, **one, outcome=NOTHING)
    assert queries.cases(tenant_id=k1.tenant_id, actor=head) == []
    kinds = [each.event for each in reversed(audit.latest(tenant_id=k1.tenant_id, limit=20)) if "misuse" in each.event]
    assert kinds == ["misuse:reported", "misuse:measure_noted", "misuse:measure_noted", "misuse:closed"]


@pytest.mark.parametrize("kind", ["administrative", "civil", "criminal"])
def test_no_case_closes_without_the_outcome_of_each_liability(k1: Institution, head: Actor, kind: str) -> None:
    made = reported(k1, head)
    lacking = Outcome(**({"administrative": "無", "civil": "無", "criminal": "無"} | {kind: " "}))
    with pytest.raises(Invalid) as refused:
        actions.close(actor=head, tenant_id=k1.tenant_id, misuse_id=made.id, outcome=lacking)
    assert refused.value.field == kind


def test_whom_it_suspects_can_neither_open_nor_change_the_case(k1: Institution, head: Actor, handler: Actor) -> None:
    made = reported(k1, head, suspects=(handler.id,))
    one = {"tenant_id": k1.tenant_id, "misuse_id": made.id}
    assert queries.cases(tenant_id=k1.tenant_id, actor=handler) == []
    with pytest.raises(NotFound):
        queries.case(actor=handler, **one)
    with pytest.raises(NotFound):
        actions.close(actor=handler, **one, outcome=NOTHING)
    with pytest.raises(NotFound):
        actions.note_measure(actor=handler, **one, kind=MeasureKind.INQUIRY, words="沒事")


def test_nobody_reports_themselves_nor_a_stranger(k1: Institution, head: Actor) -> None:
    for suspect in (head.id, people.person()):
        bind(db.session, Binding(tenant_id=k1.tenant_id))
        with pytest.raises(Invalid) as refused:
            reported(k1, head, suspects=(suspect,))
        assert refused.value.field == "suspects"


def test_the_footage_is_frozen_and_those_who_had_to_do_with_it_are_named(k1: Institution, head: Actor) -> None:
    people.bureau()
    agency_id, officer = people.agency(), people.person()
    bind(db.session, Binding(tenant_id=k1.tenant_id, agency_id=agency_id))
    footage.segment(k1, device_id=footage.device(k1))
    case = disclosures.case(k1, agency_id=agency_id, filed_by=officer)
    row = db.session.get_one(DisclosureWindow, case.window_id)
    row.approved_from, row.approved_until = row.started_at, row.ended_at
    looked(k1, case.disclosure_id, head)
    span = CameraWindow(camera_id=row.camera_id, started_at=row.started_at, ended_at=row.ended_at)
    made = reported(k1, head, window=span)
    assert made.hold_id is not None
    assert retention.hold(tenant_id=k1.tenant_id, hold_id=made.hold_id).document == made.serial
    (found,) = queries.accesses(made, head)
    assert (found.event, found.who) == ("disclosure:viewed", "王小明")
    later = reported(
        k1, head, window=CameraWindow(camera_id=row.camera_id, started_at=row.ended_at, ended_at=clock.now())
    )
    assert queries.accesses(later, head) == []


@pytest.mark.req("DR-27", "KH-6-4a")
def test_who_opened_the_copy_for_reference_is_named_and_of_a_case_that_concerns_the_reader_nothing(
    k1: Institution, head: Actor, handler: Actor
) -> None:
    case = insiders.request(k1)
    package = Package(tenant_id=k1.tenant_id, disclosure_id=case, state="ready", ordered_at=clock.now())
    db.session.add(package)
    db.session.flush()
    copy_id = retained.copy(k1, package_id=package.id)
    opened = {"copy_id": str(copy_id), "serial": "調閱-115-0001", "reason": "查核"}
    record(Event.RETAINED_OPENED, tenant_id=k1.tenant_id, actor=handler, subject_id=copy_id, **opened)
    made = reported(k1, head, disclosure_id=case)
    assert [each.event for each in queries.accesses(made, head) if each.event == "retained:opened"]
    db.session.get_one(InsiderRequest, case).excluded = [str(head.id)]
    db.session.flush()
    assert queries.accesses(made, head) == []


@pytest.fixture
def request_id(k1: Institution, handler: Actor) -> UUID:
    """A mother's request for a copy of a minute of the gate."""
    footage.segment(k1, device_id=footage.device(k1))
    start = clock.now() - timedelta(minutes=5)
    span = CameraWindow(camera_id=k1.cameras["C-GATE"], started_at=start, ended_at=start + timedelta(minutes=1))
    made = rights_actions.enter_request(
        actor=handler, tenant_id=k1.tenant_id, received=rights.received(right=Right.COPY, window=span)
    )
    db.session.commit()
    return made.id


def about(k1: Institution, request_id: UUID, *, later: timedelta = timedelta(0)) -> CameraWindow:
    """Half a minute of what was asked for, or of some time after it."""
    asked = db.session.get_one(RightsRequest, request_id)
    assert asked.asked_from is not None
    begins = asked.asked_from + later
    return CameraWindow(camera_id=k1.cameras["C-GATE"], started_at=begins, ended_at=begins + timedelta(seconds=30))


@pytest.mark.req("DR-28")
def test_who_opened_the_film_of_a_request_or_took_its_copy_away_is_named(
    k1: Institution, head: Actor, handler: Actor, request_id: UUID
) -> None:
    rights.opened(handler, rights_id=request_id)
    rights.taken(handler, rights_id=request_id, medium_serial="USB-7")
    made = reported(k1, head, window=about(k1, request_id))
    found = queries.accesses(made, head)
    assert [(each.event, each.who) for each in found if each.reached] == [
        ("rights:copy_taken", handler.name),
        ("rights:watched", handler.name),
    ]
    assert {each.serial.partition("-")[0] for each in found} == {"個資"}
    assert "rights:entered" in [each.event for each in found if not each.reached]
    elsewhere = reported(k1, head, window=about(k1, request_id, later=timedelta(minutes=1)))
    assert queries.accesses(elsewhere, head) == []


@pytest.mark.req("DR-28")
def test_whoever_was_there_beside_the_person_who_opened_it_is_named_too(
    k1: Institution, head: Actor, handler: Actor, request_id: UUID
) -> None:
    beside = people.person(name="林怡君")
    bind(db.session, Binding(tenant_id=k1.tenant_id))
    of = {"tenant_id": k1.tenant_id, "actor": handler, "subject_id": request_id}
    record(Event.RIGHTS_LOOK_BEGUN, **of, serial="個資-115-0001", companion_id=str(beside))
    (found, _entered) = queries.accesses(reported(k1, head, window=about(k1, request_id)), head)
    assert (found.who, found.beside, found.reached) == (handler.name, "林怡君", True)


@pytest.mark.req("DR-28")
def test_an_opening_is_told_however_much_was_done_since(
    k1: Institution, head: Actor, handler: Actor, request_id: UUID, monkeypatch: pytest.MonkeyPatch
) -> None:
    rights.opened(handler, rights_id=request_id)
    monkeypatch.setattr(queries, "_MOST_OTHERS", 1)
    of = {"tenant_id": k1.tenant_id, "actor": handler, "subject_id": request_id, "serial": "個資-115-0001"}
    record(Event.RIGHTS_CARRIED_OUT, **of)
    found = queries.accesses(reported(k1, head, window=about(k1, request_id)), head)
    assert [each.event for each in found] == ["rights:carried_out", "rights:watched"]


@pytest.mark.req("DR-28", "DR-27")
def test_of_a_request_that_is_about_the_reader_nothing_is_told(
    k1: Institution, head: Actor, handler: Actor, request_id: UUID
) -> None:
    rights.opened(handler, rights_id=request_id)
    made = reported(k1, head, window=about(k1, request_id))
    assert queries.accesses(made, replace(head, name="林小惠")) == []


def test_a_request_that_went_on_from_the_case_is_told_without_footage_being_named(
    k1: Institution, head: Actor, handler: Actor, request_id: UUID
) -> None:
    case = insiders.request(k1)
    bind(db.session, Binding(tenant_id=k1.tenant_id))
    db.session.get_one(RightsRequest, request_id).disclosure_id = case
    rights.opened(handler, rights_id=request_id)
    found = queries.accesses(reported(k1, head, disclosure_id=case), head)
    assert "rights:watched" in [each.event for each in found]


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"discovered_at": clock.now() + timedelta(days=1)}, "discovered_time"),
        ({"discovered_by": " "}, "discovered_by"),
        ({"what": ""}, "what"),
    ],
)
def test_a_report_says_who_when_and_what(k1: Institution, head: Actor, changes: dict[str, object], field: str) -> None:
    with pytest.raises(Invalid) as refused:
        reported(k1, head, **changes)
    assert refused.value.field == field


@pytest.mark.parametrize(
    ("kind", "words", "document", "field"),
    [
        (MeasureKind.POLICE, "報警", "", "document"),
        (MeasureKind.ETHICS_OFFICE, "移請政風調查", " ", "document"),
        (MeasureKind.INQUIRY, " ", "", "words"),
    ],
)
def test_a_measure_says_what_it_is_and_a_referral_has_its_number(
    k1: Institution, head: Actor, *, kind: MeasureKind, words: str, document: str, field: str
) -> None:
    made = reported(k1, head)
    with pytest.raises(Invalid) as refused:
        actions.note_measure(
            actor=head, tenant_id=k1.tenant_id, misuse_id=made.id, kind=kind, words=words, document=document
        )
    assert refused.value.field == field


def test_only_whoever_may_handle_misuse_reports_and_changes_it(k1: Institution, head: Actor) -> None:
    guard = replace(head, roles=frozenset({Role.GUARD}))
    made = reported(k1, head)
    with pytest.raises(NotAllowed):
        reported(k1, guard)
    with pytest.raises(NotAllowed):
        actions.suspect(actor=guard, tenant_id=k1.tenant_id, misuse_id=made.id, suspects=(made.id,))


def test_a_report_names_no_case_of_another_place(k1: Institution, head: Actor) -> None:
    with pytest.raises(NotFound):
        reported(k1, head, disclosure_id=UUID(int=7))


def test_a_closed_case_takes_nothing_more(k1: Institution, head: Actor) -> None:
    made = reported(k1, head)
    one = {"tenant_id": k1.tenant_id, "misuse_id": made.id}
    actions.close(actor=head, **one, outcome=NOTHING)
    with pytest.raises(InvalidTransition):
        actions.note_measure(actor=head, **one, kind=MeasureKind.OTHER, words="再查")
