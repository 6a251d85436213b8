"""The form of an answer, and which of the two texts asks what."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date, datetime

from tests.city_year.events import Camera, Closed, School
from tests.city_year.inventing import Year

# 應 in the KH directions (要點); all others are 宜, or this system's advice.
_KH_MUST = frozenset(
    (
        *("continuity", "retention_min", "at_risk", "retention_max", "agency_reply", "retained_copy", "local_policy"),
        *("gaps", "open_faults", "faults", "inspection", "calibration", "designation", "secrecy", "zones", "property"),
    )
)
# The TY plan says nothing of local measures, calibration, places or equipment (TY-X-1).
_TY_MUST = _KH_MUST - {"local_policy", "calibration", "zones"}
# What some text asks with 應, and what can be broken: the bureau weighs these and nothing else.
BINDING = tuple(sorted(_KH_MUST - {"at_risk", "open_faults"}))


@dataclass(frozen=True)
class Answer:
    """How one article stands: its state, how many were looked at, how many are wrong, and since when."""

    state: str
    of: int = 0
    wrong: int = 0
    since: date | None = None


NOT_APPLICABLE = Answer("not_applicable")


@dataclass(frozen=True)
class Question:
    """One institution on a civil day, as it was known at a moment."""

    year: Year
    school: School
    day: date
    told_at: datetime

    @property
    def is_closed(self) -> bool:
        """Whether the institution was no more on the day."""
        return any(each.since <= self.day for each in self.year.all(Closed, self.school.code))

    @property
    def cameras(self) -> list[Camera]:
        """Those in use on the day."""
        if self.is_closed:
            return []
        found = self.year.all(Camera, self.school.code)
        return [each for each in found if each.since <= self.day and (each.until is None or self.day < each.until)]

    def owes(self, article: str, answer: "Answer") -> bool:
        """Whether the text says 應, and there is anything to which it applies."""
        return self.must(article) and answer.state != "not_applicable"

    def must(self, article: str) -> bool:
        """Whether the text of this institution says 應."""
        return article in (_KH_MUST if self.school.is_preschool else _TY_MUST)


Rule = Callable[[Question], Answer]
WARNINGS = frozenset({"at_risk", "open_faults", "notices", "risen"})


def judged(asked: Question, article: str, of: int, wrong: Iterable[date | None]) -> Answer:
    """What of so many things is wrong, each with its day; None where it has none."""
    listed = list(wrong)
    since = min((day for day in listed if day is not None), default=None)
    of = max(of, len(listed))
    if not of:
        return NOT_APPLICABLE
    if not listed:
        return Answer("met", of)
    if article in WARNINGS:
        return Answer("warned", of, len(listed), since)
    return Answer("unmet" if asked.must(article) else "advice", of, len(listed), since)
