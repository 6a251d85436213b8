"""The bureau's reads, on its own connection: roll-ups of all institutions, nothing that leads to a picture (DR-09)."""

from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, fields
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Row, select
from sqlalchemy.orm import Session

from infra.clock import civil_day
from infra.db import bureau_session
from infra.lately import read_lately
from tenants.compliance import law as laws
from tenants.compliance import rules
from tenants.compliance.models import ComplianceCamera, ComplianceDay, ComplianceNow, ComplianceRetention
from tenants.compliance.rules import Coverage, Judgement, LawFacts, NowFacts, Standing
from tenants.errors import NotFound
from tenants.registry.models import Site, Tenant, TenantKind
from tenants.registry.standing import is_first_day, is_over

DAYS_SHOWN = 40


@dataclass(frozen=True, kw_only=True)
class BoardLine:
    """One institution on the board. `facts` is None when none were ever taken."""

    tenant_id: UUID
    code: str
    name: str
    kind: TenantKind
    district: str
    ownership: str
    opened_on: date | None
    phone: str
    facts: NowFacts | None
    judgement: Judgement


@dataclass(frozen=True, kw_only=True)
class CameraLine:
    """One camera behind an institution's figures, without any way to its picture."""

    site_name: str
    code: str
    name: str
    state: str
    fault: str
    coverage: float | None
    coverage_state: Coverage
    oldest_day: date | None


@dataclass(frozen=True, kw_only=True)
class DayLine:
    """One civil day of an institution; None where no facts were taken, which is 無資料 and not zero."""

    day: date
    coverage: float | None
    coverage_state: Coverage
    due_seconds: int | None
    recorded_seconds: int | None
    gaps: int | None


@dataclass(frozen=True, kw_only=True)
class Institution:
    """Everything that the bureau may know about one institution."""

    line: BoardLine
    oldest_day: date | None
    cameras: list[CameraLine]
    days: list[DayLine]


@read_lately(but_for="now")
def board(*, now: datetime) -> list[BoardLine]:
    """Every institution, those that need a person first and those that are closed last."""
    with bureau_session() as session:
        lines = _lines(session, now=now, tenant_id=None)
    return sorted(lines, key=lambda line: (line.judgement.urgency, line.district, line.name))


def fitting(lines: Iterable[BoardLine], *, district: str = "", kind: str = "", standing: str = "") -> list[BoardLine]:
    """The lines that fit a filter; an empty word fits all, but closed institutions are shown when asked for."""
    wanted = {standing} if standing else set(Standing) - {Standing.CLOSED}
    return [
        line
        for line in lines
        if district in ("", line.district) and kind in ("", line.kind) and line.judgement.standing in wanted
    ]


def institution(*, tenant_id: UUID, now: datetime) -> Institution:
    """One institution's facts, cameras and days. Raises `NotFound`."""
    with bureau_session() as session:
        lines = _lines(session, now=now, tenant_id=tenant_id)
        if not lines:
            raise NotFound
        return Institution(
            line=lines[0],
            oldest_day=session.scalar(select(ComplianceNow.oldest_day).where(ComplianceNow.tenant_id == tenant_id)),
            cameras=_cameras(session, tenant_id),
            days=_days(session, tenant_id, civil_day(now)),
        )


@read_lately()
def regulations() -> Mapping[UUID, Collection[str]]:
    """The codes of the regulations under which the sites of each institution stand, in order."""
    query = select(Site.tenant_id, Site.profile).distinct().order_by(Site.profile)
    found: dict[UUID, list[str]] = {}
    with bureau_session() as session:
        for tenant_id, code in session.execute(query):
            found.setdefault(tenant_id, []).append(code)
    return found


def counts(lines: list[BoardLine]) -> Mapping[Standing, int]:
    """How many institutions stand how."""
    found = Counter(line.judgement.standing for line in lines)
    return {standing: found[standing] for standing in Standing}


_TENANT, _NOW, _LAW = Tenant.__table__.c, ComplianceNow.__table__.c, ComplianceRetention.__table__.c
_OF_TENANT = ("id", "code", "name", "kind", "district", "ownership", "closed_from", "keeper", "opened_on", "phone")
_OF_NOW = tuple(each.name for each in fields(NowFacts) if each.name != "law")
_OF_LAW = tuple(each.name for each in fields(LawFacts))
# Columns and no objects: a city's lines are read for each page, and an object of each row costs as much as its rule.
_BOARD = (
    select(*(of[name] for of, names in ((_TENANT, _OF_TENANT), (_NOW, _OF_NOW), (_LAW, _OF_LAW)) for name in names))
    .outerjoin_from(Tenant, ComplianceNow, _NOW.tenant_id == _TENANT.id)
    .outerjoin(ComplianceRetention, _LAW.tenant_id == _TENANT.id)
    .where(_TENANT.kind != TenantKind.BUREAU)
)
_NOW_FROM, _LAW_FROM = len(_OF_TENANT), len(_OF_TENANT) + len(_OF_NOW)


def _lines(session: Session, *, now: datetime, tenant_id: UUID | None) -> list[BoardLine]:
    query = _BOARD if tenant_id is None else _BOARD.where(_TENANT.id == tenant_id)
    return [_line(row, now, civil_day(now)) for row in session.execute(query)]


def _line(row: Row[*tuple[Any, ...]], now: datetime, today: date) -> BoardLine:
    tenant_id, code, name, kind, district, ownership, closed_from, keeper, opened_on, phone = row[:_NOW_FROM]
    facts = _facts(row[_NOW_FROM:_LAW_FROM], row[_LAW_FROM:])
    closed = is_over(closed_from, today)
    return BoardLine(
        tenant_id=tenant_id,
        code=code,
        name=name,
        kind=TenantKind(kind),
        district=district,
        ownership=ownership,
        opened_on=opened_on,
        phone=phone,
        facts=facts,
        judgement=rules.judge_closed(facts, closed_from=closed_from, keeper=keeper)
        if closed
        else rules.judge(facts, now=now, is_first_day=is_first_day(opened_on, today)),
    )


def late_first(lines: Iterable[BoardLine]) -> list[BoardLine]:
    """The lines by what of the law is broken: floor, then lateness; those of which nothing is known stand first."""
    return sorted(lines, key=_lateness, reverse=True)


def _lateness(line: BoardLine) -> tuple[bool, int, int, int]:
    law = line.facts.law if line.facts is not None else None
    return (True, 0, 0, 0) if law is None else (False, law.floor_missing, law.stopped_runs, law.late_minutes)


def _facts(row: tuple[Any, ...], law: tuple[Any, ...]) -> NowFacts | None:
    """None where no facts were ever taken."""
    told = dict(zip(_OF_NOW, row, strict=True))
    if told["computed_at"] is None:
        return None
    told["coverage_state"], told["short_of"] = Coverage(told["coverage_state"]), tuple(told["short_of"])
    return NowFacts(**told, law=laws.read(dict(zip(_OF_LAW, law, strict=True))))


def _cameras(session: Session, tenant_id: UUID) -> list[CameraLine]:
    latest = select(ComplianceNow.computed_at).where(ComplianceNow.tenant_id == tenant_id).scalar_subquery()
    query = (
        select(ComplianceCamera)
        .where(ComplianceCamera.tenant_id == tenant_id, ComplianceCamera.computed_at == latest)
        .order_by(ComplianceCamera.site_name, ComplianceCamera.code)
    )
    return [
        CameraLine(
            site_name=row.site_name,
            code=row.code,
            name=row.name,
            state=row.state,
            fault=row.fault,
            coverage=_share(row),
            coverage_state=Coverage(row.coverage_state),
            oldest_day=row.oldest_day,
        )
        for row in session.scalars(query)
    ]


def _days(session: Session, tenant_id: UUID, today: date) -> list[DayLine]:
    days = rules.past_days(today, DAYS_SHOWN)
    query = select(ComplianceDay).where(
        ComplianceDay.tenant_id == tenant_id, ComplianceDay.civil_day.between(days[0], days[-1])
    )
    known = {row.civil_day: row for row in session.scalars(query)}
    return [_day(day, known.get(day)) for day in days]


def _day(day: date, row: ComplianceDay | None) -> DayLine:
    if row is None:
        return DayLine(
            day=day,
            coverage=None,
            coverage_state=Coverage.UNKNOWN,
            due_seconds=None,
            recorded_seconds=None,
            gaps=None,
        )
    return DayLine(
        day=day,
        coverage=_share(row),
        coverage_state=Coverage(row.coverage_state),
        due_seconds=row.due_seconds,
        recorded_seconds=row.recorded_seconds,
        gaps=row.gaps,
    )


def _share(row: ComplianceCamera | ComplianceDay) -> float | None:
    return row.recorded_seconds / row.due_seconds if row.coverage_state == Coverage.KNOWN else None
