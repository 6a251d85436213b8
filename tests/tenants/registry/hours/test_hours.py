"""A site's versions and days, the bureau's calendar, and what of a civil day they leave due."""

from collections.abc import Sequence
from datetime import date, time, timedelta
from uuid import UUID, uuid4

import pytest
from sqlalchemy.exc import IntegrityError, ProgrammingError

from infra import clock
from infra.db import db
from infra.tenancy import Binding, bind, bound
from tenants.actor import Actor, ActorKind
from tenants.audit import queries as audit
from tenants.errors import Invalid, NotAllowed, NotFound
from tenants.footage.due import due_by_site
from tenants.footage.rules import Window
from tenants.permissions import Role
from tenants.registry import queries as registry
from tenants.registry import renaming
from tenants.registry.hours import actions, calendar, queries
from tenants.registry.hours.actions import TypedDays, TypedHours
from tenants.registry.hours.calendar import TypedSpan
from tenants.registry.hours.models import CalendarSpan, SiteDay, SiteHours, SpanKind
from tenants.registry.hours.rules import Why
from tenants.registry.hours.standing import standing
from tests.factories import hours, people
from tests.factories.registry import Institution, institution

HEAD = Actor(kind=ActorKind.PERSON, id=uuid4(), name="園長", roles=frozenset({Role.HEAD}))
STAFF = Actor(kind=ActorKind.PERSON, id=uuid4(), name="教師", roles=frozenset({Role.STAFF}))
OFFICER = Actor(kind=ActorKind.PERSON, id=uuid4(), name="趙承辦", roles=frozenset({Role.BUREAU_OFFICER}))
OPERATOR = Actor(kind=ActorKind.PERSON, id=uuid4(), name="周工程師", roles=frozenset({Role.OPERATOR}))
TODAY = clock.today()
DAY = timedelta(days=1)
TOMORROW, YESTERDAY = TODAY + DAY, TODAY - DAY

pytestmark = pytest.mark.req("DR-16", "KH-5-3a")


@pytest.fixture(autouse=True)
def bureau(k1: Institution) -> UUID:
    """The bureau, beside K1, to which the session is bound and which is open from eight to ten every day."""
    hours.open_when(k1, hours.every_day(["08:00", "10:00"]))
    return people.bureau()


def set_hours(of: Institution, begins: date, *periods: list[str], actor: Actor = HEAD) -> SiteHours:
    typed = TypedHours(weekly=hours.every_day(*periods), care=[], vacation=None)
    made = actions.set_hours(
        tenant_id=of.tenant_id, site_id=of.site_id, typed=typed, effective_from=begins, actor=actor
    )
    db.session.commit()
    return made


def set_days(of: Institution, first: date, last: date | None = None, **said: str) -> list[SiteDay]:
    periods = [said["periods"].split("-")] if said.get("periods") else []
    typed = TypedDays(
        first_day=first,
        last_day=last or first,
        periods=periods,
        reason=said.get("reason", "停班停課"),
        notice=said.get("notice", "府人字第1150000009號"),
        note=said.get("note", ""),
    )
    made = actions.set_days(tenant_id=of.tenant_id, site_id=of.site_id, typed=typed, actor=HEAD)
    db.session.commit()
    return made


def enter(kind: SpanKind, first: date, last: date | None = None, **changed: object) -> CalendarSpan:
    typed: dict[str, object] = {"name": "颱風", "document": "府人字第1150000011號"} | changed
    made = calendar.enter_days(
        typed=TypedSpan(kind=kind, first_day=first, last_day=last or first, **typed),  # type: ignore[arg-type]
        actor=OFFICER,
    )
    db.session.commit()
    return made


def on(of: Institution, day: date) -> Sequence[tuple[time, time | None]]:
    return list(queries.of_day(tenant_id=of.tenant_id, day=day)[of.site_id].periods)


def due(of: Institution, day: date) -> list[Window]:
    return due_by_site(tenant_id=of.tenant_id, day=day)[of.site_id]


def test_new_hours_hold_from_their_day_on_and_what_was_due_before_stays(k1: Institution) -> None:
    set_hours(k1, TOMORROW, ["09:00", "11:30"])
    assert on(k1, TODAY) == [(time(8), time(10))]
    assert on(k1, TOMORROW) == [(time(9), time(11, 30))]
    assert [window.seconds for window in due(k1, TOMORROW)] == [9_000]
    assert "hours:set" in [event.event for event in audit.latest(tenant_id=k1.tenant_id)]


@pytest.mark.parametrize(("begins", "sentence"), [(TODAY, "生效日最早為"), (TODAY + 500 * DAY, "一年後")])
def test_hours_that_would_change_what_was_due_are_refused(k1: Institution, begins: date, sentence: str) -> None:
    with pytest.raises(Invalid, match=sentence):
        set_hours(k1, begins, ["09:00", "11:30"])


def test_versions_come_in_order_and_one_that_has_not_begun_is_taken_back(k1: Institution) -> None:
    made = set_hours(k1, TOMORROW + DAY, ["09:00", "11:30"])
    with pytest.raises(Invalid, match="應在其後"):
        set_hours(k1, TOMORROW, ["09:00", "11:30"])
    for _ in range(2):
        actions.withdraw_hours(tenant_id=k1.tenant_id, version_id=made.id, actor=HEAD)
    db.session.commit()
    assert on(k1, TOMORROW + DAY) == [(time(8), time(10))]
    begun = next(each for each in queries.versions(tenant_id=k1.tenant_id) if each.effective_from < TODAY)
    with pytest.raises(Invalid, match="已生效，不能撤回"):
        actions.withdraw_hours(tenant_id=k1.tenant_id, version_id=begun.id, actor=HEAD)


def test_a_site_that_follows_the_template_has_the_bureaus_hours_and_its_own_care(k1: Institution) -> None:
    hours.template(effective_from=TODAY, weekly=hours.every_day(["07:00", "16:00"]))
    typed = TypedHours(weekly=None, care=[["16:00", "18:30"]], vacation=None)
    actions.set_hours(tenant_id=k1.tenant_id, site_id=k1.site_id, typed=typed, effective_from=TOMORROW, actor=HEAD)
    db.session.commit()
    assert on(k1, TODAY) == [(time(8), time(10))]
    assert on(k1, TOMORROW) == [(time(7), time(16)), (time(16), time(18, 30))]


def test_a_closed_day_needs_the_official_notice(k1: Institution) -> None:
    with pytest.raises(Invalid, match="公告或公文的文號") as refused:
        set_days(k1, TOMORROW, notice=" ")
    assert refused.value.code == "no_notice"
    set_days(k1, TOMORROW, TOMORROW + DAY)
    assert (due(k1, TOMORROW), due(k1, TOMORROW + DAY)) == ([], [])
    assert due(k1, TOMORROW + 2 * DAY) != []


def test_a_closure_that_is_entered_after_the_gap_says_why_and_the_chain_keeps_that_it_was_late(
    k1: Institution,
) -> None:
    with pytest.raises(Invalid, match="補登原因"):
        set_days(k1, YESTERDAY)
    set_days(k1, YESTERDAY, note="颱風當日未及登記")
    assert due(k1, YESTERDAY) == []
    told = next(each for each in audit.latest(tenant_id=k1.tenant_id) if each.event == "hours:days_set")
    assert (told.fields["late"], told.fields["document"]) == (True, "府人字第1150000009號")
    assert [day for _, day in standing(tenant_id=k1.tenant_id, day=TODAY).late] == [YESTERDAY]


def test_two_overrides_on_a_day_are_refused_also_by_the_database(k1: Institution) -> None:
    set_days(k1, TOMORROW, periods="09:00-12:00", reason="親職日")
    with pytest.raises(Invalid, match="同一天不能有兩筆"):
        set_days(k1, TODAY, TOMORROW + DAY, note="停電")
    db.session.rollback()
    bind(db.session, Binding(tenant_id=k1.tenant_id))
    with pytest.raises(IntegrityError, match="uq_site_days_day"):
        hours.day(k1, on=TOMORROW, recorded_by=uuid4())
    db.session.rollback()


def test_a_day_that_was_taken_back_is_free_again(k1: Institution) -> None:
    (made,) = set_days(k1, TOMORROW)
    actions.withdraw_day(tenant_id=k1.tenant_id, day_id=made.id, note="", actor=HEAD)
    db.session.commit()
    assert on(k1, TOMORROW) == [(time(8), time(10))]
    set_days(k1, TOMORROW, periods="09:00-12:00")
    (late,) = set_days(k1, YESTERDAY, note="未及登記")
    with pytest.raises(Invalid, match="撤回原因"):
        actions.withdraw_day(tenant_id=k1.tenant_id, day_id=late.id, note="", actor=HEAD)


def test_who_may_not_set_hours_sets_none_and_nothing_of_another_institution(k1: Institution) -> None:
    with pytest.raises(NotAllowed):
        set_hours(k1, TOMORROW, ["09:00", "11:30"], actor=STAFF)
    with pytest.raises(NotFound):
        actions.withdraw_day(tenant_id=k1.tenant_id, day_id=uuid4(), note="", actor=HEAD)


def test_a_school_that_must_always_record_does_so_whatever_its_hours_are() -> None:
    e1 = institution("E1", kind="elementary_school", name="向陽國小", profile="TY_ELEMENTARY", cameras=("E-GATE",))
    hours.open_when(e1, hours.every_day(["08:00", "16:00"]))
    bind(db.session, Binding(tenant_id=e1.tenant_id))
    set_days(e1, TOMORROW)
    assert [window.seconds for window in due(e1, TOMORROW)] == [86_400]


def test_a_closure_of_the_city_closes_everybody_and_one_of_a_district_its_own(k1: Institution) -> None:
    enter(SpanKind.CLOSURE, TOMORROW)
    enter(SpanKind.CLOSURE, TOMORROW + DAY, districts=["左營區"], closed_from=time(9))
    found = queries.calendar(tenant_id=k1.tenant_id, first=TODAY, last=TOMORROW + DAY)
    assert not found.on(k1.site_id, TOMORROW).is_open
    assert found.on(k1.site_id, TOMORROW + DAY).periods == [(time(8), time(9))]
    assert found.on(k1.site_id, TODAY).why is Why.WEEK
    with bound(db.session, Binding(tenant_id=people.bureau())):
        assert "calendar:days_entered" in [each.event for each in audit.latest(tenant_id=people.bureau())]


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"districts": ["溪畔區"]}, "districts"),
        ({"kind": SpanKind.HOLIDAY, "closed_from": time(12)}, "districts"),
        ({"kind": SpanKind.MAKE_UP}, "like_weekday"),
        ({"kind": SpanKind.HOLIDAY, "like_weekday": 1}, "like_weekday"),
        ({"document": ""}, "document"),
        ({"name": ""}, "name"),
        ({"first": YESTERDAY}, "note"),
        ({"kind": SpanKind.MAKE_UP, "like_weekday": 4, "last": TOMORROW + DAY}, "last_day"),
    ],
    ids=["no such district", "holiday at noon", "make-up like no day", "holiday like a day", "no document", "no name",
         "begun and nobody says why", "make-up of two days"],
)  # fmt: skip
def test_days_of_the_calendar_that_make_no_sense_are_refused(changed: dict[str, object], field: str) -> None:
    told = {"kind": SpanKind.CLOSURE, "first": TOMORROW} | changed
    with pytest.raises(Invalid) as refused:
        enter(**told)  # type: ignore[arg-type]
    assert refused.value.field == field


def test_two_entries_of_the_calendar_for_a_day_are_refused_where_both_would_hold() -> None:
    enter(SpanKind.CLOSURE, TOMORROW, districts=["左營區"])
    with pytest.raises(Invalid, match="同一天不能有兩筆"):
        enter(SpanKind.CLOSURE, TODAY, TOMORROW, note="未及登記")
    enter(SpanKind.VACATION, TODAY, TOMORROW + DAY, note="未及登記")
    enter(SpanKind.HOLIDAY, TOMORROW)
    with pytest.raises(Invalid, match="同一天不能有兩筆"):
        enter(SpanKind.MAKE_UP, TOMORROW, like_weekday=4)


@pytest.mark.req("DR-33")
def test_a_district_that_was_renamed_keeps_its_closures_of_before_and_after(k1: Institution, bureau: UUID) -> None:
    bind(db.session, Binding(tenant_id=bureau))
    renaming.rename_district(
        district="左營區", to="蓮池區", effective_from=TODAY, document="府民字第1150000002號", actor=OPERATOR
    )
    db.session.commit()
    bind(db.session, Binding(tenant_id=k1.tenant_id))
    assert registry.tenant(tenant_id=k1.tenant_id).district == "蓮池區"
    with pytest.raises(Invalid, match="當天的行政區：左營區"):
        enter(SpanKind.CLOSURE, YESTERDAY, districts=["蓮池區"], note="未及登記")
    db.session.rollback()
    enter(SpanKind.CLOSURE, YESTERDAY, districts=["左營區"], note="未及登記")
    enter(SpanKind.CLOSURE, TOMORROW, districts=["蓮池區"])
    assert [due(k1, day) for day in (YESTERDAY, TOMORROW)] == [[], []]
    assert due(k1, TODAY) != []


def test_days_of_the_calendar_are_taken_back_with_a_word_once_they_have_begun(k1: Institution) -> None:
    coming, begun = enter(SpanKind.CLOSURE, TOMORROW), enter(SpanKind.CLOSURE, TODAY, note="清晨公告")
    calendar.withdraw_days(span_id=coming.id, note="", actor=OFFICER)
    with pytest.raises(Invalid, match="撤回原因"):
        calendar.withdraw_days(span_id=begun.id, note="", actor=OFFICER)
    calendar.withdraw_days(span_id=begun.id, note="誤植日期", actor=OFFICER)
    db.session.commit()
    assert due(k1, TODAY) != []


def test_a_template_is_published_in_order_and_taken_back_before_it_begins(k1: Institution) -> None:
    def publish(begins: date, document: str = "府教幼字第1150000010號") -> UUID:
        made = calendar.publish_template(
            weekly=hours.every_day(["07:00", "16:00"]),
            vacation={},
            effective_from=begins,
            document=document,
            actor=OFFICER,
        )
        db.session.commit()
        return made.id

    publish(TODAY)
    with pytest.raises(Invalid, match="文號"):
        publish(TOMORROW, document="")
    with pytest.raises(Invalid, match="應在其後"):
        publish(TODAY)
    coming = publish(TOMORROW)
    calendar.withdraw_template(template_id=coming, actor=OFFICER)
    db.session.commit()
    basis = queries.calendar(tenant_id=k1.tenant_id, first=TODAY, last=TOMORROW).basis(k1.site_id, TOMORROW)
    assert basis.template is not None
    assert basis.template.effective_from == TODAY


def test_the_calendar_is_written_by_the_bureau_alone(k1: Institution) -> None:
    with pytest.raises(NotAllowed):
        calendar.withdraw_days(span_id=uuid4(), note="", actor=HEAD)
    hours.span(SpanKind.HOLIDAY, first=TODAY)
    bind(db.session, Binding(tenant_id=k1.tenant_id))
    db.session.add(CalendarSpan(kind="holiday", first_day=TODAY, last_day=TODAY, name="x", document="x", note=""))
    with pytest.raises(ProgrammingError, match="row-level security"):
        db.session.commit()
    db.session.rollback()


def test_the_reading_names_the_sites_of_which_nobody_said_when_they_are_open(k1: Institution) -> None:
    assert standing(tenant_id=k1.tenant_id, day=TODAY).unstated == ()
    k2 = institution("K2", name="月光幼兒園")
    bind(db.session, Binding(tenant_id=k2.tenant_id))
    assert standing(tenant_id=k2.tenant_id, day=TODAY).unstated == ((k2.site_id, TODAY),)
    hours.template(effective_from=TODAY)
    assert standing(tenant_id=k2.tenant_id, day=TODAY).unstated == ()
    assert standing(tenant_id=k2.tenant_id, day=YESTERDAY).sites == 0
