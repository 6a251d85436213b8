"""When a site had to record on a day: a school always (計畫肆、三), a preschool while it is open (要點第五點第三款)."""

from tests.city_year.days import at
from tests.city_year.events import DistrictRenamed, HoursChange, Typhoon
from tests.city_year.footage import Span
from tests.city_year.oracle.answers import Question

# Neither the school nor the bureau said: Monday to Friday, half past seven to six.
SYSTEM_HOURS = ("07:30", "18:00")
_SATURDAY = 5


def district(asked: Question) -> str:
    """What its district was called on the day."""
    found = asked.school.district
    for each in asked.year.all(DistrictRenamed):
        if each.since <= asked.day and each.former == found:
            found = each.name
    return found


def due(asked: Question) -> list[Span]:
    """The spans of the day."""
    if asked.is_closed:
        return []
    if not asked.school.is_preschool:
        return [(at(asked.day, "00:00"), at(asked.day, "24:00"))]
    shut = any(each.on == asked.day and each.district in {"", district(asked)} for each in asked.year.all(Typhoon))
    if shut or asked.day.weekday() >= _SATURDAY:
        return []
    opens = asked.school.opens or SYSTEM_HOURS
    for each in asked.year.all(HoursChange, asked.school.code):
        if each.since <= asked.day:
            opens = each.opens
    return [(at(asked.day, opens[0]), at(asked.day, opens[1]))]


def said(asked: Question) -> bool:
    """Whether anybody said when it is open."""
    changes = asked.year.all(HoursChange, asked.school.code)
    return asked.school.opens is not None or any(each.since <= asked.day for each in changes)
