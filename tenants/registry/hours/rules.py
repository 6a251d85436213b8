"""When a site is open: hours as they are typed, what may be entered when, and what holds on a civil day. Pure (DR-16).

Hours end at midnight: what goes on after it is the next day's, from 00:00, since duty is told by civil days (KH-5-3a).
"""

import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, time, timedelta
from enum import StrEnum
from itertools import pairwise

from tenants.errors import Invalid
from tenants.periods import LATE_UPLOAD_DAYS
from tenants.roc_dates import format_date

WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
WEEKDAY_NAMES = ("週一", "週二", "週三", "週四", "週五", "週六", "週日")
Periods = list[list[str]]
Weekly = dict[str, Periods]
# 本系統預設 for a day of which neither the bureau nor the school said when it is open: a preschool's day.
DEFAULT_WEEKLY: Weekly = {day: [["07:30", "18:00"]] for day in WEEKDAYS[:5]}
MIDNIGHT = "24:00"
# As long as footage of a day may still come its facts are taken anew each night; later nothing would change them.
LATE_ENTRY = timedelta(days=LATE_UPLOAD_DAYS)
FURTHEST_AHEAD = timedelta(days=400)
LONGEST_SPAN = timedelta(days=100)
_LONGEST = 200
_CLOCK = re.compile(r"([01]?\d|2[0-3]):[0-5]\d|24:00")
_PERIOD = re.compile(r"(?P<begin>\d{1,2}:\d{2})\s*(?:-|~|至|到)\s*(?P<end>\d{1,2}:\d{2})")
_DASHES = str.maketrans(dict.fromkeys("‐‑‒–—―−~～〜", "-"))


class Why(StrEnum):
    """What the hours of a civil day follow from."""

    CLOSURE = "closure"
    OWN_DAY = "own_day"
    MAKE_UP = "make_up"
    HOLIDAY = "holiday"
    VACATION = "vacation"
    WEEK = "week"


@dataclass(frozen=True, kw_only=True)
class Hours:
    """A version of a site's hours or of the template's."""

    weekly: Weekly
    care: Periods
    vacation: Weekly | None


@dataclass(frozen=True, kw_only=True)
class Special:
    """What the bureau's calendar says of a civil day for a district: a closure, a holiday, a make-up or a vacation."""

    why: Why
    name: str
    closed_from: time | None = None
    like_weekday: int | None = None


@dataclass(frozen=True, kw_only=True)
class DayHours:
    """When a site is open on a civil day, in Taipei time and in order; an end of None is midnight. `name` says why."""

    periods: Sequence[tuple[time, time | None]]
    why: Why
    name: str = ""

    @property
    def is_open(self) -> bool:
        """Whether it is open at all."""
        return bool(self.periods)


DEFAULT = Hours(weekly=DEFAULT_WEEKLY, care=[], vacation=None)


def day_hours(day: date, *, hours: Hours, specials: Sequence[Special], own: tuple[Periods, str] | None) -> DayHours:
    """What holds on a day. The bureau's closure goes before the site's own day, and that before the calendar."""
    found = _before_closure(day, hours=hours, specials=specials, own=own)
    closure = next((each for each in specials if each.why is Why.CLOSURE), None)
    if closure is None:
        return found
    kept = [] if closure.closed_from is None else _until(found.periods, closure.closed_from)
    return DayHours(periods=kept, why=Why.CLOSURE, name=closure.name)


def _before_closure(
    day: date, *, hours: Hours, specials: Sequence[Special], own: tuple[Periods, str] | None
) -> DayHours:
    if own is not None:
        return DayHours(periods=_read(own[0]), why=Why.OWN_DAY, name=own[1])
    by_kind = {each.why: each for each in specials}
    vacation = by_kind.get(Why.VACATION)
    weekly = hours.vacation if vacation is not None and hours.vacation is not None else hours.weekly
    if (make_up := by_kind.get(Why.MAKE_UP)) is not None:
        like = WEEKDAYS[make_up.like_weekday or 0]
        return DayHours(periods=_of_week(weekly, hours.care, like), why=Why.MAKE_UP, name=make_up.name)
    if (holiday := by_kind.get(Why.HOLIDAY)) is not None:
        return DayHours(periods=[], why=Why.HOLIDAY, name=holiday.name)
    periods = _of_week(weekly, hours.care, WEEKDAYS[day.weekday()])
    if vacation is not None:
        return DayHours(periods=periods, why=Why.VACATION, name=vacation.name)
    return DayHours(periods=periods, why=Why.WEEK)


def _of_week(weekly: Weekly, care: Periods, weekday: str) -> Sequence[tuple[time, time | None]]:
    periods = weekly.get(weekday, [])
    return _read([*periods, *care]) if periods else []


def _read(periods: Periods) -> Sequence[tuple[time, time | None]]:
    return [(time.fromisoformat(begin), _end(end)) for begin, end in sorted(periods)]


def _end(clock: str) -> time | None:
    return None if clock == MIDNIGHT else time.fromisoformat(clock)


def _until(periods: Sequence[tuple[time, time | None]], closed_from: time) -> Sequence[tuple[time, time | None]]:
    return [
        (begin, closed_from if end is None or end > closed_from else end)
        for begin, end in periods
        if begin < closed_from
    ]


def read_periods(typed: str, *, field: str) -> Periods:
    """Periods as they are typed, 07:30-12:00、13:00-18:00, in order; none for nothing. Raises `Invalid`."""
    plain = unicodedata.normalize("NFKC", typed).translate(_DASHES).strip()
    parts = [part.strip() for part in re.split(r"[、,;\n]", plain) if part.strip()]
    found = [_PERIOD.fullmatch(part) for part in parts]
    if not all(found):
        raise Invalid("時段請以二十四小時制填寫，例如 07:30-18:00；兩段以頓號分開。不開放請留白。", field=field)
    return checked_periods([[each["begin"], each["end"]] for each in found if each is not None], field=field)


def checked_periods(periods: Periods, *, field: str) -> Periods:
    """The same in order. Raises `Invalid` for a time that is none, an end before its start, and an overlap."""
    if not all(_CLOCK.fullmatch(clock) for each in periods for clock in each):
        raise Invalid("時間應在 00:00 至 24:00 之間，以二十四小時制填寫，例如 07:30-18:00。", field=field)
    ordered = sorted([begin.zfill(5), end.zfill(5)] for begin, end in periods)
    for begin, end in ordered:
        if begin >= end:
            raise Invalid(
                f"{begin} 至 {end}：結束須晚於開始。跨越午夜時請分兩日填寫：當日填到 24:00，翌日自 00:00 起。",
                field=field,
            )
    if _overlapping(ordered):
        raise Invalid("同一天的開放時間不可重疊。請合併或調整後再儲存。", field=field)
    return ordered


def checked_weekly(weekly: Mapping[str, Periods], *, care: Periods | None = None, field: str = "weekly") -> Weekly:
    """Hours by weekday without the closed days. Raises `Invalid`, also where extended care lies inside the hours."""
    if not set(weekly) <= set(WEEKDAYS):
        raise Invalid("開放時間的星期不正確。", field=field)
    checked = {day: checked_periods(periods, field=field) for day, periods in weekly.items() if periods}
    for day, periods in checked.items():
        if _overlapping(sorted([*periods, *(care or [])])):
            name = WEEKDAY_NAMES[WEEKDAYS.index(day)]
            raise Invalid(f"延長照顧時段與{name}的開放時間重疊。請只填開放時間以外的時段。", field="care")
    return checked


def _overlapping(ordered: Periods) -> bool:
    return any(later[0] < earlier[1] for earlier, later in pairwise(ordered))


def check_begin(effective_from: date, *, known: Sequence[date], earliest: date, field: str = "effective_from") -> None:
    """Raise `Invalid` for hours from a day that is over, too far ahead, or not after those that are known."""
    if effective_from < earliest:
        raise Invalid(f"生效日最早為{format_date(earliest)}，已過的日子仍依當時的開放時間計算。", field=field)
    if effective_from > earliest + FURTHEST_AHEAD:
        raise Invalid("生效日不可晚於一年後。請確認年份。", field=field)
    if known and effective_from <= max(known):
        raise Invalid(f"已有自{format_date(max(known))}起的開放時間，新的生效日應在其後。", field=field)


def check_days(first: date, last: date, *, note: str, today: date, field: str = "first_day") -> None:
    """Raise `Invalid` for days in the wrong order, too many, too long ago, or already begun without a word on why."""
    if last < first:
        raise Invalid("結束日不可早於開始日。", field="last_day")
    if last - first > LONGEST_SPAN or first > today + FURTHEST_AHEAD:
        raise Invalid("一次最多登記一百日，且不可晚於一年後。請確認年份。", field=field)
    if first < today - LATE_ENTRY:
        earliest = format_date(today - LATE_ENTRY)
        raise Invalid(f"最早可補登到{earliest}。更早的日子已結算，不再變更。", field=field)
    if first <= today and not note.strip():
        raise Invalid("這一天已經開始或已過，補登會改變應錄影的時段。請填寫補登原因，供稽核查閱。", field="note")


def check_withdrawal(first: date, *, note: str, today: date) -> None:
    """Raise `Invalid` where what is taken back is long over, or has begun and nobody says why."""
    if first < today - LATE_ENTRY:
        raise Invalid("這一天已結算，不再變更。如有錯誤，請洽平台維運人員。", field="note")
    if first <= today and not note.strip():
        raise Invalid("這一天已經開始或已過，撤回會改變應錄影的時段。請填寫撤回原因，供稽核查閱。", field="note")


def stated(text: str, *, field: str, sentence: str) -> str:
    """What was typed, trimmed. Raises `Invalid` with the sentence for nothing, and for too much."""
    if not text.strip():
        raise Invalid(sentence, field=field)
    if len(text.strip()) > _LONGEST:
        raise Invalid(f"最多 {_LONGEST} 字。", field=field)
    return text.strip()


def check_not_begun(effective_from: date, *, today: date) -> None:
    """Raise `Invalid` for hours that hold already: what was due under them stays due."""
    if effective_from <= today:
        raise Invalid(
            f"自{format_date(effective_from)}起的開放時間已生效，不能撤回。請登記新的版本。", field="effective_from"
        )


def checked_notice(notice: str, *, closed: bool) -> str:
    """The official notice that a day rests on, as it is stored. Raises `Invalid` for a closed day without one."""
    if closed and not notice.strip():
        raise Invalid(
            "停止開放須依主管機關公告。請填寫公告或公文的文號；沒有公告時不能登記停課。",
            field="notice",
            code="no_notice",
        )
    return notice.strip()


def check_free(taken: Sequence[date]) -> None:
    """Raise `Invalid` where a day has an entry of its own already: of two nobody could say which holds (DR-16)."""
    if taken:
        raise Invalid(f"{format_date(min(taken))}已登記過。同一天不能有兩筆，請先撤回原來的那一筆。", field="first_day")
