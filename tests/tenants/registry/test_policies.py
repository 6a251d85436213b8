"""A school's own days: only longer, passed by its meeting, from a day that is still open (KH-2-1 to KH-2-3)."""

from dataclasses import replace
from datetime import date, timedelta
from uuid import UUID, uuid4

import pytest
from flask import Flask

from infra import clock
from infra.db import db
from infra.tenancy import Binding, bind
from tenants import periods
from tenants.actor import Actor, ActorKind
from tenants.audit import queries as audit
from tenants.errors import Invalid, NeedsConfirmation, NotAllowed, NotFound
from tenants.permissions import Role
from tenants.registry import classes, policies, queries
from tenants.registry.models import SitePeriod
from tenants.registry.period_rules import Adoption
from tests.factories import footage
from tests.factories.registry import Institution, institution, period, scheduled

HEAD = Actor(kind=ActorKind.PERSON, id=uuid4(), name="園長", roles=frozenset({Role.HEAD}))
HANDLER = Actor(kind=ActorKind.PERSON, id=uuid4(), name="組長", roles=frozenset({Role.HANDLER}))
TODAY = clock.today()
OPEN = periods.changeable_from(TODAY)
MEETING = Adoption(
    meeting="115學年度第1次園務會議", held_on=TODAY, minutes="園務字第1150008號", considerations="出入口鄰近大馬路"
)


@pytest.fixture
def k1(domain: Flask) -> Institution:
    """A preschool with a box, which holds keys for two weeks."""
    assert domain
    made = institution("K1")
    bind(db.session, Binding(tenant_id=made.tenant_id))
    footage.device(made)
    return made


def adopt(
    of: Institution, days: str = "30", begins: date = OPEN, *, adoption: Adoption = MEETING, actor: Actor = HEAD
) -> SitePeriod:
    made = policies.adopt_policy(
        tenant_id=of.tenant_id,
        site_id=of.site_id,
        retention_days=days,
        effective_from=begins,
        adoption=adoption,
        actor=actor,
    )
    db.session.commit()
    return made


def class_on(of: Institution, day: date) -> int:
    return classes.class_of(site=queries.site(tenant_id=of.tenant_id, site_id=of.site_id), day=day)


@pytest.mark.req("KH-2-1", "KH-2-2", "KH-2-3")
def test_what_the_meeting_passed_counts_from_its_day_and_is_in_the_chain(k1: Institution) -> None:
    made = adopt(k1, "３０")
    assert [class_on(k1, OPEN - timedelta(days=1)), class_on(k1, OPEN)] == [14, 30]
    assert (made.meeting, made.meeting_on, made.minutes) == (MEETING.meeting, TODAY, MEETING.minutes)
    (event,) = [each for each in audit.latest(tenant_id=k1.tenant_id) if each.event == "policy:adopted"]
    assert event.fields["retention_days"] == 30
    assert event.fields["minutes"] == "園務字第1150008號"


@pytest.mark.req("KH-2-1")
@pytest.mark.parametrize(
    ("typed", "sentence"),
    [("10", "不得少於14日（要點第五點第三款）"), ("347", "一年內銷毀（要點第五點第四款）"), ("14.5", "填整數")],
)
def test_days_that_the_regulation_does_not_allow_are_refused_with_the_article(
    k1: Institution, typed: str, sentence: str
) -> None:
    with pytest.raises(Invalid, match=sentence) as refused:
        adopt(k1, typed)
    assert refused.value.field == "retention_days"
    assert policies.history(tenant_id=k1.tenant_id) == []


@pytest.mark.req("KH-2-1", "KH-2-2")
def test_a_meeting_of_the_future_passes_nothing(k1: Institution) -> None:
    ahead = replace(MEETING, held_on=TODAY + timedelta(days=1))
    with pytest.raises(Invalid, match="不可晚於今天") as refused:
        adopt(k1, adoption=ahead)
    assert refused.value.field == "meeting_on"
    told = policies.policy_faults(
        tenant_id=k1.tenant_id, site_id=k1.site_id, retention_days="30", effective_from=OPEN, adoption=ahead
    )
    assert [fault.field for fault in told] == ["meeting_on"], "the form tells it at once"
    assert policies.history(tenant_id=k1.tenant_id) == []


@pytest.mark.req("KH-2-2")
def test_a_meeting_of_over_a_year_before_is_asked_about_and_passes_once_it_is_confirmed(k1: Institution) -> None:
    longest_ago = OPEN - timedelta(days=periods.YEAR_DAYS)
    old = replace(MEETING, held_on=longest_ago - timedelta(days=2))
    with pytest.raises(NeedsConfirmation, match="距生效日已逾一年") as asked:
        adopt(k1, adoption=old)
    assert [caution.code for caution in asked.value.cautions] == ["old_meeting"]
    assert policies.history(tenant_id=k1.tenant_id) == []
    made = adopt(k1, adoption=replace(old, confirmed=True))
    assert (made.retention_days, made.meeting_on) == (30, old.held_on)


@pytest.mark.req("KH-2-2")
def test_a_meeting_within_the_year_needs_no_confirmation(k1: Institution) -> None:
    within = OPEN - timedelta(days=periods.YEAR_DAYS - 1)
    assert adopt(k1, adoption=replace(MEETING, held_on=within)).retention_days == 30


@pytest.mark.req("KH-2-1", "DR-10")
def test_the_floor_is_that_of_the_day_on_which_it_begins(k1: Institution) -> None:
    scheduled(effective_from=OPEN + timedelta(days=30), min_days=30)
    adopt(k1, "20", OPEN + timedelta(days=29))
    assert class_on(k1, OPEN + timedelta(days=30)) == 30, "the regulation overtakes what is shorter"
    with pytest.raises(Invalid, match="不得少於30日"):
        adopt(k1, "20", OPEN + timedelta(days=31))


@pytest.mark.req("KH-2-3")
def test_a_retroactive_change_is_refused_and_so_is_one_of_days_whose_keys_are_out(k1: Institution) -> None:
    adopt(k1, "60")
    with pytest.raises(Invalid, match=r"不得溯及既往縮短或變更（要點第二點）"):
        adopt(k1, "14", TODAY - timedelta(days=1))
    with pytest.raises(Invalid, match="錄影金鑰已核發") as refused:
        adopt(k1, "14", OPEN - timedelta(days=1))
    assert refused.value.field == "effective_from"
    assert class_on(k1, OPEN) == 60


@pytest.mark.req("KH-2-3", "KH-5-3c")
def test_a_shortening_counts_for_what_is_recorded_from_its_day_on_only(k1: Institution) -> None:
    period(k1.tenant_id, k1.site_id, 60)
    adopt(k1, "", OPEN)
    assert [class_on(k1, OPEN - timedelta(days=1)), class_on(k1, OPEN)] == [60, 14]


@pytest.mark.req("KH-2-3")
def test_versions_on_one_day_or_out_of_order_are_refused(k1: Institution) -> None:
    adopt(k1, "30", OPEN + timedelta(days=10))
    with pytest.raises(Invalid, match="同一天不能有兩個版本"):
        adopt(k1, "45", OPEN + timedelta(days=10))
    with pytest.raises(Invalid, match="依生效日順序登記"):
        adopt(k1, "45", OPEN)
    adopt(k1, "45", OPEN + timedelta(days=11))


@pytest.mark.req("KH-2-2")
@pytest.mark.parametrize(
    ("adoption", "field"),
    [
        (Adoption(meeting="", held_on=TODAY, minutes="1"), "meeting"),
        (Adoption(meeting="行政會議", held_on=TODAY, minutes="1"), "meeting"),
        (Adoption(meeting="園務會議", held_on=None, minutes="1"), "meeting_on"),
        (Adoption(meeting="園務會議", held_on=TODAY + timedelta(days=1), minutes="1"), "meeting_on"),
        (Adoption(meeting="園務會議", held_on=TODAY, minutes=" "), "minutes"),
    ],
)
def test_without_the_preschools_meeting_nothing_is_recorded(k1: Institution, adoption: Adoption, field: str) -> None:
    with pytest.raises(Invalid) as refused:
        adopt(k1, adoption=adoption)
    assert refused.value.field == field


@pytest.mark.req("KH-2-2", "TY-X-1")
def test_a_school_whose_regulation_asks_for_no_meeting_needs_none(domain: Flask) -> None:
    assert domain
    e1 = institution("E1", kind="elementary_school", name="向陽國小", profile="TY_ELEMENTARY")
    bind(db.session, Binding(tenant_id=e1.tenant_id))
    made = adopt(e1, "21", TODAY, adoption=Adoption())
    assert (made.meeting, made.meeting_on) == ("", None)
    assert class_on(e1, TODAY) == 21, "without a box nobody holds a key, and it counts at once"


@pytest.mark.req("KH-2-3")
def test_a_version_may_be_taken_back_until_its_first_key_is_out(k1: Institution) -> None:
    made = adopt(k1)
    policies.withdraw_policy(tenant_id=k1.tenant_id, period_id=made.id, actor=HEAD)
    policies.withdraw_policy(tenant_id=k1.tenant_id, period_id=made.id, actor=HEAD)
    db.session.commit()
    assert class_on(k1, OPEN) == 14
    assert [each.id for each in policies.history(tenant_id=k1.tenant_id)] == [made.id], "it stays in the history"
    events = [each.event for each in audit.latest(tenant_id=k1.tenant_id)]
    assert events.count("policy:withdrawn") == 1
    adopt(k1, "45")
    begun = period(k1.tenant_id, k1.site_id, 30, effective_from=OPEN - timedelta(days=1))
    with pytest.raises(Invalid, match="不能撤回"):
        policies.withdraw_policy(tenant_id=k1.tenant_id, period_id=begun, actor=HEAD)


@pytest.mark.req("KH-2-2", "DR-08")
def test_only_the_head_records_it_and_only_for_the_own_institution(k1: Institution) -> None:
    with pytest.raises(NotAllowed):
        adopt(k1, actor=HANDLER)
    other = institution("K2", name="月光幼兒園")
    foreign = Institution(k1.tenant_id, other.site_id, {})
    with pytest.raises(NotFound):
        adopt(foreign)
    with pytest.raises(NotFound):
        policies.withdraw_policy(tenant_id=k1.tenant_id, period_id=UUID(int=7), actor=HEAD)
