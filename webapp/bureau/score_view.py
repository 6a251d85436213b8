"""Scores -> what the bureau's pages show: a part of the city, its tiles, its trend. No address leads to a picture."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from flask import url_for

from tenants.compliance import rules as days
from tenants.compliance.articles import queries as findings
from tenants.compliance.articles.catalogue import AT_RISK
from tenants.compliance.articles.model import State
from tenants.compliance.articles.queries import FoundLine, Part
from tenants.compliance.scoring import queries, rules, weights
from tenants.compliance.scoring.queries import DayCounts, ScoredLine, Within
from tenants.compliance.scoring.rules import REACH_NAMES, Reach, Score, Weighting, together
from tenants.registry import names
from tenants.registry import queries as registry
from tenants.registry.names import DistrictName
from tenants.roc_dates import short_date
from webapp.bureau.article_view import part_value
from webapp.bureau.district_map import Tile, tiles
from webapp.bureau.presenters import Point
from webapp.filters import percent
from webapp.paging import Cut, asked_words, cut

TREND_DAYS = 40
PER_PAGE = 50
ASKED = ("district", "kind", "ownership", "reach")
REACH_BADGES: Mapping[Reach, str] = {
    Reach.BELOW: "bad",
    Reach.NO_DATA: "unknown",
    Reach.REACHED: "good",
    Reach.NOT_SCORED: "info",
}
TREND_NAMES: Mapping[str, str] = {"good": "達到目標", "bad": "未達目標", "unknown": "無資料"}
DEFINITION = rules.DEFINITION


@dataclass(frozen=True, kw_only=True)
class Standing:
    """Several institutions together: their score, and how many stand how to the target."""

    name: str
    value: str
    score: Score
    reach: Reach
    counts: Mapping[Reach, int]
    warned: int

    @property
    def institutions(self) -> int:
        """How many there are, those of which nothing is known among them."""
        return sum(self.counts.values())


@dataclass(frozen=True, kw_only=True)
class MapTile:
    """A district on the map with its figures."""

    tile: Tile
    standing: Standing


@dataclass(frozen=True, kw_only=True)
class Overview:
    """A day of the city or of a part of it, by the version in force that day."""

    day: date
    weighting: Weighting
    asked: Mapping[str, str]
    whole: Standing
    parts: Mapping[Part, Sequence[Standing]]
    map: Sequence[MapTile]
    trend: Sequence[Point]
    computed_at: datetime | None
    districts: Sequence[str]


@dataclass(frozen=True, kw_only=True)
class Listed:
    """Institutions with their scores."""

    day: date
    weighting: Weighting
    asked: Mapping[str, str]
    lines: Sequence[ScoredLine]
    computed_at: datetime | None
    districts: Sequence[str]

    def page(self, number: int) -> Cut[ScoredLine]:
        """One page of them."""
        return cut(self.lines, number, PER_PAGE)

    def address(self, number: int) -> str:
        """The same list, at another page."""
        return list_address(self.asked, page=str(number))


def asked_for() -> dict[str, str]:
    """The filters of the address, each an empty word where it was not given."""
    return asked_words(ASKED)


def listed(asked: Mapping[str, str], today: date) -> Listed:
    """The institutions that fit, those that need a person first."""
    day, weighting, everything = _of_day(today, weights.weightings())
    return Listed(
        day=day,
        weighting=weighting,
        asked=asked,
        lines=_fitting(everything, asked),
        computed_at=_computed_at(everything),
        districts=sorted({line.district for line in everything}),
    )


def overview(asked: Mapping[str, str], today: date) -> Overview:
    """How the city stands, or the part that was asked for."""
    versions = weights.weightings()
    day, weighting, everything = _of_day(today, versions)
    shown = _fitting(everything, {**asked, "reach": ""})
    bore = _district_names(everything)
    by_part = {part: _parts(shown, part, weighting.target) for part in Part}
    formerly = {name: [each.name for each in spells] for name, spells in bore.items()}
    return Overview(
        day=day,
        weighting=weighting,
        asked=asked,
        whole=_standing("", "", shown, weighting.target),
        parts=by_part,
        map=_map(by_part[Part.DISTRICT], formerly),
        trend=trend(
            queries.by_day(
                first=days.past_days(today, TREND_DAYS)[0],
                last=days.past_days(today, 1)[0],
                within=Within(
                    # A district that there is not has no past either: its own name alone, and not all of the city.
                    districts=tuple(bore.get(asked["district"], _unknown(asked["district"]))),
                    kind=asked["kind"],
                    ownership=asked["ownership"],
                ),
            ),
            versions,
            today,
        ),
        computed_at=_computed_at(shown),
        districts=sorted({line.district for line in everything}),
    )


def _unknown(district: str) -> Sequence[DistrictName]:
    return [DistrictName(name=district, first=date.min, before=date.max)] if district else ()


def _of_day(today: date, versions: Sequence[Weighting]) -> tuple[date, Weighting, Sequence[ScoredLine]]:
    day = findings.latest_day() or today
    weighting = rules.in_force(versions, day)
    return day, weighting, queries.scored(day=day, weighting=weighting)


def _fitting(lines: Iterable[ScoredLine], asked: Mapping[str, str]) -> list[ScoredLine]:
    return [
        line
        for line in lines
        if asked["district"] in ("", line.district)
        and asked["kind"] in ("", line.kind)
        and asked["ownership"] in ("", line.ownership)
        and (asked["reach"] in ("", line.reach) or (asked["reach"] == AT_RISK and line.warned))
    ]


def _district_names(lines: Iterable[ScoredLine]) -> Mapping[str, Sequence[DistrictName]]:
    """What every district was called when: two statements for all of them."""
    placed = {each.id: each.district for each in registry.directory()}
    changes = names.changes_of_all()
    return {
        district: names.district_names(district, placed=placed, changes=changes)
        for district in {line.district for line in lines}
    }


def _parts(lines: Sequence[ScoredLine], part: Part, target: int) -> Sequence[Standing]:
    of: dict[str, list[ScoredLine]] = {}
    for line in lines:
        of.setdefault(getattr(line, part.value), []).append(line)
    return [_standing(part_value(part, value), value, of[value], target) for value in sorted(of)]


def _standing(name: str, value: str, lines: Sequence[ScoredLine], target: int) -> Standing:
    known = [line.score for line in lines if line.score is not None]
    score = together(known)
    counts = Counter(line.reach for line in lines)
    return Standing(
        name=name,
        value=value,
        score=score,
        reach=rules.reach(score if known else None, target),
        counts={each: counts[each] for each in Reach},
        warned=sum(line.warned for line in lines),
    )


def _map(districts: Sequence[Standing], formerly: Mapping[str, Sequence[str]]) -> Sequence[MapTile]:
    by_name = {each.value: each for each in districts}
    return [MapTile(tile=tile, standing=by_name[tile.district]) for tile in tiles(by_name, formerly=formerly)]


def _computed_at(lines: Iterable[ScoredLine]) -> datetime | None:
    """A figure is no fresher than its oldest part."""
    return min((line.computed_at for line in lines if line.computed_at is not None), default=None)


def trend(known: Mapping[date, DayCounts], versions: Sequence[Weighting], today: date) -> Sequence[Point]:
    """Scores by day, each by the version in force that day, and beside it how many were warned."""
    return [_point(day, known.get(day), rules.in_force(versions, day)) for day in days.past_days(today, TREND_DAYS)]


def _point(day: date, counted: DayCounts | None, weighting: Weighting) -> Point:
    if counted is None or (score := rules.score(counted.counts, weighting)).share is None:
        return Point(short_date(day), None, "unknown", "無資料")
    kind = "good" if score.reaches(weighting.target) else "bad"
    return Point(short_date(day), score.share, kind, percent(score.share), beside=str(counted.warned))


@dataclass(frozen=True, kw_only=True)
class InstitutionScore:
    """One institution's score with how it comes about."""

    score: Score | None
    reach: Reach
    weighting: Weighting
    trend: Sequence[Point]

    def points(self, found: FoundLine) -> str:
        """What a finding adds to the score, in words."""
        weight = self.weighting.weight(found.article)
        if not weight or not found.owed:
            return "不計分"
        return f"{weight if rules.is_met(found.state, owed=True) else 0}／{weight}"


def of_institution(found: Sequence[FoundLine], *, day: date | None, today: date) -> InstitutionScore:
    """The score of what was found at one institution on a day, and its trend."""
    versions = weights.weightings()
    weighting = rules.in_force(versions, day or today)
    counts = [
        rules.Count(article=each.article, owed=int(each.owed), met=int(rules.is_met(each.state, owed=each.owed)))
        for each in found
    ]
    score = rules.score(counts, weighting) if found else None
    first, last = days.past_days(today, TREND_DAYS)[0], days.past_days(today, 1)[0]
    known = queries.of_institution(tenant_id=found[0].tenant_id, first=first, last=last) if found else {}
    return InstitutionScore(
        score=score,
        reach=rules.reach(score, weighting.target),
        weighting=weighting,
        trend=trend(known, versions, today),
    )


def reach_names() -> Sequence[tuple[str, str]]:
    """Choices for the filter."""
    return [*((each.value, REACH_NAMES[each]) for each in Reach), (AT_RISK, "影像遺失預警")]


def warned_address(asked: Mapping[str, str]) -> str:
    """The list of those that will lose footage, in the part that is shown."""
    kept: dict[str, Any] = {name: asked[name] for name in ("district", "kind", "ownership") if asked[name]}
    return url_for("bureau.articles.show", key=AT_RISK, state=State.WARNED, **kept)


def list_address(asked: Mapping[str, str], **narrower: str) -> str:
    """The institutions behind a figure of the part that is shown."""
    kept: dict[str, Any] = {name: word for name, word in {**asked, **narrower}.items() if word}
    return url_for("bureau.overview.institutions", **kept)


def overview_address(asked: Mapping[str, str], **narrower: str) -> str:
    """The same page of a smaller part of the city."""
    kept: dict[str, Any] = {name: word for name, word in {**asked, "reach": "", **narrower}.items() if word}
    return url_for("bureau.overview.index", **kept)
