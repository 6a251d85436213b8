"""Several institutions together: how many stand how, by article and to the target, and in how many words (DR-30)."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from tests.city_year.inventing import Year
from tests.city_year.oracle import words
from tests.city_year.oracle.answers import WARNINGS, Answer
from tests.city_year.oracle.city import Key
from tests.city_year.oracle.scores import Score, in_force

STATE_NAMES = {
    "met": "符合",
    "unmet": "未符合",
    "warned": "預警",
    "not_reported": "未回報",
    "no_data": "無資料",
    "advice": "建議改善",
    "not_applicable": "不適用",
    "not_yet": "尚未起算",
}
# Those that are told in the tables of articles; the others are nobody's duty.
TOLD = ("met", "unmet", "warned", "not_reported", "no_data")
REACH_NAMES = {"below": "未達目標", "no_data": "無資料", "reached": "達到目標", "not_scored": "不計分"}
_NEEDING = frozenset({"unmet", "warned", "not_reported", "no_data"})


@dataclass(frozen=True)
class Standing:
    """Institutions with their weight owed and met, how many reach what, and how many will lose footage."""

    owed: int
    met: int
    reach: str
    counts: Mapping[str, int]
    warned: int

    @property
    def institutions(self) -> int:
        """How many there are."""
        return sum(self.counts.values())


def tally(found: Mapping[Key, Answer], article: str, codes: Iterable[str]) -> Counter[str]:
    """How many of them stand how with an article."""
    return Counter(found[code, article].state for code in codes if (code, article) in found)


def share(article: str, counted: Counter[str]) -> str:
    """The share that meets an article of those that owe it; what only warns has none."""
    if article in WARNINGS:
        return "不計比例"
    if not owed(counted):
        return f"建議改善 {counted['advice']}" if counted["advice"] else "不適用" if counted else words.NO_DATA
    return words.share(counted["met"], owed(counted))


def owed(counted: Counter[str]) -> int:
    """How many owe it."""
    return sum(counted.values()) - counted["advice"] - counted["not_applicable"]


def oldest(found: Mapping[Key, Answer], article: str) -> date | None:
    """Since when the longest of those that need a person do."""
    since = [each.since for (_, key), each in found.items() if key == article and each.state in _NEEDING]
    return min((each for each in since if each is not None), default=None)


def reach(score: Score) -> str:
    """How one institution stands to the target."""
    return "not_scored" if score.reaches is None else "reached" if score.reaches else "below"


def reaches(owed: int, met: int, target: int) -> str:
    """How a share of the weight stands to the target, without rounding."""
    return "not_scored" if not owed else "reached" if met * 1000 >= target * owed else "below"


def standing(
    year: Year, found: Mapping[Key, Answer], scored: Mapping[str, Score], codes: Iterable[str], day: date
) -> Standing:
    """Some of the institutions on a day."""
    listed = [code for code in codes if code in scored]
    owed, met = sum(scored[code].owed for code in listed), sum(scored[code].met for code in listed)
    return Standing(
        owed,
        met,
        reaches(owed, met, in_force(year, day)[1]),
        Counter(reach(scored[code]) for code in listed),
        sum(found[code, "at_risk"].state == "warned" for code in listed),
    )
