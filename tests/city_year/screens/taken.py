"""When each day was told last, and what had to be known of it then: past days on a page are as the nights left them."""

from collections.abc import Mapping
from datetime import date, datetime

from tests.city_year.days import ONE_DAY, day_of
from tests.city_year.inventing import Year
from tests.city_year.oracle import minute, scores, words
from tests.city_year.oracle.answers import Answer, Question
from tests.city_year.oracle.city import RULES, Key, answers
from tests.city_year.oracle.scores import Score

SHOWN = 40
# Their facts bear their own days, so that a day long past is told again with them; what else stood at a moment stays as
# it was told first.
_TOLD_AGAIN = frozenset(
    (
        *("continuity", "local_policy", "gaps", "faults", "inspection", "drill", "calibration", "designation"),
        *("secrecy", "zones", "hours", "account_review", "risen"),
    )
)


class Taken:
    """The moments at which each institution's days were told, and the city's."""

    def __init__(self, year: Year) -> None:
        """Nothing was told yet."""
        self.year = year
        self._told: dict[date, dict[str, datetime]] = {}
        self._first: dict[date, dict[str, datetime]] = {}
        self._over: set[date] = set()
        self._found: dict[tuple[date, datetime], Mapping[Key, Answer]] = {}

    def note(self, day: date, told_at: datetime, *, of: str = "", over: bool = False) -> None:
        """A day was told, at every institution or at one; `over`: the city was counted too, and the seconds kept."""
        codes = [of] if of else [each.code for each in self.year.schools]
        self._told.setdefault(day, {}).update(dict.fromkeys(codes, told_at))
        if day_of(told_at) <= day + ONE_DAY:
            self._first.setdefault(day, {}).update(dict.fromkeys(codes, told_at))
        if over:
            self._over.add(day)

    def past(self, today: date) -> list[date]:
        """The days that a chart shows, the oldest first."""
        return [today - back * ONE_DAY for back in range(SHOWN, 0, -1)]

    def found(self, day: date) -> Mapping[Key, Answer]:
        """Every article at every institution, each as it was told last; nothing of a day that nobody told."""
        told: dict[Key, Answer] = {}
        for code in self._told.get(day, {}):
            for key in RULES:
                known = self._answers(day, (self._told if key in _TOLD_AGAIN else self._first)[day][code])
                if (code, key) in known:
                    told[code, key] = known[code, key]
        return told

    def _answers(self, day: date, moment: datetime) -> Mapping[Key, Answer]:
        if (day, moment) not in self._found:
            self._found[day, moment] = answers(self.year, day, moment)
        return self._found[day, moment]

    def city(self, day: date) -> Mapping[Key, Answer]:
        """The same of a day that the city was counted for."""
        return self.found(day) if day in self._over else {}

    def coverage(self, code: str, day: date) -> str:
        """What the chart of an institution says of a day's recording."""
        if day not in self._over:
            return words.NO_DATA
        asked = self._asked(code, day)
        return minute.coverage(asked, asked.cameras)[1] if asked.cameras else words.NO_DATA

    def _asked(self, code: str, day: date) -> Question:
        (school,) = [each for each in self.year.schools if each.code == code]
        return Question(self.year, school, day, self._told[day][code])

    def scored(self, day: date, whole: str, *, city: bool = False) -> tuple[str, str]:
        """The score of a day as a chart says it, with how many were warned; of one institution, or of the city."""
        found = self.city(day) if city else {key: each for key, each in self.found(day).items() if key[0] == whole}
        if not found:
            return words.NO_DATA, words.NO_DATA
        score: Score = scores.scores(self.year, found, day)[whole]
        if not score.owed:
            return words.NO_DATA, words.NO_DATA
        warned = sum(key == "at_risk" and each.state == "warned" for (_, key), each in found.items())
        return words.share(score.met, score.owed), str(warned)
