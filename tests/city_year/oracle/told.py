"""Whether people can be told, and what nobody did after they were told (ADR 0059)."""

from datetime import date, datetime, timedelta

from tests.city_year.days import ONE_DAY, at, day_of, office_days_later
from tests.city_year.events import Addressed, MailReturned, Person, RightsAsked
from tests.city_year.notices import ANSWER_DAYS, LOOKED, RISES_AFTER, next_look
from tests.city_year.oracle.answers import Answer, Question, judged


def notices(asked: Question) -> Answer:
    """Who has a duty and gets no notice: without an address, or whose last mail came back. A warning."""
    wrong: list[date | None] = []
    people = asked.year.all(Person, asked.school.code)
    there = ["head", *(each.key for each in people if _is_there(each, asked.told_at))]
    for key in there:
        if not _has_address(asked, key):
            wrong.append(None)
        elif (since := _returned(asked, key)) is not None:
            wrong.append(since)
    return judged(asked, "notices", len(there), wrong)


def _is_there(person: Person, moment: datetime) -> bool:
    return at(person.since, "00:00") <= moment and (person.until is None or moment < at(person.until, "00:00"))


def _has_address(asked: Question, key: str) -> bool:
    typed = asked.year.all(Addressed, asked.school.code)
    return any(each.key == key and each.at <= asked.told_at for each in typed)


def _returned(asked: Question, key: str) -> date | None:
    """The day of the last mail, where it came back."""
    mails: list[tuple[datetime, bool]] = []
    for each in asked.year.all(MailReturned, asked.school.code):
        if each.key == key:
            mails.append((each.at, True))
            mails += [(each.arrived, False)] if each.arrived is not None else []
    last = max((mail for mail in mails if mail[0] <= asked.told_at), default=None)
    return day_of(last[0]) if last is not None and last[1] else None


def risen(asked: Question) -> Answer:
    """What is three office days late after its people were told, and no other article tells. A warning."""
    late = [each for each in asked.year.all(RightsAsked, asked.school.code) if _is_risen(asked, each)]
    return judged(asked, "risen", 0, [each.on + (ANSWER_DAYS + 1) * ONE_DAY for each in late])


def _is_risen(asked: Question, request: RightsAsked) -> bool:
    """From the office's morning on which it is so late, until the first after the answer."""
    seen = min(asked.told_at, at(asked.day, "24:00") - timedelta(microseconds=1))
    rises = office_days_later(request.on + ANSWER_DAYS * ONE_DAY, RISES_AFTER)
    answered = request.answered
    if at(rises, LOOKED) > seen or (answered is not None and answered <= at(rises, LOOKED)):
        return False
    return answered is None or seen < at(next_look(day_of(answered) + ONE_DAY), LOOKED)
