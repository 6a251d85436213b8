"""Who may give and take a role, and who must remain."""

from uuid import UUID, uuid4

import pytest
from flask import Flask

from infra.db import db
from infra.tenancy import Binding, bind
from tenants.actor import Actor, ActorKind
from tenants.audit import queries as audit
from tenants.errors import Invalid, NotAllowed, NotFound
from tenants.people import actions, queries, roles
from tenants.people.models import Membership, User
from tenants.permissions import Role
from tests.factories import leavers, people
from tests.factories.registry import Institution, institution


@pytest.fixture
def k1(domain: Flask) -> Institution:
    assert domain
    people.bureau()
    return institution("K1")


@pytest.fixture
def head(k1: Institution) -> Actor:
    user_id = people.head(k1.tenant_id)
    bind(db.session, Binding(tenant_id=k1.tenant_id))
    return acting(Role.HEAD, user_id)


def acting(role: Role, user_id: UUID | None = None) -> Actor:
    return Actor(kind=ActorKind.PERSON, id=user_id or uuid4(), name=role, roles=frozenset({role}))


def held(tenant_id: UUID, user_id: UUID) -> set[str]:
    bind(db.session, Binding(tenant_id=tenant_id))
    return {row.role for row in queries.memberships_of(user_id=user_id)}


@pytest.mark.req("KH-4-1", "KH-4-2")
def test_a_head_designates_a_handler_and_it_is_in_the_chain(k1: Institution, head: Actor) -> None:
    lin = people.person("lin")
    leavers.designation(k1.tenant_id, contact_id=lin)
    roles.grant_role(tenant_id=k1.tenant_id, user_id=lin, role=Role.HANDLER, unit="事務組", actor=head)
    roles.grant_role(tenant_id=k1.tenant_id, user_id=lin, role=Role.HANDLER, actor=head)
    assert held(k1.tenant_id, lin) == {"handler"}
    newest = audit.latest(tenant_id=k1.tenant_id)[0]
    assert (newest.event, newest.fields["role"]) == ("membership:granted", "handler")


@pytest.mark.req("KH-4-2")
@pytest.mark.parametrize("role", [Role.HANDLER, Role.GUARD, Role.STAFF, Role.BUREAU_OFFICER])
def test_nobody_else_designates(k1: Institution, role: Role) -> None:
    with pytest.raises(NotAllowed):
        roles.grant_role(tenant_id=k1.tenant_id, user_id=people.person(), role=Role.GUARD, actor=acting(role))


def test_a_school_appoints_no_officer_of_the_bureau(k1: Institution, head: Actor) -> None:
    with pytest.raises(Invalid, match="不是這個機構可以指派的角色"):
        roles.grant_role(tenant_id=k1.tenant_id, user_id=people.person(), role=Role.OPERATOR, actor=head)


@pytest.mark.req("KH-4-1")
def test_the_only_handler_leaves_only_with_a_successor(k1: Institution, head: Actor) -> None:
    lin, next_one = people.handler(k1.tenant_id), people.staff(k1.tenant_id)
    bind(db.session, Binding(tenant_id=k1.tenant_id))
    with pytest.raises(Invalid, match="唯一的監錄系統管理承辦人"):
        roles.end_role(tenant_id=k1.tenant_id, user_id=lin, role=Role.HANDLER, actor=head)
    roles.end_role(tenant_id=k1.tenant_id, user_id=lin, role=Role.HANDLER, successor_id=next_one, actor=head)
    assert held(k1.tenant_id, lin) == set()
    assert held(k1.tenant_id, next_one) == {"staff", "handler"}


def test_the_only_head_cannot_be_taken_away(k1: Institution, head: Actor) -> None:
    assert head.id is not None
    with pytest.raises(Invalid, match="唯一的首長帳號"):
        roles.end_role(tenant_id=k1.tenant_id, user_id=head.id, role=Role.HEAD, actor=head)


@pytest.mark.req("KH-4-1")
def test_a_handler_whose_account_is_closed_is_no_handler(k1: Institution, head: Actor) -> None:
    lin, closed = people.handler(k1.tenant_id), people.handler(k1.tenant_id, "closed")
    actions.deactivate(user_id=closed, actor=acting(Role.OPERATOR))
    db.session.commit()
    bind(db.session, Binding(tenant_id=k1.tenant_id))
    with pytest.raises(Invalid, match="唯一的監錄系統管理承辦人"):
        roles.end_role(tenant_id=k1.tenant_id, user_id=lin, role=Role.HANDLER, actor=head)


@pytest.mark.req("KH-5-2", "DR-15")
def test_ending_a_role_ends_sessions_and_keeps_the_record(k1: Institution, head: Actor) -> None:
    guard = people.guard(k1.tenant_id)
    bind(db.session, Binding(tenant_id=k1.tenant_id))
    before = db.session.get_one(User, guard).session_epoch
    roles.end_role(tenant_id=k1.tenant_id, user_id=guard, role=Role.GUARD, actor=head)
    db.session.commit()
    assert db.session.get_one(User, guard).session_epoch > before
    row = db.session.scalars(db.select(Membership).where(Membership.user_id == guard)).one()
    assert (row.ended_by, row.role) == (head.id, "guard")
    with pytest.raises(NotFound):
        roles.end_role(tenant_id=k1.tenant_id, user_id=guard, role=Role.GUARD, actor=head)


@pytest.mark.req("KH-5-2", "DR-08")
def test_moving_to_another_preschool_takes_no_right_along(k1: Institution, head: Actor) -> None:
    k2 = institution("K2", name="月光幼兒園")
    lin, successor = people.handler(k1.tenant_id), people.staff(k1.tenant_id)
    bind(db.session, Binding(tenant_id=k1.tenant_id))
    roles.end_role(tenant_id=k1.tenant_id, user_id=lin, role=Role.HANDLER, successor_id=successor, actor=head)
    db.session.commit()
    people.membership(lin, Role.HANDLER, tenant_id=k2.tenant_id)
    bind(db.session, Binding(user_id=lin))
    assert [row.tenant_id for row in queries.memberships_of(user_id=lin)] == [k2.tenant_id]


@pytest.mark.req("KH-6-1a")
def test_an_officer_is_appointed_for_a_verified_agency_only(k1: Institution) -> None:
    operator = acting(Role.OPERATOR)
    officer = people.person("officer")
    waiting, verified = people.agency("待核定分局", verified=False), people.agency("向陽分局")
    with pytest.raises(Invalid, match="尚未核定"):
        roles.appoint_agency_officer(agency_id=waiting, user_id=officer, unit="偵查隊", actor=operator)
    made = roles.appoint_agency_officer(agency_id=verified, user_id=officer, unit="偵查隊", actor=operator)
    again = roles.appoint_agency_officer(agency_id=verified, user_id=officer, unit="偵查隊", actor=operator)
    assert made.id == again.id
    bind(db.session, Binding(tenant_id=people.bureau()))
    assert audit.latest(tenant_id=people.bureau())[0].subject_id == made.id
    assert k1


@pytest.mark.req("KH-4-2", "KH-6-1g")
def test_nobody_decides_and_operates_at_one_institution(k1: Institution, head: Actor) -> None:
    assert head.id is not None
    lin = people.handler(k1.tenant_id)
    bind(db.session, Binding(tenant_id=k1.tenant_id))
    for user_id, role in ((head.id, Role.HANDLER), (lin, Role.HEAD)):
        with pytest.raises(Invalid, match="首長決定但不操作，承辦人操作但不決定"):
            roles.grant_role(tenant_id=k1.tenant_id, user_id=user_id, role=role, actor=head)
    assert held(k1.tenant_id, head.id) == {"head"}
    assert held(k1.tenant_id, lin) == {"handler"}


@pytest.mark.req("KH-4-2", "KH-6-1g")
def test_a_head_takes_over_from_no_handler_and_the_reverse(k1: Institution, head: Actor) -> None:
    assert head.id is not None
    lin = people.handler(k1.tenant_id)
    bind(db.session, Binding(tenant_id=k1.tenant_id))
    for leaver, role, successor in ((lin, Role.HANDLER, head.id), (head.id, Role.HEAD, lin)):
        with pytest.raises(Invalid, match="不能兼任"):
            roles.end_role(tenant_id=k1.tenant_id, user_id=leaver, role=role, successor_id=successor, actor=head)
    assert held(k1.tenant_id, lin) == {"handler"}


def test_a_head_may_handle_the_footage_of_another_institution(k1: Institution, head: Actor) -> None:
    assert head.id is not None
    k2 = institution("K2", name="月光幼兒園")
    leavers.designation(k2.tenant_id, contact_id=head.id)
    bind(db.session, Binding(tenant_id=k2.tenant_id))
    roles.grant_role(tenant_id=k2.tenant_id, user_id=head.id, role=Role.HANDLER, actor=head)
    assert held(k2.tenant_id, head.id) == {"handler"}
    assert k1


@pytest.mark.req("DR-27")
def test_who_asks_who_holds_and_who_supervises_are_three_persons(k1: Institution, head: Actor) -> None:
    officer, of_bureau, operator = people.agency_officer(), people.bureau_officer(), acting(Role.OPERATOR)
    bind(db.session, Binding(tenant_id=k1.tenant_id))
    for user_id, theirs in ((officer, "公務機關承辦人"), (of_bureau, "教育局承辦人")):
        with pytest.raises(Invalid, match=f"擔任「{theirs}」.*利益衝突"):
            roles.grant_role(tenant_id=k1.tenant_id, user_id=user_id, role=Role.STAFF, actor=head)
    guard, agency_id = people.guard(k1.tenant_id), people.agency("月光分局")
    for user_id, theirs in ((guard, "警衛"), (of_bureau, "教育局承辦人")):
        with pytest.raises(Invalid, match=f"擔任「{theirs}」.*利益衝突"):
            roles.appoint_agency_officer(agency_id=agency_id, user_id=user_id, unit="偵查隊", actor=operator)
    bind(db.session, Binding(tenant_id=people.bureau()))
    for user_id in (guard, officer):
        with pytest.raises(Invalid, match="利益衝突"):
            roles.grant_role(tenant_id=people.bureau(), user_id=user_id, role=Role.AUDITOR, actor=operator)


def test_a_conflict_ends_with_the_role_that_made_it(k1: Institution, head: Actor) -> None:
    guard, agency_id = people.guard(k1.tenant_id), people.agency("月光分局")
    bind(db.session, Binding(tenant_id=k1.tenant_id))
    roles.end_role(tenant_id=k1.tenant_id, user_id=guard, role=Role.GUARD, actor=head)
    made = roles.appoint_agency_officer(agency_id=agency_id, user_id=guard, unit="偵查隊", actor=acting(Role.OPERATOR))
    assert made.role == "agency_officer"
