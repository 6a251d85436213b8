"""Every article of an institution on a day, and the city counted from them."""

from collections import Counter
from collections.abc import Mapping
from datetime import date, datetime

from tests.city_year.days import at
from tests.city_year.inventing import Year
from tests.city_year.oracle import equipment, hours, papers, people, recording, told
from tests.city_year.oracle.answers import Answer, Question, Rule

RULES: Mapping[str, Rule] = {
    "continuity": recording.continuity,
    "retention_min": recording.retention_min,
    "at_risk": recording.at_risk,
    "retention_max": recording.retention_max,
    "agency_reply": papers.agency_reply,
    "retained_copy": papers.retained_copy,
    "local_policy": papers.local_policy,
    "gaps": recording.gaps,
    "open_faults": people.open_faults,
    "faults": people.faults,
    "inspection": people.inspection,
    "drill": equipment.drill,
    "calibration": equipment.calibration,
    "equipment": equipment.equipment,
    "designation": people.designation,
    "secrecy": people.secrecy,
    "zones": equipment.zones,
    "hours": papers.hours,
    "property": equipment.property_ledger,
    "origin": equipment.origin,
    "account_review": people.account_review,
    "notices": told.notices,
    "risen": told.risen,
}
Key = tuple[str, str]


def answers(year: Year, day: date, told_at: datetime) -> Mapping[Key, Answer]:
    """By institution and article; an institution that is closed owes nothing any more."""
    asked = [Question(year, school, day, told_at) for school in year.schools]
    return {
        (each.school.code, article): rule(each)
        for each in asked
        if not each.is_closed
        for article, rule in RULES.items()
    }


def counts(year: Year, found: Mapping[Key, Answer], day: date) -> Counter[tuple[str, str, str, str, str]]:
    """How many stand how with each article, by district as it was called then, kind and ownership."""
    schools = {each.code: each for each in year.schools}
    counted: Counter[tuple[str, str, str, str, str]] = Counter()
    for (code, article), answer in found.items():
        school = schools[code]
        district = hours.district(Question(year, school, day, at(day, "24:00")))
        counted[article, district, school.kind, school.ownership, answer.state] += 1
    return counted
