"""When and how fast a site's boxes send."""

from datetime import date, datetime, time
from uuid import uuid4

import pytest

from infra.db import db
from infra.tenancy import Binding, bind
from tenants.actor import Actor, ActorKind
from tenants.errors import Invalid, NotAllowed
from tenants.permissions import Role
from tenants.registry import queries
from tenants.registry.sending import Typed, closed_spans, set_sending
from tests.factories.registry import Institution

FRIDAY = date(2026, 11, 27)


def actor(role: Role) -> Actor:
    return Actor(kind=ActorKind.PERSON, id=uuid4(), roles=frozenset({role}))


def typed(megabits: str = "", begins: str = "", ends: str = "", *, newest: bool = False) -> Typed:
    return Typed(megabits=megabits, closed_from=begins, closed_until=ends, newest_first=newest)


def spans(begins: str, ends: str, *, days: int = 4) -> list[tuple[str, str]]:
    """As Taipei clock times."""
    found = closed_spans(time.fromisoformat(begins), time.fromisoformat(ends), first=FRIDAY, days=days)
    return [(one.strftime("%m-%d %H:%M"), two.strftime("%m-%d %H:%M")) for one, two in found]


@pytest.mark.req("DR-34", "DR-16")
def test_closed_hours_are_those_of_working_days_in_taipei() -> None:
    assert spans("07:30", "17:00") == [("11-27 07:30", "11-27 17:00"), ("11-30 07:30", "11-30 17:00")]
    (first, *_rest) = closed_spans(time(7, 30), time(17), first=FRIDAY, days=1)
    assert first[0] == datetime.fromisoformat("2026-11-26T23:30:00+00:00")
    assert list(closed_spans(None, None, first=FRIDAY, days=9)) == []


@pytest.mark.req("DR-34")
def test_closed_hours_may_go_past_midnight() -> None:
    assert spans("22:00", "06:00") == [("11-27 22:00", "11-28 06:00"), ("11-30 22:00", "12-01 06:00")]


@pytest.mark.req("DR-34")
@pytest.mark.parametrize(
    ("said", "field"),
    [
        (typed("0.4"), "megabits"),
        (typed("1001"), "megabits"),
        (typed("-5"), "megabits"),
        (typed("fast"), "megabits"),
        (typed("", "07:30"), "closed_until"),
        (typed("", "", "17:00"), "closed_from"),
        (typed("", "25:00", "17:00"), "closed_from"),
        (typed("", "07:30", "07:30"), "closed_until"),
    ],
)
def test_what_cannot_be_is_refused_and_changes_nothing(k1: Institution, said: Typed, field: str) -> None:
    with pytest.raises(Invalid) as refused:
        set_sending(tenant_id=k1.tenant_id, site_id=k1.site_id, typed=said, actor=actor(Role.HEAD))
    assert refused.value.field == field
    db.session.rollback()
    bind(db.session, Binding(tenant_id=k1.tenant_id))
    assert queries.site(tenant_id=k1.tenant_id, site_id=k1.site_id).sending_kilobits is None


@pytest.mark.req("DR-34")
def test_full_width_digits_are_read_and_empty_boxes_take_everything_back(k1: Institution) -> None:
    ids = {"tenant_id": k1.tenant_id, "site_id": k1.site_id}
    site = set_sending(**ids, typed=typed("１２．５", "０７：３０", "17:00", newest=True), actor=actor(Role.HANDLER))
    held = (site.sending_kilobits, site.sending_closed_from, site.sending_closed_until, site.newest_first)
    assert held == (12_500, time(7, 30), time(17), True)
    site = set_sending(**ids, typed=typed(), actor=actor(Role.HANDLER))
    held = (site.sending_kilobits, site.sending_closed_from, site.sending_closed_until, site.newest_first)
    assert held == (None, None, None, False)


@pytest.mark.parametrize("role", [Role.STAFF, Role.GUARD, Role.BUREAU_OFFICER, Role.OPERATOR])
def test_only_the_schools_administrators_set_it(k1: Institution, role: Role) -> None:
    with pytest.raises(NotAllowed):
        set_sending(tenant_id=k1.tenant_id, site_id=k1.site_id, typed=typed("20"), actor=actor(role))
