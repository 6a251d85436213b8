"""The bureau's calendar: a template of hours from a day on, and days that are not as every week (DR-16)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, time
from uuid import UUID, uuid4

from infra import clock
from infra.db import db
from infra.tenancy import Binding, bound
from tenants.actor import Actor, person
from tenants.audit import actions as audit
from tenants.audit.events import Event
from tenants.errors import Invalid, NotFound
from tenants.permissions import Permission
from tenants.registry import names
from tenants.registry import queries as registry
from tenants.registry.hours import queries, rules
from tenants.registry.hours.models import CalendarSpan, HoursTemplate, SpanKind
from tenants.registry.hours.rules import Periods
from tenants.registry.models import Tenant
from tenants.roc_dates import format_date

_SUNDAY = 6


@dataclass(frozen=True, kw_only=True)
class TypedSpan:
    """Days of the calendar as they were typed."""

    kind: SpanKind
    first_day: date
    last_day: date
    name: str
    document: str
    note: str = ""
    districts: Sequence[str] = ()
    closed_from: time | None = None
    like_weekday: int | None = None


def publish_template(
    *,
    weekly: Mapping[str, Periods],
    vacation: Mapping[str, Periods] | None,
    effective_from: date,
    document: str,
    actor: Actor,
) -> HoursTemplate:
    """Give the city's hours from today or a coming day on; a site with hours of its own keeps those.

    Raises `Invalid` for hours that make no sense, without the document, and for a day out of order.
    """
    actor.require(Permission.CALENDAR_MANAGE)
    bureau = _locked_bureau()
    made = HoursTemplate(id=uuid4(), weekly=rules.checked_weekly(weekly), recorded_by=actor.id)
    made.vacation = None if vacation is None else rules.checked_weekly(vacation, field="vacation")
    made.document = rules.stated(document, field="document", sentence="請填寫公告行事曆的文號。")
    known = [each.effective_from for each in queries.templates() if each.withdrawn_at is None]
    rules.check_begin(effective_from, known=known, earliest=clock.today())
    made.effective_from = effective_from
    with bound(db.session, Binding(tenant_id=bureau.id)):
        db.session.add(made)
        audit.record(
            Event.CALENDAR_TEMPLATE_PUBLISHED,
            tenant_id=bureau.id,
            actor=actor,
            subject_id=made.id,
            effective_from=effective_from.isoformat(),
            document=made.document,
        )
    return made


def withdraw_template(*, template_id: UUID, actor: Actor) -> HoursTemplate:
    """Take back a template that has not begun; withdrawing it again changes nothing."""
    actor.require(Permission.CALENDAR_MANAGE)
    bureau, found = _locked_bureau(), db.session.get(HoursTemplate, template_id)
    if found is None:
        raise NotFound
    if found.withdrawn_at is not None:
        return found
    rules.check_not_begun(found.effective_from, today=clock.today())
    with bound(db.session, Binding(tenant_id=bureau.id)):
        found.withdrawn_at, found.withdrawn_by = clock.now(), person(actor)
        audit.record(
            Event.CALENDAR_TEMPLATE_WITHDRAWN,
            tenant_id=bureau.id,
            actor=actor,
            subject_id=found.id,
            effective_from=found.effective_from.isoformat(),
        )
    return found


def enter_days(*, typed: TypedSpan, actor: Actor) -> CalendarSpan:
    """Enter days of the calendar, such as a closure for some districts or for all (停班停課).

    Raises `Invalid` without the document, for a begun day without a note, for a day that has an entry already, and for
    a district that was not called so on the first day.
    """
    actor.require(Permission.CALENDAR_MANAGE)
    bureau = _locked_bureau()
    rules.check_days(typed.first_day, typed.last_day, note=typed.note, today=clock.today())
    _check_kind(typed)
    _check_free(typed)
    made = CalendarSpan(id=uuid4(), kind=typed.kind, first_day=typed.first_day, last_day=typed.last_day)
    made.name = rules.stated(typed.name, field="name", sentence="請填寫名稱，例如：國慶日、颱風停班停課。")
    made.document = rules.stated(typed.document, field="document", sentence="請填寫公告的文號或網址。")
    made.note, made.districts, made.recorded_by = typed.note.strip(), list(typed.districts), actor.id
    made.closed_from, made.like_weekday = typed.closed_from, typed.like_weekday
    with bound(db.session, Binding(tenant_id=bureau.id)):
        db.session.add(made)
        audit.record(
            Event.CALENDAR_DAYS_ENTERED,
            tenant_id=bureau.id,
            actor=actor,
            subject_id=made.id,
            kind=typed.kind.value,
            first_day=typed.first_day.isoformat(),
            last_day=typed.last_day.isoformat(),
            districts=made.districts,
            document=made.document,
            late=typed.first_day <= clock.today(),
        )
    return made


def withdraw_days(*, span_id: UUID, note: str, actor: Actor) -> CalendarSpan:
    """Take days of the calendar back; of begun ones with a word on why. Withdrawing them again changes nothing."""
    actor.require(Permission.CALENDAR_MANAGE)
    bureau, found = _locked_bureau(), queries.span(span_id=span_id)
    if found.withdrawn_at is not None:
        return found
    rules.check_withdrawal(found.first_day, note=note, today=clock.today())
    with bound(db.session, Binding(tenant_id=bureau.id)):
        found.withdrawn_at, found.withdrawn_by, found.withdrawn_note = clock.now(), person(actor), note.strip()
        audit.record(
            Event.CALENDAR_DAYS_WITHDRAWN,
            tenant_id=bureau.id,
            actor=actor,
            subject_id=found.id,
            kind=found.kind,
            first_day=found.first_day.isoformat(),
            late=found.first_day <= clock.today(),
        )
    return found


def districts_on(day: date) -> list[str]:
    """What the districts of the city with institutions in them were called on a civil day."""
    changes = names.changes_of_all()
    found = {
        names.district_on(day, known=changes.get(each.id, []), present=each.district) for each in registry.directory()
    }
    return sorted(found)


def _check_kind(typed: TypedSpan) -> None:
    if typed.kind is not SpanKind.CLOSURE and (typed.districts or typed.closed_from is not None):
        raise Invalid("只有停班停課可以限定行政區或時間。", field="districts")
    if typed.kind is SpanKind.MAKE_UP and typed.first_day != typed.last_day:
        raise Invalid("補課日請一天一筆登記。", field="last_day")
    if typed.kind is SpanKind.MAKE_UP and typed.like_weekday not in range(_SUNDAY):
        raise Invalid("請選擇補課日依星期幾的時間開放。", field="like_weekday")
    if typed.kind is not SpanKind.MAKE_UP and typed.like_weekday is not None:
        raise Invalid("只有補課日需要選擇依星期幾。", field="like_weekday")
    known = districts_on(typed.first_day) if typed.districts else []
    unknown = [each for each in typed.districts if each not in known]
    if unknown:
        on = format_date(typed.first_day)
        raise Invalid(
            f"{on}沒有名為「{'、'.join(unknown)}」的行政區。當天的行政區：{'、'.join(known)}。", field="districts"
        )


def _check_free(typed: TypedSpan) -> None:
    """Refuse a second entry of a day: another closure of a district, or another word on whether it is a day of work."""
    found = queries.spans(first=typed.first_day, last=typed.last_day)
    same = [each for each in found if _collides(each, typed)]
    rules.check_free([max(each.first_day, typed.first_day) for each in same])


def _collides(held: CalendarSpan, typed: TypedSpan) -> bool:
    of_day = {SpanKind.HOLIDAY, SpanKind.MAKE_UP}
    if typed.kind is SpanKind.CLOSURE and held.kind == SpanKind.CLOSURE:
        return not held.districts or not typed.districts or bool(set(held.districts) & set(typed.districts))
    return held.kind == typed.kind or (typed.kind in of_day and held.kind in of_day)


def _locked_bureau() -> Tenant:
    """The bureau's row, locked: of two officers at the same moment the second sees the first."""
    bureau = registry.bureau()
    with bound(db.session, Binding(tenant_id=bureau.id)):
        db.session.refresh(bureau, with_for_update=True)
    return bureau
