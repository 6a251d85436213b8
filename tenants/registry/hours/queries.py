"""When an institution's sites are open on a civil day, read at once for all of them. The session is bound to it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sqlalchemy import Select, select

from infra.db import db
from infra.once import read_for_all, read_once
from infra.statements import made_once
from tenants.errors import NotFound
from tenants.registry import names
from tenants.registry import queries as registry
from tenants.registry.hours import rules
from tenants.registry.hours.models import CalendarSpan, HoursBasis, HoursTemplate, SiteDay, SiteHours
from tenants.registry.hours.rules import DayHours, Hours, Special, Why
from tenants.registry.models import InstitutionName


@dataclass(frozen=True, kw_only=True)
class Basis:
    """What a site's week rests on: 本系統預設 (neither), the bureau's template, or its own version."""

    hours: Hours
    template: HoursTemplate | None
    own: SiteHours | None


@dataclass(frozen=True, kw_only=True)
class Calendar:
    """All that decides when the institution's sites are open on some civil days."""

    templates: Sequence[HoursTemplate]
    spans: Sequence[CalendarSpan]
    versions: Sequence[SiteHours]
    days: Mapping[tuple[UUID, date], SiteDay]
    changes: Sequence[InstitutionName]
    district: str

    def on(self, site_id: UUID, day: date) -> DayHours:
        """When a site is open on one of the days."""
        own = self.days.get((site_id, day))
        return rules.day_hours(
            day,
            hours=self.basis(site_id, day).hours,
            specials=specials(self.spans, day, names.district_on(day, known=self.changes, present=self.district)),
            own=(own.periods, own.reason) if own is not None else None,
        )

    def basis(self, site_id: UUID, day: date) -> Basis:
        """What a site's week rests on, on a day."""
        template = next((each for each in self.templates if each.effective_from <= day), None)
        own = next((each for each in self.versions if each.site_id == site_id and each.effective_from <= day), None)
        if own is not None and own.basis == HoursBasis.OWN:
            hours = Hours(weekly=own.weekly, care=own.care, vacation=own.vacation)
        else:
            given = (
                rules.DEFAULT
                if template is None
                else Hours(weekly=template.weekly, care=[], vacation=template.vacation)
            )
            hours = given if own is None else Hours(weekly=given.weekly, care=own.care, vacation=given.vacation)
        return Basis(hours=hours, template=template, own=own)


def calendar(*, tenant_id: UUID, first: date, last: date) -> Calendar:
    """What decides the days from the first to the last."""
    own_days = db.session.scalars(*_living_days(tenant_id=tenant_id, first=first, last=last))
    return Calendar(
        templates=[each for each in templates() if each.withdrawn_at is None],
        spans=spans(first=first, last=last),
        versions=[each for each in versions(tenant_id=tenant_id) if each.withdrawn_at is None],
        days={(each.site_id, each.day): each for each in own_days},
        changes=names.changes(tenant_id=tenant_id),
        district=registry.tenant(tenant_id=tenant_id).district,
    )


@made_once
def _living_days(*, tenant_id: UUID, first: date, last: date) -> Select[SiteDay]:
    return select(SiteDay).where(
        SiteDay.tenant_id == tenant_id, SiteDay.day.between(first, last), SiteDay.withdrawn_at.is_(None)
    )


def of_day(*, tenant_id: UUID, day: date) -> Mapping[UUID, DayHours]:
    """When each site of the institution is open on a civil day (KH-5-3a)."""
    known = calendar(tenant_id=tenant_id, first=day, last=day)
    return {site.id: known.on(site.id, day) for site in registry.sites(tenant_id=tenant_id)}


def specials(found: Sequence[CalendarSpan], day: date, district: str) -> list[Special]:
    """What of the bureau's calendar holds on a day in a district of that day's name."""
    return [
        Special(why=Why(each.kind), name=each.name, closed_from=each.closed_from, like_weekday=each.like_weekday)
        for each in found
        if each.first_day <= day <= each.last_day and (not each.districts or district in each.districts)
    ]


@read_for_all
def templates() -> list[HoursTemplate]:
    """Every template of the bureau, withdrawn ones too, the latest first."""
    return list(db.session.scalars(*_templates()))


@made_once
def _templates() -> Select[HoursTemplate]:
    return select(HoursTemplate).order_by(HoursTemplate.effective_from.desc())


@read_for_all
def spans(*, first: date, last: date) -> list[CalendarSpan]:
    """What of the bureau's calendar touches these days and was not withdrawn, by day."""
    return list(db.session.scalars(*_spans(first=first, last=last)))


@made_once
def _spans(*, first: date, last: date) -> Select[CalendarSpan]:
    touching = select(CalendarSpan).where(
        CalendarSpan.withdrawn_at.is_(None), CalendarSpan.first_day <= last, CalendarSpan.last_day >= first
    )
    return touching.order_by(CalendarSpan.first_day, CalendarSpan.created_at)


def span(*, span_id: UUID) -> CalendarSpan:
    """One entry of the bureau's calendar, also a withdrawn one. Raises `NotFound`."""
    found = db.session.get(CalendarSpan, span_id)
    if found is None:
        raise NotFound
    return found


@read_once
def versions(*, tenant_id: UUID) -> list[SiteHours]:
    """Every version of hours that the institution entered, withdrawn ones too, the latest first."""
    return list(db.session.scalars(*_versions(tenant_id=tenant_id)))


@made_once
def _versions(*, tenant_id: UUID) -> Select[SiteHours]:
    own = select(SiteHours).where(SiteHours.tenant_id == tenant_id)
    return own.order_by(SiteHours.effective_from.desc(), SiteHours.created_at.desc())


def own_days(*, tenant_id: UUID, since: date) -> list[SiteDay]:
    """The institution's own days from a day on, withdrawn ones too, by day."""
    query = select(SiteDay).where(SiteDay.tenant_id == tenant_id, SiteDay.day >= since)
    return list(db.session.scalars(query.order_by(SiteDay.day, SiteDay.created_at)))
