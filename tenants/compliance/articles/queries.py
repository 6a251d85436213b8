"""The bureau's reads of findings, on its own connection: counts, lists and trends; nothing that leads to a picture."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import ColumnElement, RowMapping, Select, case, cast, func, select
from sqlalchemy.dialects.postgresql import JSONB, JSONPATH
from sqlalchemy.orm import Session

from infra.db import bureau_session
from infra.lately import read_lately
from tenants.compliance.articles.catalogue import ARTICLES, OPEN_FAULTS
from tenants.compliance.articles.model import NEEDING, Article, State, Subject
from tenants.compliance.finding_models import CityDay, ComplianceFinding
from tenants.registry.models import Tenant

_NOT_OWED = frozenset({State.NOT_APPLICABLE, State.ADVICE, State.NOT_YET})


class Part(StrEnum):
    """How the city is divided for a figure."""

    DISTRICT = "district"
    KIND = "kind"
    OWNERSHIP = "ownership"


@dataclass(frozen=True, kw_only=True)
class Tally:
    """How many institutions stand how; the share counts those to which the article applies and nothing else (DR-30)."""

    counts: Mapping[State, int]

    @property
    def applies_to(self) -> int:
        """Institutions that owe it; advice is no debt, nor is anything on an institution's first day."""
        return sum(count for state, count in self.counts.items() if state not in _NOT_OWED)

    @property
    def share_met(self) -> float | None:
        """Those that are met, of those that owe it; whoever is silent is not met. None where nobody owes it."""
        return self.counts.get(State.MET, 0) / self.applies_to if self.applies_to else None

    @property
    def needing(self) -> int:
        """Those that need a person."""
        return sum(self.counts.get(state, 0) for state in NEEDING)


@dataclass(frozen=True, kw_only=True)
class ArticleLine:
    """One article over the whole city, or over a part of it."""

    article: Article
    tally: Tally
    oldest: date | None


@dataclass(frozen=True, kw_only=True)
class FoundLine:
    """One article at one institution, with the list behind it."""

    tenant_id: UUID
    code: str
    name: str
    kind: str
    district: str
    ownership: str
    article: str
    state: State
    owed: bool
    looked_at: int
    wrong: int
    since: date | None
    subjects: Sequence[Subject]
    computed_at: datetime


@dataclass(frozen=True, kw_only=True)
class Asked:
    """Which findings: of a day and an article, and where a word is given those alone."""

    day: date
    article: str = ""
    state: str = ""
    district: str = ""
    kind: str = ""
    ownership: str = ""


_FINDING = ComplianceFinding.__table__.c
_TENANT = Tenant.__table__.c
_LISTED = (
    *(_TENANT[name] for name in ("code", "name", "kind", "district", "ownership")),
    *(
        _FINDING[name]
        for name in ("tenant_id", "article", "state", "owed", "looked_at", "wrong", "since", "computed_at")
    ),
)


@read_lately()
def latest_day() -> date | None:
    """The newest civil day of which anything was found; None before the first."""
    with bureau_session() as session:
        return session.scalar(select(func.max(ComplianceFinding.civil_day)))


def computed_at(*, day: date) -> datetime | None:
    """When the oldest finding of a day was taken: a figure is no fresher than its oldest part."""
    with bureau_session() as session:
        return session.scalar(select(func.min(ComplianceFinding.computed_at)).where(_FINDING.civil_day == day))


@read_lately()
def city(*, day: date) -> Sequence[ArticleLine]:
    """Every article of a day in the table's order, also those of which nothing was found."""
    query = (
        select(_FINDING.article, _FINDING.state, func.count(), func.min(_FINDING.since))
        .where(_FINDING.civil_day == day)
        .group_by(_FINDING.article, _FINDING.state)
    )
    with bureau_session() as session:
        rows = [tuple(row) for row in session.execute(query)]
    return [_line(article, rows) for article in ARTICLES]


def _line(article: Article, rows: Sequence[tuple[str, str, int, date | None]]) -> ArticleLine:
    mine = [(State(state), count, since) for key, state, count, since in rows if key == article.key]
    return ArticleLine(
        article=article,
        tally=Tally(counts={state: count for state, count, _ in mine}),
        oldest=min((since for state, _, since in mine if since is not None and state in NEEDING), default=None),
    )


@read_lately()
def by_part(*, day: date, article: str, part: Part) -> Mapping[str, Tally]:
    """One article of a day by district, kind or ownership, in the order of the names."""
    named = _TENANT[part.value]
    query = (
        select(named, _FINDING.state, func.count())
        .join_from(ComplianceFinding, Tenant, _TENANT.id == _FINDING.tenant_id)
        .where(_FINDING.civil_day == day, _FINDING.article == article)
        .group_by(named, _FINDING.state)
    )
    with bureau_session() as session:
        return _tallies(tuple(row) for row in session.execute(query))


@read_lately()
def trend(*, article: str, first: date, last: date) -> Mapping[date, Tally]:
    """One article by day as the city was counted then; a day that was not counted is missing, and no zero."""
    query = (
        select(CityDay.civil_day, CityDay.state, func.sum(CityDay.institutions))
        .where(CityDay.article == article, CityDay.civil_day.between(first, last))
        .group_by(CityDay.civil_day, CityDay.state)
    )
    with bureau_session() as session:
        return _tallies(tuple(row) for row in session.execute(query))


def _tallies(rows: Any) -> dict[Any, Tally]:  # noqa: ANN401 - grouped by a name or by a day
    found: dict[Any, dict[State, int]] = {}
    for group, state, count in sorted(rows, key=lambda row: row[0]):
        found.setdefault(group, {})[State(state)] = int(count)
    return {group: Tally(counts=counts) for group, counts in found.items()}


class Unmet(NamedTuple):
    """One article that is broken or about to be at one institution, with so much of its list as is told."""

    article: str
    tenant_id: UUID
    name: str
    wrong: int
    since: date | None
    listed: Sequence[Mapping[str, str]]


@read_lately()
def unmet(*, day: date, few: int) -> Sequence[Unmet]:
    """Everything of a day that is unmet or warned of, the oldest first; silence is no finding, and told elsewhere.

    The first of a list is read where so few institutions have the same trouble that each is told by itself; of
    open faults all is, since one of them may be told under another name (tenants.compliance.silence).
    """
    together = func.count().over(partition_by=_FINDING.article)
    first = func.jsonb_path_query_array(_FINDING.subjects, cast("$[0]", JSONPATH))
    listed = case((_FINDING.article == OPEN_FAULTS, _FINDING.subjects), (together <= few, first), else_=cast([], JSONB))
    columns = (_FINDING.article, _FINDING.tenant_id, _TENANT.name, _FINDING.wrong, _FINDING.since, listed)
    query = _listed(Asked(day=day), columns=columns).where(_FINDING.state.in_([State.UNMET, State.WARNED]))
    with bureau_session() as session:
        rows = session.execute(query.order_by(_FINDING.since.asc().nulls_last(), _TENANT.code))
        return [Unmet(*row) for row in rows]


def found_lists(*, asked: Asked) -> Sequence[FoundLine]:
    """Every finding asked for with the list behind it, the oldest first."""
    query = _listed(asked, columns=(*_LISTED, _FINDING.subjects))
    with bureau_session() as session:
        return [_found(row) for row in _rows(session, query.order_by(_FINDING.since.asc().nulls_last(), _TENANT.code))]


def institutions(*, asked: Asked, limit: int, offset: int = 0) -> tuple[Sequence[FoundLine], int]:
    """The institutions of one article, the worst and oldest first, with the lists behind; and how many there are."""
    order = {state: place for place, state in enumerate(State)}
    worst = func.array_position(list(order), _FINDING.state)
    query = _listed(asked, columns=(*_LISTED, _FINDING.subjects))
    query = query.order_by(worst, _FINDING.since.asc().nulls_last(), _TENANT.district, _TENANT.name)
    with bureau_session() as session:
        total = session.scalar(_listed(asked, columns=(func.count(),))) or 0
        return [_found(row) for row in _rows(session, query.limit(limit).offset(offset))], total


def of_institution(*, tenant_id: UUID, day: date) -> Sequence[FoundLine]:
    """Every article of one institution on a day, in the table's order, with the lists behind."""
    query = _listed(Asked(day=day), columns=(*_LISTED, _FINDING.subjects)).where(_FINDING.tenant_id == tenant_id)
    with bureau_session() as session:
        found = {row["article"]: _found(row) for row in _rows(session, query)}
    return [found[article.key] for article in ARTICLES if article.key in found]


def _listed(asked: Asked, *, columns: Sequence[ColumnElement[Any]]) -> Select[Any]:
    query = (
        select(*columns)
        .join_from(ComplianceFinding, Tenant, _TENANT.id == _FINDING.tenant_id)
        .where(_FINDING.civil_day == asked.day)
    )
    for column, word in (
        (_FINDING.article, asked.article),
        (_FINDING.state, asked.state),
        (_TENANT.district, asked.district),
        (_TENANT.kind, asked.kind),
        (_TENANT.ownership, asked.ownership),
    ):
        if word:
            query = query.where(column == word)
    return query


def _rows(session: Session, query: Select[Any]) -> Iterable[RowMapping]:
    return session.execute(query).mappings()


def _found(row: RowMapping) -> FoundLine:
    plain = dict(row)
    subjects = [
        Subject(**each | {"since": date.fromisoformat(each["since"]) if each["since"] else None})
        for each in plain.pop("subjects", ())
    ]
    return FoundLine(**plain | {"state": State(plain["state"]), "subjects": subjects})
