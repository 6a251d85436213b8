"""離職與調職: rights end at midnight of the day and no second later, and the name stays (KH-5-2, TY-4-2, DR-15)."""

from datetime import date, timedelta
from uuid import UUID

import pytest

from infra import clock
from infra.db import db
from infra.tenancy import Binding, bind
from tenants.actor import system
from tenants.errors import Invalid, InvalidTransition
from tenants.leaving import actions, queries
from tenants.leaving.models import Departure, Way
from tenants.leaving.rules import Handed, HoldingKind, Leaving
from tenants.leaving.standing import standing
from tenants.people import queries as people_queries
from tenants.people import transfers
from tenants.people.designations.standing import standing as designations_standing
from tenants.people.models import User
from tenants.people.transfers import Leaver
from tenants.people.undertakings.models import Occasion
from tenants.permissions import Role
from tests.factories import assets, faults, leavers, people
from tests.factories.registry import Institution, institution

pytestmark = pytest.mark.req("KH-5-2", "TY-4-2")
TODAY = clock.today()
AUGUST = TODAY + timedelta(days=40)


class School:
    """K1, whose designated person is Lin; the session is bound to it."""

    def __init__(self, k1: Institution) -> None:
        people.bureau()
        self.k1, self.id = k1, k1.tenant_id
        self.head = people.acting(people.head(self.id), Role.HEAD)
        self.lin, self.chen = people.handler(self.id, "lin"), people.staff(self.id, "chen")
        leavers.designation(self.id, contact_id=self.lin, office="")
        bind(db.session, Binding(tenant_id=self.id))

    def leave(self, on: date = AUGUST, **said: object) -> Departure:
        wanted = {
            "user_id": self.lin,
            "way": Way.LEFT,
            "gone_on": on,
            "successors": {Role.HANDLER: self.chen},
        }
        made = actions.leave(actor=self.head, tenant_id=self.id, wanted=Leaving(**(wanted | said)))  # type: ignore[arg-type]
        db.session.flush()
        return made

    def roles_of(self, user_id: UUID) -> list[Role]:
        return queries.roles_of(tenant_id=self.id, user_id=user_id)

    def pass_to(self, day: date, monkeypatch: pytest.MonkeyPatch) -> None:
        """The first second of the day, at which the sweep did its work."""
        monkeypatch.setattr(clock, "now", lambda: clock.day_start(day))
        transfers.carry_out(tenant_id=self.id, today=day, actor=system("carry_out_changes"))
        actions.carry_out(tenant_id=self.id, actor=system("carry_out_changes"))
        db.session.flush()

    def settle(self, departure: Departure, *handed: Handed) -> Departure:
        return actions.settle(actor=self.head, tenant_id=self.id, departure_id=departure.id, handed=handed)


@pytest.fixture
def school(k1: Institution) -> School:
    return School(k1)


def test_rights_go_over_at_midnight_and_no_second_early_or_late(
    school: School, monkeypatch: pytest.MonkeyPatch
) -> None:
    school.leave()
    monkeypatch.setattr(clock, "now", lambda: clock.day_start(AUGUST) - timedelta(microseconds=1))
    assert (school.roles_of(school.lin), school.roles_of(school.chen)) == ([Role.HANDLER], [Role.STAFF])
    monkeypatch.setattr(clock, "now", lambda: clock.day_start(AUGUST))
    assert (school.roles_of(school.lin), set(school.roles_of(school.chen))) == ([], {Role.STAFF, Role.HANDLER})
    assert designations_standing(tenant_id=school.id, day=AUGUST).designated


@pytest.mark.req("DR-15")
def test_who_leaves_today_is_out_at_once_with_every_session(school: School) -> None:
    epoch = db.session.get_one(User, school.lin).session_epoch
    school.leave(TODAY)
    assert school.roles_of(school.lin) == []
    assert db.session.get_one(User, school.lin, populate_existing=True).session_epoch > epoch


@pytest.mark.req("DR-15")
def test_the_account_of_who_left_is_closed_and_never_removed(school: School, monkeypatch: pytest.MonkeyPatch) -> None:
    school.leave()
    assert not queries.is_due(tenant_id=school.id)
    school.pass_to(AUGUST, monkeypatch)
    user = people_queries.user(user_id=school.lin)
    assert user is not None
    assert (user.name, user.deactivated_at is None) == ("林組長", False)
    assert not queries.is_due(tenant_id=school.id)


@pytest.mark.req("DR-08")
def test_who_is_transferred_keeps_the_account_and_no_right_of_here(
    school: School, monkeypatch: pytest.MonkeyPatch
) -> None:
    k2 = institution("K2", name="月光幼兒園")
    bind(db.session, Binding(tenant_id=school.id))
    school.leave(way=Way.TRANSFERRED)
    school.pass_to(AUGUST, monkeypatch)
    people.membership(school.lin, Role.STAFF, tenant_id=k2.tenant_id)
    bind(db.session, Binding(user_id=school.lin))
    assert [each.tenant_id for each in people_queries.memberships_of(user_id=school.lin)] == [k2.tenant_id]
    user = people_queries.user(user_id=school.lin)
    assert user is not None
    assert user.deactivated_at is None


def test_an_account_that_is_used_elsewhere_stays_open(school: School, monkeypatch: pytest.MonkeyPatch) -> None:
    k2 = institution("K2", name="月光幼兒園")
    people.membership(school.lin, Role.STAFF, tenant_id=k2.tenant_id)
    bind(db.session, Binding(tenant_id=school.id))
    school.leave()
    school.pass_to(AUGUST, monkeypatch)
    user = people_queries.user(user_id=school.lin)
    assert user is not None
    assert user.deactivated_at is None
    assert not queries.is_due(tenant_id=school.id)


@pytest.mark.req("KH-4-1")
def test_the_designated_person_goes_with_a_successor_or_says_that_there_is_none(school: School) -> None:
    with pytest.raises(Invalid, match="應隨時有專人負責"):
        school.leave(successors={})
    school.leave(TODAY, successors={}, vacant=True)
    assert not designations_standing(tenant_id=school.id, day=TODAY).designated


def test_the_only_head_goes_only_with_a_successor(school: School) -> None:
    with pytest.raises(Invalid, match="唯一的首長帳號"):
        school.leave(user_id=school.head.id, successors={})
    school.leave(user_id=school.head.id, successors={Role.HEAD: school.chen})


@pytest.mark.parametrize(
    ("said", "field"),
    [
        ({"on": TODAY - timedelta(days=1)}, "gone_on"),
        ({"vacant": True}, "vacant"),
    ],
)
def test_what_is_no_departure_is_refused_beside_its_field(school: School, said: dict[str, object], field: str) -> None:
    with pytest.raises(Invalid) as refused:
        school.leave(**said)  # type: ignore[arg-type]
    assert refused.value.field == field
    assert school.roles_of(school.lin) == [Role.HANDLER]


def test_a_second_departure_of_one_person_and_one_of_a_stranger_are_refused(school: School) -> None:
    school.leave()
    with pytest.raises(Invalid, match="已有登記中"):
        school.leave()
    with pytest.raises(Invalid, match="已沒有角色"):
        school.leave(user_id=people.person())


def test_it_is_taken_back_before_its_day_as_if_nobody_had_left(school: School, monkeypatch: pytest.MonkeyPatch) -> None:
    made = school.leave()
    actions.withdraw(actor=school.head, tenant_id=school.id, departure_id=made.id)
    school.pass_to(AUGUST, monkeypatch)
    assert (school.roles_of(school.lin), school.roles_of(school.chen)) == ([Role.HANDLER], [Role.STAFF])
    assert designations_standing(tenant_id=school.id, day=AUGUST).designated
    assert queries.departures(tenant_id=school.id) == []


def test_after_its_day_it_is_not_taken_back(school: School) -> None:
    made = school.leave(TODAY)
    with pytest.raises(InvalidTransition, match="不能撤回"):
        actions.withdraw(actor=school.head, tenant_id=school.id, departure_id=made.id)


def test_the_wizard_lists_what_is_still_held(school: School) -> None:
    held = queries.held_by(tenant_id=school.id, user_id=school.lin, actor=school.head)
    assert {each.kind for each in held} == {HoldingKind.DESIGNATION, HoldingKind.ROLE}
    people.deputy(school.id, principal_id=school.lin, user_id=school.chen, role=Role.HANDLER)
    held = queries.held_by(tenant_id=school.id, user_id=school.lin, actor=school.head)
    assert HoldingKind.DEPUTY in {each.kind for each in held}


@pytest.mark.req("KH-8-2c")
def test_the_wizard_lists_open_faults_and_what_is_in_custody(school: School) -> None:
    faults.fault(school.k1, opened_by=school.lin)
    assets.asset(school.k1, custodian=school.lin)
    assets.asset(school.k1, custodian=school.chen)
    bind(db.session, Binding(tenant_id=school.id))
    held = queries.held_by(tenant_id=school.id, user_id=school.lin, actor=school.head)
    words = [each.words for each in held if each.kind in {HoldingKind.FAULTS, HoldingKind.ASSETS}]
    assert words == ["未結案的故障 1 件", "保管中的設備 1 件"]


def test_the_hand_over_is_done_with_the_day_the_secrecy_and_every_thing(
    school: School, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = school.leave()
    with pytest.raises(Invalid, match="生效日還沒到"):
        school.settle(made, *Handed)
    school.pass_to(AUGUST, monkeypatch)
    assert [each.user_id for each in standing(tenant_id=school.id, day=AUGUST).unsettled] == [school.lin]
    with pytest.raises(Invalid, match="離職保密切結"):
        school.settle(made, *Handed)
    leavers.undertaking(school.id, user_id=school.lin, occasion=Occasion.LEAVING, on=AUGUST)
    with pytest.raises(Invalid, match="逐項點交"):
        school.settle(made, Handed.KEYS)
    assert school.settle(made, *Handed).settled_at is not None
    later = AUGUST + timedelta(days=1)
    assert standing(tenant_id=school.id, day=later).unsettled == ()


def test_ten_transfers_of_the_first_of_august_are_registered_at_once(
    school: School, monkeypatch: pytest.MonkeyPatch
) -> None:
    teachers = [people.staff(school.id, f"teacher-{number}") for number in range(10)]
    bind(db.session, Binding(tenant_id=school.id))
    going = [Leaver(user_id=each, role=Role.STAFF) for each in teachers]
    actions.schedule(actor=school.head, tenant_id=school.id, leavers=going, on=AUGUST)
    assert len(queries.departures(tenant_id=school.id, open_only=True)) == 10
    assert all(school.roles_of(each) for each in teachers)
    school.pass_to(AUGUST, monkeypatch)
    assert not any(school.roles_of(each) for each in teachers)


def test_who_hands_one_role_over_and_keeps_another_does_not_leave(school: School) -> None:
    people.membership(school.lin, Role.STAFF, tenant_id=school.id)
    bind(db.session, Binding(tenant_id=school.id))
    one = Leaver(user_id=school.lin, role=Role.HANDLER, successor_id=school.chen)
    actions.schedule(actor=school.head, tenant_id=school.id, leavers=[one], on=AUGUST)
    assert queries.departures(tenant_id=school.id) == []
