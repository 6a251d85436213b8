"""What the registry's rooms hold in the sample city: the calendar and the schools' own hours."""

from datetime import date, timedelta

from infra import clock
from infra.db import db
from infra.tenancy import Binding, bound
from tenants.registry.hours import actions as hours
from tenants.registry.hours import calendar
from tenants.registry.hours.actions import TypedDays, TypedHours
from tenants.registry.hours.calendar import TypedSpan
from tenants.registry.hours.models import SpanKind
from tenants.registry.hours.rules import DEFAULT_WEEKLY
from tenants.roc_dates import this_year
from workers.sample_city import cast
from workers.sample_city.founding import City
from workers.sample_city.past import day

_FRIDAY, _SATURDAY = 4, 5


def furnish(city: City) -> None:
    """On the day on which the city is founded."""
    _calendar(city)
    _hours(city)


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


def _next(weekday: int, *, after: date) -> date:
    return after + timedelta(days=(weekday - after.weekday()) % 7)
