"""What the registry's rooms hold in the sample city: calendar, hours and assessed zones."""

from datetime import date, timedelta

from infra import clock
from infra.db import db
from infra.tenancy import Binding, bound
from tenants.registry.assessments import actions as assessments
from tenants.registry.assessments.attempts import Tried, note_attempt
from tenants.registry.assessments.rules import Decision, TypedAssessment, Way
from tenants.registry.hours import actions as hours
from tenants.registry.hours import calendar
from tenants.registry.hours.actions import TypedDays, TypedHours
from tenants.registry.hours.calendar import TypedSpan
from tenants.registry.hours.models import SpanKind
from tenants.registry.hours.rules import DEFAULT_WEEKLY
from tenants.registry.zones import Zone
from tenants.roc_dates import this_year
from workers.sample_city import cast
from workers.sample_city.founding import City, Place
from workers.sample_city.past import day

_FRIDAY, _SATURDAY = 4, 5


def furnish(city: City) -> None:
    """On the day on which the city is founded."""
    _calendar(city)
    _hours(city)
    for code in ("K1", "E1", "E1K"):
        _zones(city, city.places[code])


def _calendar(city: City) -> None:
    """The bureau's hours, a Saturday that makes up for a Friday, and a closure that was announced for a district."""
    officer, number = city.actor("bureau"), this_year()
    calendar.publish_template(
        weekly=DEFAULT_WEEKLY,
        vacation=None,
        effective_from=clock.today(),
        document=f"守園教幼字第{number}0010號",
        actor=officer,
    )
    made_up = _next(_SATURDAY, after=day(-7))
    told = [
        TypedSpan(
            kind=SpanKind.MAKE_UP,
            first_day=made_up,
            last_day=made_up,
            name="補行上課",
            document=f"守園教幼字第{number}0011號",
            like_weekday=_FRIDAY,
        ),
        TypedSpan(
            kind=SpanKind.CLOSURE,
            first_day=day(-5),
            last_day=day(-5),
            name="颱風停班停課",
            document=f"守園人字第{number}0012號",
            districts=[cast.K2.district],
        ),
    ]
    for each in told:
        calendar.enter_days(typed=each, actor=officer)


def _hours(city: City) -> None:
    """K1 looks after children for an hour longer from tomorrow on, and has a day for parents ahead."""
    k1 = city.places["K1"]
    with bound(db.session, Binding(tenant_id=k1.tenant_id)):
        hours.set_hours(
            tenant_id=k1.tenant_id,
            site_id=k1.site_id,
            typed=TypedHours(weekly=None, care=[["18:00", "19:00"]], vacation=None),
            effective_from=day(-1),
            actor=city.actor(city.head_of(k1)),
        )
        parents = _next(_SATURDAY, after=day(-14))
        hours.set_days(
            tenant_id=k1.tenant_id,
            site_id=k1.site_id,
            typed=TypedDays(
                first_day=parents, last_day=parents, periods=[["09:00", "12:00"]], reason="親職日", notice="", note=""
            ),
            actor=city.actor(city.head_of(k1)),
        )


def _zones(city: City, place: Place) -> None:
    """Each camera rests on an assessment, a bedroom was assessed for none, and somebody tried a washroom."""
    head = city.actor(city.head_of(place))
    ids = {"tenant_id": place.tenant_id}
    with bound(db.session, Binding(**ids)):
        for plan in place.plan.cameras:
            made = assessments.assess(
                actor=head, **ids, site_id=place.site_id, typed=_assessed(plan.zone, plan.name, Decision.INSTALL)
            )
            camera_id = place.cameras[plan.code]
            assessments.link_camera(actor=head, **ids, camera_id=camera_id, assessment_id=made.id)
        bedroom = _assessed(Zone.BEDROOM, "午睡室", Decision.OMIT)
        assessments.assess(actor=head, **ids, site_id=place.site_id, typed=bedroom)
        if place.plan.code == "E1":
            tried = Tried(typed="二樓女廁", zone=Zone.INDOOR_OTHER, way=Way.FORM)
            note_attempt(actor=head, **ids, tried=tried)


def _assessed(zone: Zone, place: str, decision: Decision) -> TypedAssessment:
    omitted = decision is Decision.OMIT
    return TypedAssessment(
        zone=zone,
        place=place,
        need="保護幼兒與學生安全",
        decision=decision,
        reason="午睡時更換衣物，不宜設置" if omitted else "出入或活動頻繁，曾發生碰撞",
        assessor="總務、教保人員",
        assessed_on=clock.today(),
        meeting="",
    )


def _next(weekday: int, *, after: date) -> date:
    return after + timedelta(days=(weekday - after.weekday()) % 7)
