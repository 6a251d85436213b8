"""Letters, holds, the school's own measures, and its opening hours."""

from datetime import date

from tests.city_year.days import SETTLED, day_of, office_days_later
from tests.city_year.events import Hold, Letter, PolicyPassed
from tests.city_year.oracle import hours as open_hours
from tests.city_year.oracle.answers import NOT_APPLICABLE, Answer, Question, judged

# 普通件: six office days after the day on which it came.
_ORDINARY = 6


def agency_reply(asked: Question) -> Answer:
    """Letters that wait for an answer, and whether one is past its day; several late ones are told as one number."""
    found = waiting(asked)
    late = [each for each in found if due(each) < day_of(asked.told_at)]
    return judged(asked, "agency_reply", len(found), [None] if late else [])


def waiting(asked: Question) -> list[Letter]:
    """The letters without an answer."""
    told = asked.year.all(Letter, asked.school.code)
    return [
        each for each in told if each.filed <= asked.told_at and (each.replied is None or each.replied > asked.told_at)
    ]


def due(letter: Letter) -> date:
    """The day by which a letter is answered."""
    return office_days_later(day_of(letter.filed), _ORDINARY)


def retained_copy(asked: Question) -> Answer:
    """What is kept back, of letters too, and whether its review is past."""
    kept = holds(asked)
    late = any(each.review_on < day_of(asked.told_at) for each in kept)
    return judged(asked, "retained_copy", len(kept) + len(waiting(asked)), [None] if late else [])


def holds(asked: Question) -> list[Hold]:
    """What is kept back by hand."""
    return [
        each
        for each in asked.year.all(Hold, asked.school.code)
        if each.placed <= asked.told_at and (each.released is None or each.released > asked.told_at)
    ]


def local_policy(asked: Question) -> Answer:
    """要點第二點 asks that a meeting passes the school's own measures; the plan for schools does not."""
    if not asked.school.is_preschool:
        return NOT_APPLICABLE
    passed = any(each.on <= asked.day for each in asked.year.all(PolicyPassed, asked.school.code))
    return judged(asked, "local_policy", 1, [] if passed else [None])


def hours(asked: Question) -> Answer:
    """Who must record while it is open says when that is; a school records always."""
    if not asked.school.is_preschool:
        return NOT_APPLICABLE
    return judged(asked, "hours", 1, [] if open_hours.said(asked) else [SETTLED])
