"""The bureau's reads of scores, on its own connection: counts and nothing that leads to a picture (DR-09, DR-30).

Each is one statement, whatever the city's size.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, and_, case, func, or_, select

from infra.db import bureau_session
from infra.lately import read_lately
from tenants.compliance.articles.catalogue import AT_RISK
from tenants.compliance.articles.model import State
from tenants.compliance.finding_models import CityDay, ComplianceFinding
from tenants.compliance.scoring.rules import NOT_MET, Count, Reach, Score, Weighting, is_met, reach
from tenants.registry.models import Tenant, TenantKind
from tenants.registry.names import DistrictName

_FINDING = ComplianceFinding.__table__.c
_TENANT = Tenant.__table__.c
_CITY = CityDay.__table__.c


@dataclass(frozen=True, kw_only=True)
class ScoredLine:
    """One institution on a day. `score` is None where nobody looked; `warned`: it will lose footage."""

    tenant_id: UUID
    code: str
    name: str
    kind: str
    district: str
    ownership: str
    score: Score | None
    reach: Reach
    warned: bool
    computed_at: datetime | None


@dataclass(frozen=True, kw_only=True)
class Within:
    """Which part of the city: an empty word is all of it. `districts` are the names that a district bore, by day."""

    districts: Sequence[DistrictName] = ()
    kind: str = ""
    ownership: str = ""


@dataclass(frozen=True, kw_only=True)
class DayCounts:
    """One day of a part of the city: every article's counts, and how many institutions were warned of a loss."""

    counts: Sequence[Count]
    warned: int


def scored(*, day: date, weighting: Weighting) -> Sequence[ScoredLine]:
    """Every institution that is open on the day, those below the target and those unknown first, the lowest first."""
    weights = {key: aim.weight for key, aim in weighting.aims.items() if aim.weight}
    weight = case(weights, value=_FINDING.article, else_=0) if weights else func.coalesce(0)
    is_owed = _FINDING.owed.is_(True)
    met = and_(is_owed, _FINDING.state.not_in(NOT_MET))
    warned = and_(_FINDING.article == AT_RISK, _FINDING.state == State.WARNED)
    directory = [_TENANT[name] for name in ("id", "code", "name", "kind", "district", "ownership")]
    query = (
        select(
            *directory,
            func.sum(case((is_owed, weight), else_=0)),
            func.sum(case((met, weight), else_=0)),
            func.bool_or(warned),
            func.max(_FINDING.computed_at),
        )
        .join_from(
            Tenant, ComplianceFinding, and_(_FINDING.tenant_id == _TENANT.id, _FINDING.civil_day == day), isouter=True
        )
        .where(
            _TENANT.kind != TenantKind.BUREAU,
            or_(_TENANT.closed_from.is_(None), _TENANT.closed_from > day),
        )
        .group_by(*directory)
    )
    with bureau_session() as session:
        lines = [_scored(tuple(row), weighting) for row in session.execute(query)]
    return sorted(lines, key=_most_pressing)


def _scored(row: Any, weighting: Weighting) -> ScoredLine:  # noqa: ANN401 - a row of the query above
    tenant_id, code, name, kind, district, ownership, owed, met, warned, computed_at = row
    known = Score(owed=int(owed), met=int(met)) if computed_at is not None else None
    return ScoredLine(
        tenant_id=tenant_id,
        code=code,
        name=name,
        kind=kind,
        district=district,
        ownership=ownership,
        score=known,
        reach=reach(known, weighting.target),
        warned=bool(warned),
        computed_at=computed_at,
    )


_ORDER = list(Reach)


def _most_pressing(line: ScoredLine) -> tuple[int, float, str, str]:
    share = line.score.share if line.score is not None else None
    return _ORDER.index(line.reach), share if share is not None else 1.0, line.district, line.name


@read_lately()
def by_day(*, first: date, last: date, within: Within) -> Mapping[date, DayCounts]:
    """Every article's counts by day, as the city was counted then; a day that was not counted is missing, and no zero.

    A district is taken under the name that it bore each day, so that its past is its own and counted once (DR-33).
    """
    met = case((_CITY.state.not_in(NOT_MET), _CITY.owed), else_=0)
    warned = case((_CITY.state == State.WARNED, _CITY.institutions), else_=0)
    query = (
        select(_CITY.civil_day, _CITY.article, func.sum(_CITY.owed), func.sum(met), func.sum(warned))
        .where(_CITY.civil_day.between(first, last), *_in_part(within))
        .group_by(_CITY.civil_day, _CITY.article)
        .having(func.sum(_CITY.institutions) > 0)
    )
    found: dict[date, list[tuple[Count, int]]] = {}
    with bureau_session() as session:
        for day, article, owed, is_met_by, warns in session.execute(query):
            count = Count(article=article, owed=int(owed), met=int(is_met_by))
            found.setdefault(day, []).append((count, int(warns)))
    return {
        day: DayCounts(
            counts=[count for count, _ in counted],
            warned=sum(warns for count, warns in counted if count.article == AT_RISK),
        )
        for day, counted in found.items()
    }


def _in_part(within: Within) -> list[ColumnElement[bool]]:
    asked = [
        column == word for column, word in ((_CITY.kind, within.kind), (_CITY.ownership, within.ownership)) if word
    ]
    if within.districts:
        spells = [
            and_(_CITY.district == each.name, _CITY.civil_day >= each.first, _CITY.civil_day < each.before)
            for each in within.districts
        ]
        asked.append(or_(*spells))
    return asked


def of_institution(*, tenant_id: UUID, first: date, last: date) -> Mapping[date, DayCounts]:
    """One institution by day; a day on which nobody looked is missing."""
    query = select(_FINDING.civil_day, _FINDING.article, _FINDING.state, _FINDING.owed).where(
        _FINDING.tenant_id == tenant_id, _FINDING.civil_day.between(first, last)
    )
    found: dict[date, list[Count]] = {}
    warned: dict[date, int] = {}
    with bureau_session() as session:
        for day, article, state, owed in session.execute(query):
            met = is_met(State(state), owed=owed)
            found.setdefault(day, []).append(Count(article=article, owed=int(owed), met=int(met)))
            if article == AT_RISK and state == State.WARNED:
                warned[day] = 1
    return {day: DayCounts(counts=counts, warned=warned.get(day, 0)) for day, counts in found.items()}
