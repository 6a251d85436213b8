"""The bureau's calendar, and when a site is open."""

from datetime import date
from uuid import UUID, uuid4

from infra.db import db
from infra.tenancy import Binding, bind, binding_of
from tenants.registry.hours.models import CalendarSpan, HoursTemplate, SiteDay, SiteHours, SpanKind
from tenants.registry.hours.rules import WEEKDAYS, Periods, Weekly
from tests.factories import people
from tests.factories.registry import Institution

BEGINNING = date(2026, 1, 1)


def every_day(*periods: list[str]) -> Weekly:
    """A week whose days are alike, so that a test holds on any day."""
    return {day: list(periods) for day in WEEKDAYS} if periods else {}


def open_when(
    of: Institution, weekly: Weekly, *, effective_from: date = BEGINNING, care: Periods | None = None
) -> UUID:
    """Hours of an institution's site; the session's binding is as before afterwards."""
    held, version_id = binding_of(db.session), uuid4()
    bind(db.session, Binding(tenant_id=of.tenant_id))
    made = SiteHours(
        id=version_id, tenant_id=of.tenant_id, site_id=of.site_id, effective_from=effective_from, basis="own"
    )
    made.weekly, made.care = weekly, care or []
    db.session.add(made)
    db.session.commit()
    bind(db.session, held)
    return version_id


def day(of: Institution, *, on: date, recorded_by: UUID, periods: Periods | None = None) -> UUID:
    """A day on which the site is closed, or open otherwise; the session is bound to the institution."""
    made = SiteDay(id=uuid4(), tenant_id=of.tenant_id, site_id=of.site_id, day=on, periods=periods or [])
    made.reason, made.notice, made.note, made.recorded_by = "停班停課", "府人字第1150000009號", "", recorded_by
    db.session.add(made)
    db.session.commit()
    return made.id


def template(*, effective_from: date = BEGINNING, weekly: Weekly | None = None, vacation: Weekly | None = None) -> UUID:
    """The bureau's hours from a day on; the session's binding is as before afterwards."""
    made = HoursTemplate(id=uuid4(), effective_from=effective_from, weekly=weekly or every_day(["08:00", "16:00"]))
    made.vacation, made.document = vacation, "府教幼字第1150000010號"
    return _by_bureau(made)


def span(kind: SpanKind, *, first: date, last: date | None = None, districts: tuple[str, ...] = ()) -> UUID:
    """Days of the bureau's calendar; the session's binding is as before afterwards."""
    made = CalendarSpan(id=uuid4(), kind=kind, first_day=first, last_day=last or first, name="颱風", note="")
    made.document, made.districts = "府人字第1150000011號", list(districts)
    made.like_weekday = 4 if kind is SpanKind.MAKE_UP else None
    return _by_bureau(made)


def _by_bureau(made: HoursTemplate | CalendarSpan) -> UUID:
    held, made_id = binding_of(db.session), made.id
    bind(db.session, Binding(tenant_id=people.bureau()))
    db.session.add(made)
    db.session.commit()
    bind(db.session, held)
    return made_id
