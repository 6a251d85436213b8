"""What a school enters of its own opening hours: versions from a day on, and single days (DR-16, KH-5-3a)."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from uuid import UUID, uuid4

from sqlalchemy import select

from infra import clock
from infra.db import db
from tenants.actor import Actor, person
from tenants.audit import actions as audit
from tenants.audit.events import Event
from tenants.errors import NotFound
from tenants.permissions import Permission
from tenants.registry import queries as registry
from tenants.registry import standing
from tenants.registry.hours import queries, rules
from tenants.registry.hours.models import HoursBasis, SiteDay, SiteHours
from tenants.registry.hours.rules import Periods, Weekly
from tenants.registry.models import Site

_DAY = timedelta(days=1)


@dataclass(frozen=True, kw_only=True)
class TypedHours:
    """A site's hours as they were typed. `weekly` None: those of the bureau's template; `vacation` as of a template."""

    weekly: Mapping[str, Periods] | None
    care: Periods
    vacation: Mapping[str, Periods] | None


@dataclass(frozen=True, kw_only=True)
class TypedDays:
    """Days on which a site is open otherwise. No periods: it is closed, which rests on an official `notice`."""

    first_day: date
    last_day: date
    periods: Periods
    reason: str
    notice: str
    note: str


def set_hours(*, tenant_id: UUID, site_id: UUID, typed: TypedHours, effective_from: date, actor: Actor) -> SiteHours:
    """Give a site hours from a coming day on. Raises `Invalid` for hours that make no sense and a day out of order."""
    actor.require(Permission.HOURS_SET)
    site = _locked(tenant_id, site_id)
    care = rules.checked_periods(typed.care, field="care")
    weekly = _checked_week(typed.weekly, care)
    vacation = None if typed.vacation is None else rules.checked_weekly(typed.vacation, care=care, field="vacation")
    known = [
        each.effective_from
        for each in queries.versions(tenant_id=tenant_id)
        if each.site_id == site_id and each.withdrawn_at is None
    ]
    rules.check_begin(effective_from, known=known, earliest=clock.today() + _DAY)
    made = SiteHours(
        id=uuid4(),
        tenant_id=tenant_id,
        site_id=site.id,
        effective_from=effective_from,
        basis=HoursBasis.TEMPLATE if typed.weekly is None else HoursBasis.OWN,
        weekly=weekly,
        care=care,
        vacation=vacation,
        recorded_by=actor.id,
    )
    db.session.add(made)
    audit.record(
        Event.HOURS_SET,
        tenant_id=tenant_id,
        actor=actor,
        subject_id=made.id,
        site_id=str(site_id),
        effective_from=effective_from.isoformat(),
    )
    return made


def withdraw_hours(*, tenant_id: UUID, version_id: UUID, actor: Actor) -> SiteHours:
    """Take back a version that has not begun; it stays in the history. Withdrawing it again changes nothing."""
    actor.require(Permission.HOURS_SET)
    found = db.session.scalar(select(SiteHours).where(SiteHours.tenant_id == tenant_id, SiteHours.id == version_id))
    if found is None:
        raise NotFound
    _locked(tenant_id, found.site_id)
    if found.withdrawn_at is not None:
        return found
    rules.check_not_begun(found.effective_from, today=clock.today())
    found.withdrawn_at, found.withdrawn_by = clock.now(), person(actor)
    audit.record(
        Event.HOURS_WITHDRAWN,
        tenant_id=tenant_id,
        actor=actor,
        subject_id=found.id,
        site_id=str(found.site_id),
        effective_from=found.effective_from.isoformat(),
    )
    return found


def set_days(*, tenant_id: UUID, site_id: UUID, typed: TypedDays, actor: Actor) -> list[SiteDay]:
    """Say of some days when a site is open otherwise, or that it is closed by an official notice.

    Raises `Invalid` for a closed day without its notice, a begun one without a note, and for a day entered before.
    """
    actor.require(Permission.HOURS_SET)
    _locked(tenant_id, site_id)
    periods = rules.checked_periods(typed.periods, field="periods")
    reason = rules.stated(typed.reason, field="reason", sentence="請填寫事由，例如：停班停課、週六補課。")
    notice = rules.checked_notice(typed.notice, closed=not periods)
    rules.check_days(typed.first_day, typed.last_day, note=typed.note, today=clock.today())
    days = [typed.first_day + _DAY * number for number in range((typed.last_day - typed.first_day).days + 1)]
    taken = queries.calendar(tenant_id=tenant_id, first=days[0], last=days[-1]).days
    rules.check_free([day for day in days if (site_id, day) in taken])
    said = {"periods": periods, "reason": reason, "notice": notice, "note": typed.note.strip()}
    of_site = {"tenant_id": tenant_id, "site_id": site_id, "recorded_by": person(actor)}
    made = [SiteDay(id=uuid4(), day=day, **of_site, **said) for day in days]
    db.session.add_all(made)
    audit.record(
        Event.HOURS_DAYS_SET,
        tenant_id=tenant_id,
        actor=actor,
        subject_id=made[0].id,
        site_id=str(site_id),
        first_day=typed.first_day.isoformat(),
        last_day=typed.last_day.isoformat(),
        document=notice,
        late=typed.first_day <= clock.today(),
    )
    return made


def withdraw_day(*, tenant_id: UUID, day_id: UUID, note: str, actor: Actor) -> SiteDay:
    """Take back an own day; of one that has begun with a word on why. Withdrawing it again changes nothing."""
    actor.require(Permission.HOURS_SET)
    found = db.session.scalar(select(SiteDay).where(SiteDay.tenant_id == tenant_id, SiteDay.id == day_id))
    if found is None:
        raise NotFound
    _locked(tenant_id, found.site_id)
    if found.withdrawn_at is not None:
        return found
    rules.check_withdrawal(found.day, note=note, today=clock.today())
    found.withdrawn_at, found.withdrawn_by, found.withdrawn_note = clock.now(), person(actor), note.strip()
    audit.record(
        Event.HOURS_DAY_WITHDRAWN,
        tenant_id=tenant_id,
        actor=actor,
        subject_id=found.id,
        site_id=str(found.site_id),
        civil_day=found.day.isoformat(),
        late=found.day <= clock.today(),
    )
    return found


def _checked_week(weekly: Mapping[str, Periods] | None, care: Periods) -> Weekly:
    return {} if weekly is None else rules.checked_weekly(weekly, care=care)


def _locked(tenant_id: UUID, site_id: UUID) -> Site:
    """The site, locked: of two entries at the same moment the second sees the first. Raises `NotFound`, `Closed`."""
    standing.refuse_closed(tenant_id=tenant_id, what="不能再登記開放時間")
    site = registry.site(tenant_id=tenant_id, site_id=site_id)
    db.session.refresh(site, with_for_update=True)
    return site
