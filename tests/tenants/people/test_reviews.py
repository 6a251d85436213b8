"""The yearly look through the accounts, and what tells of one that is shared."""

from datetime import timedelta
from uuid import UUID

import pytest

from infra import clock
from infra.db import db
from infra.tenancy import Binding, bind
from tenants.actor import Actor
from tenants.audit import actions as audit
from tenants.audit.events import Event
from tenants.errors import Invalid, InvalidTransition, NotAllowed, NotFound
from tenants.people.models import Membership, User
from tenants.people.recording import record_person
from tenants.people.reviews import actions, queries, signals
from tenants.people.reviews.models import Verdict
from tenants.people.reviews.standing import standing
from tenants.periods import add_months
from tenants.permissions import Role
from tests.factories import people
from tests.factories.registry import Institution

pytestmark = pytest.mark.req("KH-5-2")
TODAY = clock.today()


class School:
    """K1 with a head, a handler and a guard; the session is bound to it."""

    def __init__(self, k1: Institution) -> None:
        people.bureau()
        self.id = k1.tenant_id
        self.head = people.acting(people.head(self.id), Role.HEAD)
        self.handler, self.guard = people.handler(self.id), people.guard(self.id)
        bind(db.session, Binding(tenant_id=self.id))

    def say(self, user_id: UUID | None, verdict: Verdict = Verdict.CONFIRMED, actor: Actor | None = None) -> None:
        assert user_id is not None
        actions.say(actor=actor or self.head, tenant_id=self.id, user_id=user_id, verdict=verdict)
        db.session.flush()

    def begin(self) -> None:
        actions.begin(actor=self.head, tenant_id=self.id)


@pytest.fixture
def school(k1: Institution) -> School:
    return School(k1)


def test_it_is_due_a_year_after_the_first_role_and_after_each_review(school: School) -> None:
    due = add_months(TODAY, 12)
    assert standing(tenant_id=school.id, day=TODAY).due_on == due
    assert not standing(tenant_id=school.id, day=due).overdue
    assert standing(tenant_id=school.id, day=due + timedelta(days=1)).overdue


def test_each_account_is_confirmed_or_ended_and_the_last_one_completes_it(school: School) -> None:
    school.begin()
    school.say(school.handler)
    school.say(school.guard, Verdict.ENDED)
    assert standing(tenant_id=school.id, day=TODAY).last_completed is None
    school.say(school.head.id)
    assert standing(tenant_id=school.id, day=TODAY).last_completed == TODAY
    kept = db.session.scalars(db.select(Membership.user_id).where(Membership.ended_at.is_(None))).all()
    assert set(kept) == {school.head.id, school.handler}


def test_a_past_day_tells_the_same_after_it_was_done(school: School) -> None:
    before = standing(tenant_id=school.id, day=TODAY - timedelta(days=1))
    school.begin()
    for user_id in (school.handler, school.guard, school.head.id):
        school.say(user_id)
    assert standing(tenant_id=school.id, day=TODAY - timedelta(days=1)) == before


def test_the_only_handler_and_oneself_are_not_ended_by_it(school: School) -> None:
    school.begin()
    with pytest.raises(Invalid, match="應隨時有專人負責"):
        school.say(school.handler, Verdict.ENDED)
    with pytest.raises(Invalid, match="不能結束自己的帳號"):
        school.say(school.head.id, Verdict.ENDED)


def test_nothing_is_said_twice_of_a_stranger_or_outside_of_a_review(school: School) -> None:
    with pytest.raises(InvalidTransition, match="沒有進行中"):
        school.say(school.guard)
    school.begin()
    school.begin()
    assert len(queries.reviews(tenant_id=school.id)) == 1
    school.say(school.guard)
    with pytest.raises(InvalidTransition, match="已經清查"):
        school.say(school.guard)
    with pytest.raises(NotFound):
        school.say(people.person())
    with pytest.raises(NotAllowed):
        school.say(school.handler, actor=people.acting(school.guard, Role.GUARD))


def test_the_operator_looks_through_the_bureaus_own(school: School) -> None:
    bureau_id = people.bureau()
    operator = people.acting(people.operator(), Role.OPERATOR)
    auditor = people.auditor()
    bind(db.session, Binding(tenant_id=bureau_id))
    actions.begin(actor=operator, tenant_id=bureau_id)
    actions.say(actor=operator, tenant_id=bureau_id, user_id=auditor, verdict=Verdict.ENDED)
    assert operator.id is not None
    actions.say(actor=operator, tenant_id=bureau_id, user_id=operator.id, verdict=Verdict.CONFIRMED)
    assert standing(tenant_id=bureau_id, day=TODAY).last_completed == TODAY
    assert school


def test_an_account_at_two_places_at_once_is_counted_without_its_addresses(school: School) -> None:
    for address in ("192.0.2.1", "192.0.2.2", "192.0.2.1"):
        who = Actor(kind=school.head.kind, id=school.guard, name="陳警衛", address=address)
        audit.record(Event.ACCOUNT_REVIEW_BEGUN, tenant_id=school.id, actor=who)
    (found,) = signals.signals(tenant_id=school.id, now=clock.now())
    assert (found.user_id, found.two_places, found.locked) == (school.guard, 1, 0)


def test_who_only_changes_the_place_shows_no_sign(school: School) -> None:
    for address in ("192.0.2.1", "192.0.2.1", "192.0.2.2"):
        who = Actor(kind=school.head.kind, id=school.guard, name="陳警衛", address=address)
        audit.record(Event.ACCOUNT_REVIEW_BEGUN, tenant_id=school.id, actor=who)
    assert signals.signals(tenant_id=school.id, now=clock.now()) == []


def test_locked_accounts_of_this_institution_are_counted_and_no_others(school: School) -> None:
    for user_id in (school.handler, people.person()):
        record_person(event=Event.ACCOUNT_PIN_LOCKED, user=db.session.get_one(User, user_id), actor=school.head)
    (found,) = signals.signals(tenant_id=school.id, now=clock.now())
    assert (found.user_id, found.locked) == (school.handler, 1)
