"""A request about one's own data walks from receipt to its end, and every step is in the chain (DR-28)."""

from datetime import timedelta
from uuid import UUID, uuid4

import pytest

from infra import clock
from infra.db import db
from infra.tenancy import Binding, bind
from tenants import periods
from tenants.actor import Actor, ActorKind
from tenants.audit import queries as audit
from tenants.errors import Invalid, InvalidTransition, NotAllowed, NotFound
from tenants.permissions import Role
from tenants.retention import queries as retention
from tenants.retention.rules import CameraWindow
from tenants.rights import actions, queries
from tenants.rights.models import Answer, Right, RightsRequest
from tenants.rights.rules import Told
from tests.factories import footage, insiders, people, rights
from tests.factories import retention as holds
from tests.factories.registry import Institution, institution

pytestmark = pytest.mark.req("DR-28")


def person(user_id: UUID, role: Role) -> Actor:
    return Actor(kind=ActorKind.PERSON, id=user_id, name="王小明", roles=frozenset({role}))


@pytest.fixture
def handler(k1: Institution) -> Actor:
    made = person(people.handler(k1.tenant_id, "k1-handler"), Role.HANDLER)
    bind(db.session, Binding(tenant_id=k1.tenant_id))
    return made


@pytest.fixture
def head(k1: Institution) -> Actor:
    made = person(people.head(k1.tenant_id, "k1-head"), Role.HEAD)
    bind(db.session, Binding(tenant_id=k1.tenant_id))
    return made


def entered(k1: Institution, handler: Actor, **changes: object) -> RightsRequest:
    return actions.enter_request(actor=handler, tenant_id=k1.tenant_id, received=rights.received(**changes))


def reviewed(k1: Institution, handler: Actor) -> RightsRequest:
    made = entered(k1, handler)
    return actions.review(
        actor=handler,
        tenant_id=k1.tenant_id,
        rights_id=made.id,
        note="符合第十條",
        third_parties=True,
        masking="遮蔽他童臉部",
    )


def events(k1: Institution) -> list[str]:
    return [each.event for each in reversed(audit.latest(tenant_id=k1.tenant_id, limit=50)) if "rights" in each.event]


def test_a_parents_request_for_a_copy_is_answered_in_time_with_reasons_and_done(
    k1: Institution, handler: Actor, head: Actor
) -> None:
    made = reviewed(k1, handler)
    assert (made.serial.split("-")[0], made.due_on) == ("個資", clock.today() + timedelta(days=15))
    one = {"tenant_id": k1.tenant_id, "rights_id": made.id}
    told = Told(answer=Answer.PARTLY, refusal_ground="third_party", reasons="他童影像遮蔽後提供")
    actions.answer(actor=head, **one, told=told)
    with pytest.raises(Invalid):
        actions.close(actor=handler, **one)
    actions.carry_out(actor=handler, **one, given_on=clock.today(), manner="光碟序號 A-12，115年11月28日當面交付")
    actions.close(actor=handler, **one)
    assert queries.requests(tenant_id=k1.tenant_id) == []
    assert events(k1) == [
        "rights:entered",
        "rights:reviewed",
        "rights:answered",
        "rights:carried_out",
        "rights:closed",
    ]


@pytest.mark.req("DR-01")
def test_the_footage_is_preserved_at_receipt_and_through_the_appeal_period(k1: Institution, handler: Actor) -> None:
    footage.segment(k1, device_id=footage.device(k1))
    start = clock.now() - timedelta(hours=2)
    camera = k1.cameras["C-GATE"]
    made = entered(k1, handler, window=CameraWindow(camera_id=camera, started_at=start, ended_at=clock.now()))
    assert made.hold_id is not None
    actions.withdraw(actor=handler, tenant_id=k1.tenant_id, rights_id=made.id)
    hold = retention.hold(tenant_id=k1.tenant_id, hold_id=made.hold_id)
    assert (hold.released_at, hold.ends_on) == (None, clock.today() + timedelta(days=30))


def test_an_application_is_taken_over_and_names_where_it_came_from(k1: Institution, handler: Actor) -> None:
    application = insiders.request(k1)
    bind(db.session, Binding(tenant_id=k1.tenant_id))
    made = entered(k1, handler, disclosure_id=application)
    assert queries.serial_of(tenant_id=k1.tenant_id, disclosure_id=made.disclosure_id).startswith("調閱-")
    with pytest.raises(NotFound):
        entered(k1, handler, disclosure_id=uuid4())


def test_extending_doubles_the_days_once(k1: Institution, handler: Actor) -> None:
    made = entered(k1, handler, right=Right.DELETION)
    one = {"tenant_id": k1.tenant_id, "rights_id": made.id}
    actions.extend(actor=handler, **one, reason="須向廠商調取紀錄")
    assert made.due_on == clock.today() + timedelta(days=60)
    with pytest.raises(Invalid):
        actions.extend(actor=handler, **one, reason="再次延長")


def test_nobody_answers_before_the_review_nor_twice(k1: Institution, handler: Actor, head: Actor) -> None:
    made = entered(k1, handler)
    one = {"tenant_id": k1.tenant_id, "rights_id": made.id}
    told = Told(answer=Answer.GRANTED, refusal_ground="", reasons="")
    with pytest.raises(InvalidTransition):
        actions.answer(actor=head, **one, told=told)
    actions.review(actor=handler, **one, note="符合", third_parties=False, masking="")
    actions.answer(actor=head, **one, told=told)
    with pytest.raises(InvalidTransition):
        actions.answer(actor=head, **one, told=told)


def test_who_handles_a_request_does_not_answer_it(k1: Institution, handler: Actor) -> None:
    made = reviewed(k1, handler)
    with pytest.raises(NotAllowed):
        actions.answer(
            actor=handler,
            tenant_id=k1.tenant_id,
            rights_id=made.id,
            told=Told(answer=Answer.GRANTED, refusal_ground="", reasons=""),
        )


def test_numbers_have_no_holes_and_each_institution_counts_by_itself(k1: Institution, handler: Actor) -> None:
    numbers = [entered(k1, handler).serial for _ in range(2)]
    assert [number.rsplit("-", 1)[1] for number in numbers] == ["0001", "0002"]
    other = institution("K9")
    bind(db.session, Binding(tenant_id=other.tenant_id))
    assert entered(other, handler).serial.endswith("0001")


@pytest.mark.parametrize("name", ["person_name", "relation", "contact", "identity_seen", "about"])
def test_a_receipt_without_what_it_must_say_leaves_nothing(k1: Institution, handler: Actor, name: str) -> None:
    with pytest.raises(Invalid) as refused:
        entered(k1, handler, **{name: " "})
    assert refused.value.field == name
    assert queries.open_count(tenant_id=k1.tenant_id) == 0


def test_a_request_that_is_not_there_is_not_found(k1: Institution, handler: Actor) -> None:
    with pytest.raises(NotFound):
        actions.close(actor=handler, tenant_id=k1.tenant_id, rights_id=uuid4())


@pytest.mark.req("DR-02")
def test_an_urgent_hold_goes_on_as_the_requests_within_the_year_and_lapses_no_more(
    k1: Institution, handler: Actor
) -> None:
    hold_id = holds.urgent(k1)
    (kept,) = retention.windows(tenant_id=k1.tenant_id, hold_id=hold_id)
    span = CameraWindow(camera_id=kept.camera_id, started_at=kept.started_at, ended_at=kept.ended_at)
    made = entered(k1, handler, window=span)
    hold = retention.hold(tenant_id=k1.tenant_id, hold_id=hold_id)
    assert made.hold_id == hold_id
    assert (hold.basis, hold.reference, hold.ends_on) == ("request", made.serial, None)
    assert hold.review_on <= periods.destroyed_by(clock.civil_day(kept.started_at))
