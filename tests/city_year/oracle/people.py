"""What people owe: who is designated and bound, inspections, faults, and the accounts."""

from datetime import date, datetime

from tests.city_year.days import ONE_DAY, SETTLED, at, day_of, months_later, office_days_later, office_hours_later
from tests.city_year.events import Designation, Fault, Inspected, Interval, Person, Reviewed
from tests.city_year.oracle.answers import NOT_APPLICABLE, Answer, Question, judged

_YEAR = 365 * ONE_DAY


def designation(asked: Question) -> Answer:
    """At every moment one office or person is designated."""
    spells = asked.year.all(Designation, asked.school.code)
    if any(each.since <= asked.day and (each.until is None or asked.day < each.until) for each in spells):
        return judged(asked, "designation", 1, [])
    ended = [each.until for each in spells if each.until is not None and each.until <= asked.day]
    return judged(asked, "designation", 1, [max(ended, default=asked.day)])


def secrecy(asked: Question) -> Answer:
    """Everybody with the duty signed when they took it up, and again when they left; asked for a year long."""
    there = [each for each in asked.year.all(Person, asked.school.code) if each.since <= asked.day]
    bound = sum(each.until is None or each.until > asked.day for each in there)
    taken_up, left = unsigned(asked)
    return judged(asked, "secrecy", bound, [*taken_up, *left])


def unsigned(asked: Question) -> tuple[list[date], list[date]]:
    """Since when who has the duty, and who has left, did not sign."""
    taken_up, left = [], []
    for each in asked.year.all(Person, asked.school.code):
        if each.since > asked.day:
            continue
        is_there = each.until is None or each.until > asked.day
        if is_there and (each.signed is None or each.signed > asked.day):
            taken_up.append(each.since)
        signed = each.signed_leaving is not None and each.signed_leaving <= asked.day
        if each.until is not None and not is_there and asked.day - each.until <= _YEAR and not signed:
            left.append(each.until)
    return taken_up, left


def account_review(asked: Question) -> Answer:
    """The accounts are looked through once a year; no text asks it."""
    done = [each.on for each in asked.year.all(Reviewed, asked.school.code) if each.on <= asked.day]
    # The head had an account from the day on which the institution was entered.
    due = months_later(max(done, default=SETTLED), 12)
    return judged(asked, "account_review", 1, [due] if asked.day > due else [])


def inspection(asked: Question) -> Answer:
    """TY every six months; KH as the school decided, or each month. The month's last day where the day is missing."""
    if not asked.cameras:
        return NOT_APPLICABLE
    due, _ = next_inspection(asked)
    return judged(asked, "inspection", 1, [due + ONE_DAY] if asked.day > due else [])


def next_inspection(asked: Question) -> tuple[date, int]:
    """Its last day, and how many months lie between two; of a school that has cameras."""
    months = 1 if asked.school.is_preschool else 6
    for each in asked.year.all(Interval, asked.school.code):
        if each.since <= asked.day:
            months = each.months
    done = [each.on for each in asked.year.all(Inspected, asked.school.code) if each.on <= asked.day]
    return months_later(max(done, default=min(each.since for each in asked.cameras)), months), months


def open_faults(asked: Question) -> Answer:
    """What is broken at the moment, however early it is dealt with."""
    return judged(asked, "open_faults", 0, [day_of(each.opened) for each in open_now(asked)])


def open_now(asked: Question) -> list[Fault]:
    """The faults that nobody has ended."""
    return [each for each in asked.year.all(Fault, asked.school.code) if _is_open(each, asked.told_at)]


def faults(asked: Question) -> Answer:
    """Steps that are late by the default targets: taken up in 4 office hours, repaired in 3 days, looked at in one.

    That nobody was given it within one office hour counts where the plan names the office (計畫陸、一).
    """
    until = min(at(asked.day, "24:00"), asked.told_at)
    told = [each for each in asked.year.all(Fault, asked.school.code) if _is_open(each, until)]
    wrong = [day_of(due) for each in told for due in _late_steps(each, until, assigns=not asked.school.is_preschool)]
    return judged(asked, "faults", len(told), wrong)


def _is_open(fault: Fault, moment: datetime) -> bool:
    return fault.opened <= moment and (fault.ended is None or fault.ended > moment)


def _late_steps(fault: Fault, until: datetime, *, assigns: bool) -> list[datetime]:
    taken_up = fault.taken_up is not None and fault.taken_up <= until
    repaired = fault.repaired if fault.repaired is not None and fault.repaired <= until else None
    due = []
    if not taken_up:
        due += [office_hours_later(fault.opened, 1)] if assigns else []
        due.append(office_hours_later(fault.opened, 4))
    if repaired is None:
        due.append(at(office_days_later(day_of(fault.opened), 3), "17:00"))
    else:
        due.append(at(office_days_later(day_of(repaired), 1), "17:00"))
    return [each for each in due if each < until]
