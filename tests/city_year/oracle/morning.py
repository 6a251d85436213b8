"""How each institution stands at a minute, and what the bureau has to hear in the morning: at most ten lines."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from tests.city_year import footage
from tests.city_year.days import at, day_of
from tests.city_year.events import School, Silence
from tests.city_year.inventing import Year
from tests.city_year.oracle import recording
from tests.city_year.oracle.answers import Answer, Question
from tests.city_year.oracle.city import Key

MOST, _FEW = 10, 3
# Footage that is being lost; what the law has broken; what is out of order; then papers, the oldest first.
_LOST = ("retention_min", "at_risk", "silent", "not_recording")
_BROKEN = ("retention_max", "never_heard", "agency_reply", "continuity")
# Of these somebody is called at once.
URGENT = frozenset({"retention_min", "at_risk", "retention_max"})
_ORDER = (*_LOST, *_BROKEN, "faults", "open_faults")


@dataclass(frozen=True)
class Matter:
    """One thing to do: of what, at which institutions, and how many days old the oldest is."""

    key: str
    schools: frozenset[str]
    days: int

    @property
    def rank(self) -> tuple[int, int, int]:
        """What stands before what."""
        place = _ORDER.index(self.key) if self.key in _ORDER else len(_ORDER)
        return place, -self.days, -len(self.schools)


def standings(year: Year, found: Mapping[Key, Answer], told_at: datetime) -> Mapping[str, str]:
    """Each institution's one word: silent, unknown, at fault, with something to do, fine or closed."""
    return {school.code: standing(Question(year, school, day_of(told_at), told_at), found) for school in year.schools}


def standing(asked: Question, found: Mapping[Key, Answer]) -> str:
    """The one word of an institution."""
    code = asked.school.code
    if asked.is_closed:
        return "closed"
    if asked.told_at < at(footage.enrolled_on(asked.year, code), "00:05"):
        return "no_data"
    if footage.silence(asked.year, code, asked.told_at) is not None:
        return "not_reported"
    broken = ("retention_min", "retention_max", "agency_reply", "retained_copy")
    if any(found[code, article].state == "unmet" for article in broken) or stopped(asked) or has_gap_today(asked):
        return "fault"
    return "to_do" if found[code, "agency_reply"].state == "met" else "fine"


def stopped(asked: Question) -> int:
    """Cameras that do not record at this minute, of a box that speaks."""
    told = [footage.said(asked.year, each, asked.told_at) for each in asked.cameras]
    return sum(each is not None and not each.recording for each in told)


def stopped_days(asked: Question) -> int:
    """For how many days the first of those does not."""
    told = [footage.said(asked.year, each, asked.told_at) for each in asked.cameras]
    return (day_of(asked.told_at) - min(day_of(each.until) for each in told if each and not each.recording)).days


def has_gap_today(asked: Question) -> bool:
    """Whether the day so far misses some of what its cameras owe."""
    shares = [recording.recorded_share(asked, camera) for camera in asked.cameras]
    owed, got = (sum(part, timedelta()) for part in zip(*shares, strict=True))
    return got < recording.ENOUGH * owed


def matters(year: Year, found: Mapping[Key, Answer], told_at: datetime) -> Sequence[Matter]:
    """All of them, the most pressing first. What more than three have is one matter."""
    split: list[Matter] = []
    for key, schools in _all(year, found, told_at).items():
        if len(schools) > _FEW:
            split.append(Matter(key, frozenset(schools), max(schools.values())))
        else:
            split += [Matter(key, frozenset({code}), days) for code, days in schools.items()]
    split.sort(key=lambda each: each.rank)
    return split


def shown(of_matters: int, others: int) -> int:
    """How many matters stand among the ten lines, beside what else asks for one and gets at most half of them."""
    return min(of_matters, max(MOST - others, MOST // 2))


def _all(year: Year, found: Mapping[Key, Answer], told_at: datetime) -> Mapping[str, Mapping[str, int]]:
    """By matter the institutions, and for how many days each has had it."""
    grouped: dict[str, dict[str, int]] = {}
    for (code, article), answer in found.items():
        if answer.state in {"unmet", "warned"}:
            days = (day_of(told_at) - answer.since).days if answer.since is not None else 0
            grouped.setdefault(article, {})[code] = days
    for school in year.schools:
        for key, days in _of_now(year, school, found, told_at):
            grouped.setdefault(key, {})[school.code] = days
    return grouped


def _is_warned(asked: Question, quiet: Silence) -> bool:
    """Whether the silence is told as the warning that footage will be lost: one failure is one matter (DR-31)."""
    return bool(asked.cameras) and asked.told_at - quiet.begins >= timedelta(days=2)


def _of_now(year: Year, school: School, found: Mapping[Key, Answer], told_at: datetime) -> Iterator[tuple[str, int]]:
    asked = Question(year, school, day_of(told_at), told_at)
    quiet = footage.silence(year, school.code, told_at)
    state = standing(asked, found)
    if state == "not_reported" and quiet is not None and not _is_warned(asked, quiet):
        yield "silent", (day_of(told_at) - day_of(quiet.begins)).days
    if state == "no_data":
        yield "never_heard", 0
    if state == "fault" and stopped(asked):
        yield "not_recording", stopped_days(asked)
