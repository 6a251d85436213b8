"""Findings -> what the bureau's pages of articles and its morning show. No address here leads to a picture (DR-09)."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from flask import url_for

from infra.clock import civil_day
from tenants.compliance import queries as board
from tenants.compliance import rules
from tenants.compliance.articles import queries
from tenants.compliance.articles.catalogue import BY_KEY
from tenants.compliance.articles.model import FORCE_NAMES, STATE_NAMES, Article, State, force_under
from tenants.compliance.articles.queries import ArticleLine, Asked, FoundLine, Part, Tally
from tenants.compliance.morning import NEVER_HEARD, SILENT, STOPPED, Matter
from tenants.compliance.rules import Standing
from tenants.compliance.scoring import weights
from tenants.compliance.scoring.rules import WHOLE, Aim, Weighting, in_force
from tenants.errors import NotFound
from tenants.profiles import CODES
from tenants.profiles.model import OUR_DEFAULT
from tenants.registry.regulations import profile
from tenants.roc_dates import format_date, format_instant, short_date
from webapp.bureau import presenters
from webapp.bureau.presenters import Point
from webapp.bureau.todo_item import Item
from webapp.filters import percent
from webapp.paging import asked_word

STATE_BADGES: Mapping[State, str] = {
    State.UNMET: "bad",
    State.NOT_REPORTED: "unknown",
    State.NO_DATA: "unknown",
    State.WARNED: "warn",
    State.ADVICE: "info",
    State.MET: "good",
    State.NOT_APPLICABLE: "info",
    State.NOT_YET: "info",
}
PART_NAMES: Mapping[Part, str] = {Part.DISTRICT: "行政區", Part.KIND: "類型", Part.OWNERSHIP: "公私立"}
_VALUE_NAMES: Mapping[Part, Mapping[str, str]] = {
    Part.KIND: {kind.value: name for kind, name in presenters.KIND_NAMES.items()},
    Part.OWNERSHIP: presenters.OWNERSHIP_NAMES,
}
PER_PAGE = 50
# Who is not heard of, or does not record, is called.
_CALLED = frozenset({SILENT, NEVER_HEARD, STOPPED})
TREND_DAYS = 40
# What is only advised or warned of has no target; it is told where not all are well.
TREND_NAMES: Mapping[str, str] = {"good": "達到目標", "bad": "未達目標", "warn": "有機構需要注意", "unknown": "無資料"}


@dataclass(frozen=True, kw_only=True)
class Told:
    """How one regulation asks an article: 應／宜／得 with the place, or that it is silent."""

    regulation: str
    force: str
    article: str
    words: str


@dataclass(frozen=True, kw_only=True)
class PartLine:
    """One part of the city."""

    name: str
    value: str
    tally: Tally


@dataclass(frozen=True, kw_only=True)
class ArticlePage:
    """One article: what it asks, how the city stands, by parts and days, and one page of the list behind it."""

    article: Article
    told: Sequence[Told]
    day: date
    tally: Tally
    weighting: Weighting
    part: Part
    parts: Sequence[PartLine]
    trend: Sequence[Point]
    asked: Asked
    lines: Sequence[FoundLine]
    total: int
    number: int
    has_more: bool

    @property
    def aim(self) -> Aim | None:
        """What the bureau weighs and aims at in this article; None where it has no weight."""
        return self.weighting.aims.get(self.article.key)

    @property
    def kept(self) -> Mapping[str, str]:
        """The filters, for another address of the same list."""
        return {name: word for name in (*_FILTERS, _PART) if (word := asked_word(name))}

    def address(self, number: int) -> str:
        """The same list, at another page."""
        kept: dict[str, Any] = dict(self.kept)
        return url_for("bureau.articles.show", key=self.article.key, page=number, **kept)


# What the address may ask: which institutions, each a field of `Asked`, and by what the city is divided.
_FILTERS = ("state", "district", "kind", "ownership")
_PART = "part"


def _part() -> Part:
    word = asked_word(_PART)
    return Part(word) if word in set(Part) else Part.DISTRICT


def overview() -> tuple[date | None, Sequence[ArticleLine]]:
    """Every article as the newest day says."""
    day = queries.latest_day()
    return day, queries.city(day=day) if day is not None else ()


def article_page(key: str, number: int, today: date) -> ArticlePage:
    """One article. Raises `NotFound` for a key that no article has."""
    if key not in BY_KEY:
        raise NotFound
    article, day = BY_KEY[key], queries.latest_day() or today
    versions = weights.weightings()
    asked, part = asked_of(key, day)
    lines, total = queries.institutions(asked=asked, limit=PER_PAGE, offset=(number - 1) * PER_PAGE)
    tally = next(line.tally for line in queries.city(day=day) if line.article is article)
    return ArticlePage(
        article=article,
        told=[_told(article, code, today) for code in CODES],
        day=day,
        tally=tally,
        weighting=in_force(versions, day),
        part=part,
        parts=_parts(day, key, part),
        trend=_trend(key, today, versions),
        asked=asked,
        lines=lines,
        total=total,
        number=number,
        has_more=number * PER_PAGE < total,
    )


def asked_of(key: str, day: date) -> tuple[Asked, Part]:
    """Which institutions of an article the address asks for, and by which part of the city."""
    return Asked(day=day, article=key, **{name: asked_word(name) for name in _FILTERS}), _part()


def part_value(part: Part, value: str) -> str:
    """What a part of the city is called: a district by its name, a kind or an ownership by our word."""
    return _VALUE_NAMES.get(part, {}).get(value, value)


def share_words(article: Article, tally: Tally) -> str:
    """The share that meets an article, or why there is none: nobody owes it, it only advises, or nobody looked."""
    if article.warns:
        return "不計比例"
    if tally.share_met is not None:
        return percent(tally.share_met)
    if advised := tally.counts.get(State.ADVICE):
        return f"{STATE_NAMES[State.ADVICE]} {advised}"
    return "不適用" if tally.counts else "無資料"


def of_institution(tenant_id: UUID) -> tuple[date | None, Sequence[FoundLine]]:
    """Every article at one institution as the newest day says."""
    day = queries.latest_day()
    return day, queries.of_institution(tenant_id=tenant_id, day=day) if day is not None else ()


def _told(article: Article, code: str, today: date) -> Told:
    law = profile(code, today)
    force = force_under(article, law)
    return Told(
        regulation=law.name,
        force=FORCE_NAMES[force] if force is not None else "未規定（僅列建議）",
        article=law.article(article.clause) if force is not None else OUR_DEFAULT,
        words=law.text(article.clause),
    )


def _parts(day: date, key: str, part: Part) -> Sequence[PartLine]:
    tallies = queries.by_part(day=day, article=key, part=part)
    return [PartLine(name=part_value(part, value), value=value, tally=tally) for value, tally in tallies.items()]


def _trend(key: str, today: date, versions: Sequence[Weighting]) -> Sequence[Point]:
    days = rules.past_days(today, TREND_DAYS)
    known = queries.trend(article=key, first=days[0], last=days[-1])
    return [_point(day, known.get(day), in_force(versions, day).aims.get(key)) for day in days]


def _point(day: date, tally: Tally | None, aim: Aim | None) -> Point:
    share = tally.share_met if tally is not None else None
    if share is None:
        return Point(short_date(day), None, "unknown", "無資料")
    assert tally is not None  # noqa: S101 - it has a share
    below = "warn" if aim is None else "bad"
    reached = tally.counts.get(State.MET, 0) * WHOLE >= (aim.target if aim is not None else WHOLE) * tally.applies_to
    return Point(short_date(day), share, "good" if reached else below, percent(share))


def items(matters: Sequence[Matter], *, now: datetime) -> Sequence[Item]:
    """The morning's matters as lines of the first page."""
    codes = board.regulations()
    return [_item(matter, codes, now) for matter in matters]


def _item(matter: Matter, codes: Mapping[UUID, Collection[str]], now: datetime) -> Item:
    first, many = matter.institutions[0], len(matter.institutions)
    text = f"{first.name}：{matter.words}" if many == 1 else f"{many} 個機構{matter.words}"
    return Item(
        text=text,
        href=url_for("bureau.institution", institution_id=first.tenant_id) if many == 1 else _list_of(matter),
        article=cited(matter, codes, civil_day(now)),
        urgent=matter.is_urgent,
        note="；".join(each for each in (age(matter, now), asks(matter)) if each),
    )


def cited(matter: Matter, codes: Mapping[UUID, Collection[str]], today: date) -> str:
    """The article of each regulation under which a site of theirs stands: a preschool of a school has its own."""
    of: set[str] = set()
    for each in matter.institutions:
        of.update(codes.get(each.tenant_id, ()))
        if len(of) == len(CODES):  # a city's thousand more say nothing new
            break
    found = [profile(code, today).article(matter.clause) for code in sorted(of)]
    return "、".join(each for each in found if each != OUR_DEFAULT) or OUR_DEFAULT


def asks(matter: Matter) -> str:
    """What the officer does: what is lost by waiting, and an institution of which nothing is heard, needs a call."""
    if matter.is_urgent or matter.key in _CALLED:
        return f"請聯絡該機構{matter.owner}處理"
    return f"由該機構{matter.owner}處理，教育局等候其處理"


def _list_of(matter: Matter) -> str:
    if matter.key in BY_KEY:
        state = State.WARNED if BY_KEY[matter.key].warns else State.UNMET
        return url_for("bureau.articles.show", key=matter.key, state=state)
    standing = {SILENT: Standing.NOT_REPORTED, NEVER_HEARD: Standing.NO_DATA}.get(matter.key, Standing.FAULT)
    if matter.key == STOPPED or standing is not Standing.FAULT:
        return url_for("bureau.board", standing=standing)
    return url_for("bureau.lateness")


def age(matter: Matter, now: datetime) -> str:
    """Since when, and how long; of several the oldest."""
    began = [each.since for each in matter.institutions if each.since is not None]
    if not began:
        return ""
    today = civil_day(now)
    oldest = max(matter.institutions, key=lambda each: each.days(today))
    since = oldest.since
    if isinstance(since, datetime):
        minutes = (now - since) // timedelta(minutes=1)
        words = f"自{format_instant(since.replace(second=0, microsecond=0))}起，已 {presenters.lateness(minutes)}"
    else:
        assert since is not None  # noqa: S101 - the oldest of those that began
        days = oldest.days(today)
        words = f"自{format_date(since)}起{f'，已 {days} 日' if days else ''}"
    return f"{'最久' if len(matter.institutions) > 1 else ''}{words}"


def state_names() -> Sequence[tuple[str, str]]:
    """Choices for the filter."""
    return [(state, STATE_NAMES[state]) for state in State]
