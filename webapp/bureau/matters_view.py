"""Every thing that needs somebody, institution by institution, with the filters of the address (DR-30)."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask import url_for

from infra import clock
from tenants.compliance import morning
from tenants.compliance import queries as board
from tenants.compliance.articles import queries as findings
from tenants.compliance.morning import Matter
from tenants.compliance.queries import BoardLine
from webapp.bureau import article_view, presenters
from webapp.paging import asked_words, cut

# All: of each finding the first of its list is told by its own name.
_ALL = 1_000_000
_FILTERS = ("matter", "district", "kind")


@dataclass(frozen=True, kw_only=True)
class MatterLine:
    """One thing at one institution."""

    of: BoardLine
    matter: Matter
    words: str
    age: str
    asks: str
    article: str


@dataclass(frozen=True, kw_only=True)
class Found:
    """What the address asks for, one page or all. `matters` are the kinds in the whole city: (key, words and count)."""

    asked: dict[str, str]
    lines: Sequence[MatterLine]
    total: int
    number: int
    has_more: bool
    matters: Sequence[tuple[str, str]]
    districts: Sequence[str]
    computed_at: datetime | None

    def address(self, number: int) -> str:
        """The same list, at another page."""
        kept: dict[str, Any] = {name: word for name, word in self.asked.items() if word}
        return url_for("bureau.matters.index", page=number, **kept)


def asked_for() -> dict[str, str]:
    """The filters of the address."""
    return asked_words(_FILTERS)


def found(asked: dict[str, str], *, now: datetime, number: int = 1, per_page: int = _ALL) -> Found:
    """Every matter that fits, the most pressing first; lines are made of one page of them."""
    everything, day = board.board(now=now), findings.latest_day()
    of = {line.tenant_id: line for line in everything}
    unmet = findings.unmet(day=day, few=_ALL) if day is not None else ()
    told = morning.every(everything, unmet, now=now)
    fitting = [each for each in told if _fits(each, of[each.institutions[0].tenant_id], asked)]
    page = cut(fitting, number, per_page)
    codes = board.regulations()
    return Found(
        asked=asked,
        lines=[
            MatterLine(
                of=of[each.institutions[0].tenant_id],
                matter=each,
                words=each.words,
                age=article_view.age(each, now),
                asks=article_view.asks(each),
                article=article_view.cited(each, codes, clock.civil_day(now)),
            )
            for each in page.lines
        ],
        total=len(fitting),
        number=page.number,
        has_more=page.has_more,
        matters=_kinds(told),
        districts=sorted({line.district for line in everything}),
        computed_at=presenters.computed_at(everything),
    )


def _fits(matter: Matter, line: BoardLine, asked: dict[str, str]) -> bool:
    has = {"matter": matter.key, "district": line.district, "kind": line.kind.value}
    return all(word in {"", has[name]} for name, word in asked.items())


def _kinds(told: Sequence[Matter]) -> Sequence[tuple[str, str]]:
    counts = Counter(each.key for each in told)
    return [(key, f"{morning.name_of(key)}（{count}）") for key, count in counts.items()]
