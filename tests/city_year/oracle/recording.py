"""Recording and keeping: 持續正常運作, 保存天數, 屆期銷毀, and what is about to break them."""

from dataclasses import replace
from datetime import date, datetime, timedelta

from tests.city_year import footage
from tests.city_year.days import ONE_DAY, at, day_of, office_days_later
from tests.city_year.events import Camera, Outage, Silence
from tests.city_year.oracle import hours
from tests.city_year.oracle.answers import NOT_APPLICABLE, Answer, Question, judged

ENOUGH = 0.995
# 無故中斷: no reason within three working days. The ledger is looked through for ninety days back.
_SETTLE_DAYS, _LEDGER = 3, timedelta(days=90)


def continuity(asked: Question) -> Answer:
    """Cameras that missed more than half a percent of what was due; who said nothing all day is not fine."""
    spans = hours.due(asked)
    if not spans or asked.told_at < spans[0][0] or not asked.cameras:
        return NOT_APPLICABLE
    if not heard(asked):
        return Answer("not_reported" if _had_spoken(asked) else "no_data", len(asked.cameras))
    shares = {camera.code: recorded_share(asked, camera) for camera in asked.cameras}
    wrong = [asked.day for owed, got in shares.values() if got < ENOUGH * owed]
    return judged(asked, "continuity", sum(owed > timedelta() for owed, _ in shares.values()), wrong)


def recorded_share(asked: Question, camera: Camera) -> tuple[timedelta, timedelta]:
    """How long a camera had to record by then, and how long it did."""
    told = footage.said(asked.year, camera, asked.told_at)
    assert told is not None
    over = told.until if told.recording and not _is_silent(asked) else asked.told_at
    owed = [(begins, min(ends, over)) for begins, ends in hours.due(asked) if begins < over]
    got = [
        (max(begins, first), min(ends, last))
        for begins, ends in owed
        for first, last in footage.recorded(asked.year, camera, asked.day, asked.told_at)
        if max(begins, first) < min(ends, last)
    ]
    return _length(owed), _length(got)


def _length(spans: list[footage.Span]) -> timedelta:
    return sum((ends - begins for begins, ends in spans), timedelta())


def _is_silent(asked: Question) -> bool:
    return footage.silence(asked.year, asked.school.code, asked.told_at) is not None


def _had_spoken(asked: Question) -> bool:
    """Whether the box had ever said anything by the end of the day."""
    return footage.enrolled_on(asked.year, asked.school.code) <= asked.day


def heard(asked: Question) -> bool:
    """Whether the box said anything of the day, on it or later."""
    if not _had_spoken(asked):
        return False
    quiet = footage.silence(asked.year, asked.school.code, asked.told_at)
    return quiet is None or quiet.begins > at(asked.day, "00:00")


def retention_min(asked: Question) -> Answer:
    """Cameras whose oldest footage is younger than it must be; a new one owes its own days."""
    today, wrong, found = day_of(asked.told_at), [], []
    for camera in asked.cameras:
        owed = max(footage.owed_since(asked.year, today), camera.since)
        oldest = footage.oldest(asked.year, camera, asked.told_at)
        found.append(oldest)
        if owed < today and (oldest is None or owed < oldest):
            wrong.append(oldest)
    if found and not any(found) and not wrong:
        return Answer("no_data", len(found))
    return judged(asked, "retention_min", len(found), wrong)


def at_risk(asked: Question) -> Answer:
    """A box out of contact for two days, or else cameras that have not recorded for one."""
    if asked.told_at < at(footage.enrolled_on(asked.year, asked.school.code), "00:05") and asked.cameras:
        return Answer("no_data", len(asked.cameras))
    quiet = footage.silence(asked.year, asked.school.code, asked.told_at)
    wrong: list[date | None] = []
    if quiet is not None and asked.told_at - quiet.begins >= timedelta(days=2) and asked.cameras:
        wrong = [day_of(quiet.begins)]
    else:
        told = [footage.said(asked.year, each, asked.told_at) for each in asked.cameras]
        down = [each.until for each in told if each and not each.recording]
        wrong += [day_of(since) for since in down if asked.told_at - since >= timedelta(days=1)]
    return judged(asked, "at_risk", len(asked.cameras), wrong)


def retention_max(asked: Question) -> Answer:
    """Days' footage that should have gone more than a day ago, and destruction that stands still for a day."""
    due = due_days(asked)
    wrong: list[date | None] = [day for day in due if (asked.day - day).days >= 1]
    if any(asked.told_at - at(day, "00:00") > timedelta(days=1) for day in due):
        wrong.append(None)
    return judged(asked, "retention_max", 1 if asked.cameras else 0, wrong)


def due_days(asked: Question) -> list[date]:
    """The days on which footage became due that is still there, once for each day's footage."""
    return [footage.due_on(asked.year, day) for day in footage.overdue(asked.year, asked.school.code, asked.told_at)]


def gaps(asked: Question) -> Answer:
    """Cameras with an interruption that nobody gave a reason for within three working days.

    An interruption is known from its box alone. Of a preschool only what it missed while it was open counts: then alone
    it has to record.
    """
    until = min(at(asked.day, "24:00"), asked.told_at)
    late: dict[str, date] = {}
    for camera, begins, ends, explained in interruptions(asked):
        if ends > until or ends <= until - _LEDGER or (explained is not None and explained <= until):
            continue
        for part in _owed_parts(asked, begins, ends):
            since = office_days_later(day_of(part), _SETTLE_DAYS) + ONE_DAY
            if since <= asked.day:
                late[camera] = min(since, late.get(camera, since))
    shown = [late[each.code] for each in asked.cameras if each.code in late]
    if asked.cameras and not shown and not _had_spoken(asked):
        return Answer("no_data", len(asked.cameras))
    return judged(asked, "gaps", len(asked.cameras), shown)


def owed_now(asked: Question) -> list[datetime]:
    """When each part ended of the interruptions that a reason is owed for at the moment, late or not."""
    return [
        part
        for _, begins, ends, explained in interruptions(asked)
        if asked.told_at - _LEDGER < ends <= asked.told_at and (explained is None or explained > asked.told_at)
        for part in _owed_parts(asked, begins, ends)
    ]


def _owed_parts(asked: Question, begins: datetime, ends: datetime) -> list[datetime]:
    """When each part of an interruption ended that fell in the hours that had to be recorded."""
    if not asked.school.is_preschool:
        return [ends]
    days = (day_of(begins) + number * ONE_DAY for number in range((ends - begins).days + 2))
    spans = [span for day in days for span in hours.due(replace(asked, day=day))]
    return [min(ends, last) for first, last in spans if max(begins, first) < min(ends, last)]


def interruptions(asked: Question) -> list[tuple[str, datetime, datetime, datetime | None]]:
    """Each interruption that a box told of, of a camera, with when a reason was given."""
    code = asked.school.code
    found = [(each.camera, each.begins, each.ends, each.explained) for each in asked.year.all(Outage, code)]
    for each in asked.year.all(Silence, code):
        if not each.records:
            there = [
                camera.code
                for camera in asked.year.all(Camera, code)
                if camera.since <= day_of(each.begins) and (camera.until is None or camera.until > day_of(each.ends))
            ]
            found += [(camera, each.begins, each.ends, None) for camera in there]
    return found
