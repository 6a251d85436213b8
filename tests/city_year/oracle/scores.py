"""The score of an institution, a district and the city: the weight met of the weight owed (ADR 0057)."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from tests.city_year.days import at
from tests.city_year.events import Weighed
from tests.city_year.inventing import Year
from tests.city_year.oracle import hours
from tests.city_year.oracle.answers import BINDING, Answer, Question

NOT_MET = frozenset({"unmet", "not_reported", "no_data"})
CITY = ""


@dataclass(frozen=True)
class Score:
    """Weights. `reaches`: whether so much is met as the bureau asks for; None where nothing is owed."""

    owed: int
    met: int
    reaches: bool | None


def scores(year: Year, found: Mapping[tuple[str, str], Answer], day: date) -> Mapping[str, Score]:
    """By code of an institution, by name of a district as it was called on the day, and of the city."""
    weights, target = in_force(year, day)
    schools = {each.code: Question(year, each, day, at(day, "24:00")) for each in year.schools}
    owed: Counter[str] = Counter()
    met: Counter[str] = Counter()
    for (code, article), answer in found.items():
        asked = schools[code]
        for whole in (code, hours.district(asked), CITY):
            is_owed = weights.get(article, 0) * asked.owes(article, answer)
            owed[whole] += is_owed
            met[whole] += is_owed * (answer.state not in NOT_MET)
    return {
        whole: Score(weight, met[whole], met[whole] * 1000 >= target * weight if weight else None)
        for whole, weight in owed.items()
    }


def in_force(year: Year, day: date) -> tuple[Mapping[str, int], int]:
    """The bureau's weights of the day, and which share is to be met, in thousandths.

    Before its first version all weigh the same, and all is to be met.
    """
    told = [each for each in year.all(Weighed) if each.since <= day]
    if not told:
        return dict.fromkeys(BINDING, 1), 1000
    last = max(told, key=lambda each: each.since)
    return dict(last.weights), last.target
