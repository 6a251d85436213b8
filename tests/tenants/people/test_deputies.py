"""職務代理: who may act in which office, in which days, and that nothing of it outlives them (DR-26)."""

from collections.abc import Callable
from datetime import timedelta
from uuid import UUID

import pytest
from flask import Flask

from infra import clock
from infra.db import db
from infra.tenancy import Binding, bind
from tenants.actor import Actor, ActorKind
from tenants.audit import queries as audit
from tenants.errors import Invalid, InvalidTransition, NotAllowed, NotFound
from tenants.people import deputies, deputy_queries, roles
from tenants.people.models import Deputy, User
from tenants.people.rules import Deputyship
from tenants.permissions import ACTING_MAY, Acting, Permission, Role
from tests.factories import people
from tests.factories.registry import institution

pytestmark = pytest.mark.req("DR-26")


class School:
    """K1 with a head, a handler and two teachers; the session is bound to it."""

    def __init__(self) -> None:
        people.bureau()
        self.id = institution("K1").tenant_id
        self.head, self.handler = people.head(self.id), people.handler(self.id)
        self.teacher, self.other = people.staff(self.id), people.staff(self.id, "other")
        bind(db.session, Binding(tenant_id=self.id))

    def actor(self, role: Role = Role.HEAD) -> Actor:
        user_id = self.head if role is Role.HEAD else self.handler
        return Actor(kind=ActorKind.PERSON, id=user_id, name="王園長", roles=frozenset({role}))

    def appoint(self, *, actor: Actor | None = None, **changed: object) -> Deputy:
        said = {
            "principal_id": self.head,
            "role": Role.HEAD,
            "user_id": self.teacher,
            "acting": Acting.DEPUTY,
            "starts_on": clock.today() + timedelta(days=1),
            "ends_on": clock.today() + timedelta(days=3),
            "reason": "公差",
        }
        wanted = Deputyship(**(said | changed))  # type: ignore[arg-type]
        made = deputies.appoint(tenant_id=self.id, wanted=wanted, actor=actor or self.actor())
        db.session.commit()
        return made

    def acts(self, days: int, user_id: UUID | None = None) -> dict[Role, Acting]:
        today = clock.today() + timedelta(days=days)
        return deputy_queries.acting_for(tenant_id=self.id, user_id=user_id or self.teacher, today=today)


@pytest.fixture
def school(domain: Flask) -> School:
    assert domain
    return School()


def test_a_deputy_acts_from_the_first_day_through_the_last_and_on_no_other(school: School) -> None:
    school.appoint()
    assert [bool(school.acts(day)) for day in range(5)] == [False, True, True, True, False]
    assert school.acts(1) == {Role.HEAD: Acting.DEPUTY}


def test_it_is_recorded_with_its_days(school: School) -> None:
    made = school.appoint()
    event = audit.latest(tenant_id=school.id, limit=1)[0]
    assert event.event == "deputy:appointed"
    assert (event.fields["starts_on"], event.fields["acting"]) == (made.starts_on.isoformat(), "代")


def test_a_revocation_holds_at_once(school: School) -> None:
    made = school.appoint(starts_on=clock.today())
    assert school.acts(0)
    deputies.revoke(tenant_id=school.id, deputy_id=made.id, actor=school.actor())
    db.session.commit()
    assert not school.acts(0)
    with pytest.raises(InvalidTransition):
        deputies.revoke(tenant_id=school.id, deputy_id=made.id, actor=school.actor())


def test_nobody_acts_for_a_holder_who_left_nor_once_they_left_themselves(school: School) -> None:
    school.appoint(starts_on=clock.today())
    roles.end_role(
        tenant_id=school.id, user_id=school.head, role=Role.HEAD, successor_id=school.other, actor=school.actor()
    )
    assert not school.acts(0)
    db.session.rollback()
    roles.end_role(tenant_id=school.id, user_id=school.teacher, role=Role.STAFF, actor=school.actor())
    assert not school.acts(0)


REFUSED: dict[str, tuple[str, Callable[[School], dict[str, object]]]] = {
    "for an office that is not theirs": ("office", lambda s: {"principal_id": s.teacher}),
    "for a guard's duty": ("office", lambda s: {"role": Role.STAFF, "principal_id": s.other}),
    "oneself": ("deputy", lambda s: {"user_id": s.head}),
    "somebody from elsewhere": ("deputy", lambda _: {"user_id": people.person()}),
    "a reversed period": ("ends_on", lambda _: {"ends_on": clock.today()}),
    "longer than a year": ("ends_on", lambda _: {"ends_on": clock.today() + timedelta(days=400)}),
    "without a reason": ("reason", lambda _: {"reason": " "}),
    "a delegated operation": (
        "acting",
        lambda s: {"role": Role.HANDLER, "principal_id": s.handler, "acting": Acting.DELEGATE},
    ),
}


@pytest.mark.parametrize(("field", "changed"), REFUSED.values(), ids=REFUSED.keys())
def test_what_is_no_deputyship_is_refused_beside_its_field(
    school: School, field: str, changed: Callable[[School], dict[str, object]]
) -> None:
    with pytest.raises(Invalid) as refused:
        school.appoint(**changed(school))
    assert refused.value.field == field


def test_a_period_that_is_over_is_not_written_afterwards(school: School) -> None:
    past = {"starts_on": clock.today() - timedelta(days=3), "ends_on": clock.today() - timedelta(days=1)}
    with pytest.raises(Invalid, match="不能補登"):
        school.appoint(**past)


def test_two_periods_of_one_person_in_one_office_do_not_overlap(school: School) -> None:
    school.appoint()
    with pytest.raises(Invalid, match="不可重疊"):
        school.appoint(starts_on=clock.today() + timedelta(days=3))
    school.appoint(starts_on=clock.today() + timedelta(days=4), ends_on=clock.today() + timedelta(days=5))


@pytest.mark.req("KH-4-2", "KH-6-1g")
def test_who_operates_decides_for_nobody_and_the_reverse(school: School) -> None:
    with pytest.raises(Invalid, match="不能兼任"):
        school.appoint(user_id=school.handler)
    db.session.rollback()
    school.appoint()
    for attempt in (
        lambda: school.appoint(role=Role.HANDLER, principal_id=school.handler),
        lambda: roles.grant_role(tenant_id=school.id, user_id=school.teacher, role=Role.HANDLER, actor=school.actor()),
    ):
        with pytest.raises(Invalid, match="不能兼任"):
            attempt()
        db.session.rollback()


def test_only_who_manages_people_in_their_own_right_appoints(school: School) -> None:
    deputy = Actor(
        kind=ActorKind.PERSON, id=school.teacher, roles=frozenset({Role.STAFF}), acting={Role.HEAD: Acting.DEPUTY}
    )
    for somebody in (school.actor(Role.HANDLER), deputy):
        with pytest.raises(NotAllowed):
            school.appoint(actor=somebody)


def test_the_deputy_of_another_school_is_not_there(school: School) -> None:
    deputy_id, other = school.appoint().id, institution("K2")
    bind(db.session, Binding(tenant_id=other.tenant_id))
    with pytest.raises(NotFound):
        deputies.revoke(tenant_id=other.tenant_id, deputy_id=deputy_id, actor=school.actor())


def test_mail_for_an_office_reaches_who_acts_in_it_today(school: School) -> None:
    school.appoint()
    for user_id, address in ((school.head, "head@k1.example"), (school.teacher, "teacher@k1.example")):
        db.session.get_one(User, user_id).email = address
    db.session.flush()
    for days, wanted in ((0, {"head@k1.example"}), (2, {"head@k1.example", "teacher@k1.example"})):
        today = clock.today() + timedelta(days=days)
        assert deputy_queries.addresses(tenant_id=school.id, roles={Role.HEAD}, today=today) == wanted


# ---- what acting lets one do


def _acting(how: Acting) -> Actor:
    return Actor(kind=ActorKind.PERSON, roles=frozenset({Role.STAFF}), acting={Role.HEAD: how})


def test_a_deputy_may_what_the_head_may_except_say_who_holds_what() -> None:
    deputy = _acting(Acting.DEPUTY)
    assert deputy.may(Permission.DISCLOSURE_DECIDE)
    assert deputy.may(Permission.DESTRUCTION_RELEASE)
    assert not deputy.may(Permission.PEOPLE_MANAGE)
    assert not deputy.may(Permission.FOOTAGE_WATCH), "the head does not operate, nor does who acts for the head"


def test_who_was_delegated_decides_and_does_nothing_else_of_the_heads() -> None:
    delegate = _acting(Acting.DELEGATE)
    assert delegate.may(Permission.DISCLOSURE_DECIDE)
    assert not any(delegate.may(each) for each in (Permission.HOLD_MANAGE, Permission.POLICY_ADOPT))
    assert Permission.PEOPLE_MANAGE not in ACTING_MAY[Acting.DELEGATE]


def test_in_ones_own_office_nothing_is_printed() -> None:
    both = Actor(kind=ActorKind.PERSON, roles=frozenset({Role.HEAD}), acting={Role.HEAD: Acting.DEPUTY})
    assert (both.stands_in(Role.HEAD), _acting(Acting.DELEGATE).stands_in(Role.HEAD)) == ("", "代為決行")
