"""Transfers of the first of August: at midnight the one may no more and the other may, whoever sleeps (TY-4-2)."""

from datetime import date, timedelta
from uuid import UUID

import pytest

from infra import clock
from infra.db import db
from infra.tenancy import Binding, bind
from tenants.actor import Actor, ActorKind, system
from tenants.audit import queries as audit
from tenants.errors import Invalid, NotFound
from tenants.people import queries, roles, transfers
from tenants.people.transfers import Leaver
from tenants.permissions import Role
from tests.factories import leavers, people
from tests.factories.registry import Institution

pytestmark = pytest.mark.req("TY-4-2", "KH-5-2")
TODAY = clock.today()
DAY = TODAY + timedelta(days=30)


@pytest.fixture
def head(k1: Institution) -> Actor:
    made = people.head(k1.tenant_id, "k1-head")
    leavers.designation(k1.tenant_id, contact_id=made)
    bind(db.session, Binding(tenant_id=k1.tenant_id))
    return Actor(kind=ActorKind.PERSON, id=made, name="園長", roles=frozenset({Role.HEAD}))


def at(day: date, monkeypatch: pytest.MonkeyPatch) -> None:
    """The clock stands at the first second of the day in Taipei."""
    monkeypatch.setattr(clock, "now", lambda: clock.day_start(day))


def holders(k1: Institution, role: Role) -> set[UUID]:
    return {held.user_id for held, _person in queries.staff(tenant_id=k1.tenant_id) if held.role == role}


def member(k1: Institution, role: Role) -> UUID:
    made = people.person()
    people.membership(made, role, tenant_id=k1.tenant_id)
    bind(db.session, Binding(tenant_id=k1.tenant_id))
    return made


def test_ten_transfers_take_effect_at_midnight_and_no_second_later(
    k1: Institution, head: Actor, monkeypatch: pytest.MonkeyPatch
) -> None:
    old, new = [member(k1, Role.HANDLER) for _ in range(10)], [people.person() for _ in range(10)]
    bind(db.session, Binding(tenant_id=k1.tenant_id))
    going = [
        Leaver(user_id=leaves, role=Role.HANDLER, successor_id=follows)
        for leaves, follows in zip(old, new, strict=True)
    ]
    transfers.schedule_transfers(tenant_id=k1.tenant_id, leavers=going, on=DAY, actor=head)
    assert holders(k1, Role.HANDLER) == set(old)
    last = clock.day_start(DAY) - timedelta(microseconds=1)
    monkeypatch.setattr(clock, "now", lambda: last)
    assert holders(k1, Role.HANDLER) == set(old)
    at(DAY, monkeypatch)
    assert holders(k1, Role.HANDLER) == set(new)


def test_the_day_writes_down_what_it_changed_once_and_ends_the_sessions(
    k1: Institution, head: Actor, monkeypatch: pytest.MonkeyPatch
) -> None:
    old, new = member(k1, Role.HANDLER), people.person()
    bind(db.session, Binding(tenant_id=k1.tenant_id))
    one = Leaver(user_id=old, role=Role.HANDLER, successor_id=new)
    transfers.schedule_transfers(tenant_id=k1.tenant_id, leavers=[one], on=DAY, actor=head)
    epoch = queries.user(user_id=old).session_epoch  # type: ignore[union-attr]
    assert not transfers.is_due(tenant_id=k1.tenant_id, today=DAY - timedelta(days=1))
    at(DAY, monkeypatch)
    for _ in range(2):
        transfers.carry_out(tenant_id=k1.tenant_id, today=DAY, actor=system("carry_out_changes"))
    assert not transfers.is_due(tenant_id=k1.tenant_id, today=DAY)
    assert queries.user(user_id=old).session_epoch == epoch + 1  # type: ignore[union-attr]
    told = [(each.event, each.fields["user_id"]) for each in audit.latest(tenant_id=k1.tenant_id, limit=3)]
    assert sorted(told[:2]) == [("membership:ended", str(old)), ("membership:granted", str(new))]
    assert told[2][0] == "membership:transfer_scheduled"


def test_nobody_leaves_the_office_of_handler_empty(k1: Institution, head: Actor) -> None:
    old = member(k1, Role.HANDLER)
    with pytest.raises(Invalid):
        transfers.schedule_transfers(
            tenant_id=k1.tenant_id, leavers=[Leaver(user_id=old, role=Role.HANDLER)], on=DAY, actor=head
        )


def test_two_handlers_cannot_both_leave_because_the_other_stays(k1: Institution, head: Actor) -> None:
    both = [Leaver(user_id=member(k1, Role.HANDLER), role=Role.HANDLER) for _ in range(2)]
    with pytest.raises(Invalid):
        transfers.schedule_transfers(tenant_id=k1.tenant_id, leavers=both, on=DAY, actor=head)


def test_it_is_taken_back_before_its_day_with_who_would_have_followed(
    k1: Institution, head: Actor, monkeypatch: pytest.MonkeyPatch
) -> None:
    old, new = member(k1, Role.HANDLER), people.person()
    bind(db.session, Binding(tenant_id=k1.tenant_id))
    one = Leaver(user_id=old, role=Role.HANDLER, successor_id=new)
    transfers.schedule_transfers(tenant_id=k1.tenant_id, leavers=[one], on=DAY, actor=head)
    with pytest.raises(Invalid):
        transfers.schedule_transfers(tenant_id=k1.tenant_id, leavers=[one], on=DAY, actor=head)
    transfers.withdraw_transfer(tenant_id=k1.tenant_id, user_id=old, role=Role.HANDLER, actor=head)
    at(DAY, monkeypatch)
    assert holders(k1, Role.HANDLER) == {old}
    with pytest.raises(NotFound):
        transfers.withdraw_transfer(tenant_id=k1.tenant_id, user_id=old, role=Role.HANDLER, actor=head)


@pytest.mark.parametrize("days", [0, -1])
def test_a_day_that_does_not_lie_ahead_is_refused(k1: Institution, head: Actor, days: int) -> None:
    one = Leaver(user_id=member(k1, Role.GUARD), role=Role.GUARD)
    with pytest.raises(Invalid) as refused:
        transfers.schedule_transfers(tenant_id=k1.tenant_id, leavers=[one], on=TODAY + timedelta(days=days), actor=head)
    assert refused.value.field == "on"


def test_nobody_is_no_transfer_and_a_stranger_is_not_found(k1: Institution, head: Actor) -> None:
    with pytest.raises(Invalid):
        transfers.schedule_transfers(tenant_id=k1.tenant_id, leavers=[], on=DAY, actor=head)
    with pytest.raises(NotFound):
        transfers.schedule_transfers(
            tenant_id=k1.tenant_id, leavers=[Leaver(user_id=people.person(), role=Role.GUARD)], on=DAY, actor=head
        )


def test_who_begins_on_a_day_ahead_may_nothing_before(k1: Institution, head: Actor) -> None:
    new = people.person()
    bind(db.session, Binding(tenant_id=k1.tenant_id))
    roles.grant_role(tenant_id=k1.tenant_id, user_id=new, role=Role.GUARD, begins_on=DAY, actor=head)
    bind(db.session, Binding(user_id=new))
    assert queries.memberships_of(user_id=new) == []


@pytest.mark.req("KH-4-2")
def test_a_role_that_lies_ahead_counts_where_two_duties_must_stay_apart(k1: Institution, head: Actor) -> None:
    new = people.person()
    bind(db.session, Binding(tenant_id=k1.tenant_id))
    roles.grant_role(tenant_id=k1.tenant_id, user_id=new, role=Role.HANDLER, begins_on=DAY, actor=head)
    for begins_on in (None, DAY):
        with pytest.raises(Invalid):
            roles.grant_role(tenant_id=k1.tenant_id, user_id=new, role=Role.HEAD, begins_on=begins_on, actor=head)


def test_what_lies_ahead_begins_earlier_when_it_is_granted_earlier_and_never_twice(
    k1: Institution, head: Actor
) -> None:
    new = people.person()
    bind(db.session, Binding(tenant_id=k1.tenant_id))
    one = {"tenant_id": k1.tenant_id, "user_id": new, "role": Role.GUARD}
    first = roles.grant_role(**one, begins_on=DAY, actor=head)
    assert roles.grant_role(**one, begins_on=DAY + timedelta(days=1), actor=head).begins_on == DAY
    assert roles.grant_role(**one, actor=head).id == first.id
    assert holders(k1, Role.GUARD) == {new}


def test_of_two_transfers_of_one_day_each_is_taken_back_alone(
    k1: Institution, head: Actor, monkeypatch: pytest.MonkeyPatch
) -> None:
    (stays, leaves), (first, second) = (
        [member(k1, Role.HANDLER) for _ in range(2)],
        [people.person() for _ in range(2)],
    )
    bind(db.session, Binding(tenant_id=k1.tenant_id))
    pairs = ((stays, first), (leaves, second))
    going = [Leaver(user_id=old, role=Role.HANDLER, successor_id=new) for old, new in pairs]
    transfers.schedule_transfers(tenant_id=k1.tenant_id, leavers=going, on=DAY, actor=head)
    transfers.withdraw_transfer(tenant_id=k1.tenant_id, user_id=stays, role=Role.HANDLER, actor=head)
    at(DAY, monkeypatch)
    assert holders(k1, Role.HANDLER) == {stays, second}


def test_two_leave_to_one_successor_who_stays_while_one_of_them_goes(
    k1: Institution, head: Actor, monkeypatch: pytest.MonkeyPatch
) -> None:
    stays, leaves, new = member(k1, Role.HANDLER), member(k1, Role.HANDLER), people.person()
    bind(db.session, Binding(tenant_id=k1.tenant_id))
    going = [Leaver(user_id=old, role=Role.HANDLER, successor_id=new) for old in (stays, leaves)]
    transfers.schedule_transfers(tenant_id=k1.tenant_id, leavers=going, on=DAY, actor=head)
    transfers.withdraw_transfer(tenant_id=k1.tenant_id, user_id=stays, role=Role.HANDLER, actor=head)
    at(DAY, monkeypatch)
    assert holders(k1, Role.HANDLER) == {stays, new}


@pytest.mark.req("DR-33")
def test_what_lies_ahead_ends_with_the_institution(
    k1: Institution, head: Actor, monkeypatch: pytest.MonkeyPatch
) -> None:
    new = people.person()
    bind(db.session, Binding(tenant_id=k1.tenant_id))
    roles.grant_role(tenant_id=k1.tenant_id, user_id=new, role=Role.GUARD, begins_on=DAY, actor=head)
    roles.end_everybody(tenant_id=k1.tenant_id, actor=system("close"))
    at(DAY, monkeypatch)
    assert holders(k1, Role.GUARD) == set()
