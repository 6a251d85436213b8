"""Who is designated: one at every moment, told of any day, with the duties going along (KH-4-1, KH-4-2, TY-3-1a)."""

from datetime import date, timedelta
from uuid import UUID

import pytest

from infra import clock
from infra.db import db
from infra.tenancy import Binding, bind
from tenants.actor import Actor
from tenants.audit import queries as audit
from tenants.errors import Invalid, InvalidTransition, NotAllowed
from tenants.people import actions as accounts
from tenants.people import queries, roles, transfers
from tenants.people.designations import actions
from tenants.people.designations.models import Designation, Kind
from tenants.people.designations.rules import Wanted
from tenants.people.designations.standing import DesignationsStanding, standing
from tenants.people.transfers import Leaver
from tenants.permissions import BUNDLES, DESIGNATED_ROLES, DUTIES, GRANTS, Duty, Permission, Role
from tests.factories import people
from tests.factories.registry import Institution

pytestmark = pytest.mark.req("KH-4-1")
TODAY = clock.today()
AUGUST = TODAY + timedelta(days=40)


class School:
    """K1 with a head and some of staff, of whom nobody is designated; the session is bound to it."""

    def __init__(self, k1: Institution) -> None:
        self.id = k1.tenant_id
        self.head = people.acting(people.head(self.id), Role.HEAD)
        self.lin, self.chen, self.wang = (people.staff(self.id, name) for name in ("lin", "chen", "wang"))
        bind(db.session, Binding(tenant_id=self.id))

    def designate(self, contact: UUID, on: date = TODAY, **said: object) -> Designation:
        wanted = Wanted(**{"kind": Kind.PERSON, "contact_id": contact, "from_on": on} | said)  # type: ignore[arg-type]
        return actions.designate(actor=self.head, tenant_id=self.id, wanted=wanted)

    def hand_over(self, contact: UUID, on: date, **said: object) -> Designation:
        wanted = Wanted(**{"kind": Kind.PERSON, "contact_id": contact, "from_on": on} | said)  # type: ignore[arg-type]
        return actions.hand_over(actor=self.head, tenant_id=self.id, wanted=wanted)

    def office(self, *members: UUID, on: date = TODAY) -> Designation:
        return self.designate(members[0], on, kind=Kind.OFFICE, office="事務組", members=members)

    def stands(self, days: int = 0) -> DesignationsStanding:
        db.session.flush()
        return standing(tenant_id=self.id, day=TODAY + timedelta(days=days))

    def handlers(self) -> set[UUID]:
        return {held.user_id for held, _user in queries.staff(tenant_id=self.id) if held.role == Role.HANDLER}


@pytest.fixture
def school(k1: Institution) -> School:
    return School(k1)


def at(day: date, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clock, "now", lambda: clock.day_start(day))


def test_the_head_designates_somebody_from_a_day_on_and_the_duties_begin_with_it(
    school: School, monkeypatch: pytest.MonkeyPatch
) -> None:
    school.designate(school.lin, AUGUST)
    assert school.handlers() == set()
    assert not school.stands(39).designated
    assert school.stands(40).designated
    at(AUGUST, monkeypatch)
    assert school.handlers() == {school.lin}


def test_it_is_in_the_chain_with_its_day(school: School) -> None:
    made = school.designate(school.lin, document="晨光園字第1號")
    event = next(each for each in audit.latest(tenant_id=school.id, limit=4) if each.event == "designation:made")
    assert (event.subject_id, event.fields["user_id"], event.fields["from_on"]) == (
        made.id,
        str(school.lin),
        TODAY.isoformat(),
    )


def test_two_designations_of_one_day_are_refused(school: School) -> None:
    school.designate(school.lin, AUGUST)
    for on in (TODAY, AUGUST, AUGUST + timedelta(days=5)):
        with pytest.raises(Invalid, match="同一時間只能有一項") as refused:
            school.designate(school.chen, on)
        assert (refused.value.field, refused.value.code) == ("from_on", "overlapping")


@pytest.mark.req("TY-4-2", "KH-5-2")
def test_a_hand_over_moves_the_duties_at_midnight_and_leaves_no_moment_without(
    school: School, monkeypatch: pytest.MonkeyPatch
) -> None:
    school.designate(school.lin)
    school.hand_over(school.chen, AUGUST)
    at(AUGUST - timedelta(days=1), monkeypatch)
    assert school.handlers() == {school.lin}
    at(AUGUST, monkeypatch)
    assert school.handlers() == {school.chen}
    assert [school.stands(day).designated for day in (0, 39, 40, 41)] == [True] * 4


def test_only_one_change_lies_ahead_and_it_can_be_taken_back(school: School, monkeypatch: pytest.MonkeyPatch) -> None:
    school.designate(school.lin)
    ahead = school.hand_over(school.chen, AUGUST)
    with pytest.raises(Invalid, match="已有預定的交接"):
        school.hand_over(school.wang, AUGUST + timedelta(days=9))
    actions.withdraw(actor=school.head, tenant_id=school.id, designation_id=ahead.id)
    at(AUGUST, monkeypatch)
    assert school.handlers() == {school.lin}
    assert school.stands(60).active == (school.lin,)


def test_one_that_began_is_not_taken_back(school: School) -> None:
    made = school.designate(school.lin)
    with pytest.raises(InvalidTransition, match="已經生效"):
        actions.withdraw(actor=school.head, tenant_id=school.id, designation_id=made.id)


def test_ending_the_only_designation_without_a_successor_is_refused(school: School) -> None:
    school.designate(school.lin)
    with pytest.raises(Invalid, match="應隨時有專人負責") as refused:
        actions.end(actor=school.head, tenant_id=school.id, on=TODAY, resigned=False)
    assert refused.value.field == "resigned"
    assert school.handlers() == {school.lin}


def test_a_resignation_ends_it_and_is_red_the_same_day(school: School) -> None:
    school.designate(school.lin)
    actions.end(actor=school.head, tenant_id=school.id, on=TODAY, resigned=True)
    assert school.handlers() == set()
    stands = school.stands()
    assert (stands.designated, stands.active) == (False, ())


def test_a_past_day_tells_the_same_after_everything_changed(school: School, monkeypatch: pytest.MonkeyPatch) -> None:
    first = school.designate(school.lin)
    before = [school.stands(day) for day in (0, 10)]
    at(TODAY + timedelta(days=20), monkeypatch)
    actions.end(actor=school.head, tenant_id=school.id, on=TODAY + timedelta(days=20), resigned=True)
    at(TODAY + timedelta(days=30), monkeypatch)
    school.designate(school.chen, TODAY + timedelta(days=30))
    assert [school.stands(day) for day in (0, 10)] == before
    assert [school.stands(day).designated for day in (19, 20, 29, 30)] == [True, False, False, True]
    assert school.stands(25).undesignated_since == TODAY + timedelta(days=20)
    assert (school.stands(19).designation_id, school.stands(25).designation_id) == (first.id, None)


def test_where_nobody_ever_was_designated_no_day_is_told(school: School) -> None:
    assert (school.stands().designated, school.stands().undesignated_since) == (False, None)


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"on": TODAY - timedelta(days=1)}, "from_on"),
        ({"on": TODAY + timedelta(days=500)}, "from_on"),
        ({"kind": Kind.OFFICE, "office": " "}, "office"),
        ({"office": "事務組"}, "office"),
    ],
)
def test_what_is_no_designation_is_refused_beside_its_field(
    school: School, changed: dict[str, object], field: str
) -> None:
    with pytest.raises(Invalid) as refused:
        school.designate(school.lin, **changed)  # type: ignore[arg-type]
    assert refused.value.field == field


@pytest.mark.req("TY-3-1a")
def test_members_of_a_designated_office_inherit_the_duties(school: School) -> None:
    school.office(school.lin, school.chen)
    assert school.handlers() == {school.lin, school.chen}
    roles.grant_role(tenant_id=school.id, user_id=school.wang, role=Role.HANDLER, actor=school.head)
    assert school.stands().designated
    assert set(school.stands().active) == {school.lin, school.chen, school.wang}


@pytest.mark.req("TY-3-1a", "KH-5-2")
def test_an_office_without_an_active_member_is_not_designated(school: School) -> None:
    school.office(school.lin)
    accounts.deactivate(user_id=school.lin, actor=people.acting(people.operator(), Role.OPERATOR))
    stands = school.stands()
    assert (stands.designated, stands.active) == (False, ())
    assert stands.designation_id is not None, "the order stands, and nobody carries it out"


@pytest.mark.req("TY-3-1a")
def test_the_contact_of_an_office_leaves_to_another_member_or_not_at_all(school: School) -> None:
    school.office(school.lin, school.chen)
    leave = {"tenant_id": school.id, "user_id": school.lin, "role": Role.HANDLER, "actor": school.head}
    with pytest.raises(Invalid, match="聯絡人"):
        roles.end_role(**leave)  # type: ignore[arg-type]
    roles.end_role(**leave, successor_id=school.chen)  # type: ignore[arg-type]
    assert school.handlers() == {school.chen}
    assert school.stands().designated


@pytest.mark.req("TY-4-2")
def test_a_scheduled_transfer_takes_the_designation_along_and_back(school: School) -> None:
    school.designate(school.lin)
    one = Leaver(user_id=school.lin, role=Role.HANDLER, successor_id=school.chen)
    transfers.schedule_transfers(tenant_id=school.id, leavers=[one], on=AUGUST, actor=school.head)
    assert [each.contact_id for each in _open(school)] == [school.chen]
    transfers.withdraw_transfer(tenant_id=school.id, user_id=school.lin, role=Role.HANDLER, actor=school.head)
    assert [each.contact_id for each in _open(school)] == [school.lin]


@pytest.mark.req("KH-4-2")
def test_nobody_else_is_given_duties_beside_a_designated_person(school: School) -> None:
    with pytest.raises(Invalid, match="只能經由專人"):
        roles.grant_role(tenant_id=school.id, user_id=school.wang, role=Role.TECHNICIAN, actor=school.head)
    school.designate(school.lin)
    with pytest.raises(Invalid, match="只能經由專人"):
        roles.grant_role(tenant_id=school.id, user_id=school.chen, role=Role.HANDLER, actor=school.head)
    roles.grant_role(tenant_id=school.id, user_id=school.wang, role=Role.TECHNICIAN, actor=school.head)


@pytest.mark.req("KH-4-2")
def test_a_designation_ends_the_duties_of_whoever_had_them_without(school: School) -> None:
    people.membership(school.wang, Role.HANDLER, tenant_id=school.id)
    school.designate(school.lin)
    assert school.handlers() == {school.lin}


@pytest.mark.req("KH-4-2")
def test_the_head_is_not_designated_and_only_the_head_designates(school: School) -> None:
    assert school.head.id is not None
    with pytest.raises(Invalid, match="首長決定但不操作"):
        school.designate(school.head.id)
    db.session.rollback()
    handler = Actor(kind=school.head.kind, id=school.lin, name="林", roles=frozenset({Role.HANDLER}))
    with pytest.raises(NotAllowed):
        actions.end(actor=handler, tenant_id=school.id, on=TODAY, resigned=True)


@pytest.mark.req("KH-4-2", "TY-3-1b")
def test_the_bundles_are_what_the_roles_are_granted_and_maintenance_plays_nothing() -> None:
    assert DUTIES.keys() == DESIGNATED_ROLES
    for role, duties in DUTIES.items():
        granted = {permission for permission in Permission if role in GRANTS[permission]}
        for duty in Duty:
            assert (BUNDLES[duty] <= granted) is (duty in duties), (role, duty)
    assert GRANTS[Permission.FOOTAGE_WATCH] == {Role.HANDLER, Role.PLAYBACK}


def _open(school: School) -> list[Designation]:
    query = db.select(Designation).where(Designation.tenant_id == school.id, Designation.until_on.is_(None))
    return list(db.session.scalars(query))
