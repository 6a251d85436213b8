"""民國 dates and clock times as people type and read them; everything stored is UTC (DR-21, requirements section 8.1).

Forms print 年 月 日 時 分 in boxes of their own, so `parts` gives numbers and no page cuts a string apart.
"""

import calendar
import re
import unicodedata
from datetime import date, datetime, timedelta

from infra import clock
from tenants.errors import Invalid

_FIRST_YEAR = 1912
_OFFSET = _FIRST_YEAR - 1
# No letter or recording of this system is older; a smaller year is nearly always a slip such as 15 for 115.
_UNLIKELY_BEFORE = 90
_MONTHS = 12
_LAST_HOUR, _LAST_MINUTE = 24, 59

_SEPARATED = re.compile(
    r"(?P<before>民國前)?(?:民國)?(?P<year>元|[0-9]{1,4})[/\-.年](?P<month>[0-9]{1,2})[/\-.月](?P<day>[0-9]{1,2})日?"
)
_PACKED = re.compile(r"(?P<before>)(?P<year>[0-9]{2,4})(?P<month>[0-9]{2})(?P<day>[0-9]{2})")
_TIME = re.compile(r"(?P<hour>[0-9]{1,2})[:時](?P<minute>[0-9]{2})(?:[:分](?P<second>[0-9]{2})?秒?)?")
_PACKED_TIME = re.compile(r"(?P<hour>[0-9]{2})(?P<minute>[0-9]{2})(?P<second>)")


class BadDate(Invalid):
    """A date that was not accepted. `suggestion` is what was probably meant, ready to be put into the field."""

    def __init__(self, message: str, *, field: str, code: str = "", suggestion: str = "") -> None:
        super().__init__(message, field=field, code=code)
        self.suggestion = suggestion


def parse_date(text: str, *, field: str = "", confirmed: bool = False) -> date:
    """The civil day of `115/11/20`, `115-11-20`, `115.11.20`, `1151120`, `民國115年11月20日`, half or full width.

    Raises `BadDate`: code `ad_year` with the converted date as suggestion, `unlikely_year` unless `confirmed`.
    """
    plain = re.sub(r"\s+", "", unicodedata.normalize("NFKC", text))
    match = _SEPARATED.fullmatch(plain) or _PACKED.fullmatch(plain)
    if match is None:
        raise BadDate("看不懂這個日期。請以民國年輸入，例如 115/11/20。", field=field)
    year = 1 if match["year"] == "元" else int(match["year"])
    month, day = int(match["month"]), int(match["day"])
    if match["before"] or year == 0:
        raise BadDate("日期應在民國元年以後。請以民國年輸入，例如 115/11/20。", field=field)
    if year >= 1000:  # noqa: PLR2004 - four digits: nobody alive writes a 民國 year so
        raise _ad_year(year, month, day, field)
    _check(year, month, day, field)
    if year < _UNLIKELY_BEFORE and not confirmed:
        raise BadDate(f"民國{year}年是西元{year + _OFFSET}年，請確認年份是否正確。", field=field, code="unlikely_year")
    return date(year + _OFFSET, month, day)


def parse_instant(day: date, text: str, *, field: str = "") -> datetime:
    """The instant, in UTC, of a Taipei clock time such as `09:05`, `0905` or `9時05分` on a civil day.

    `24:00` is the first instant of the next day. Raises `BadDate`.
    """
    plain = re.sub(r"\s+", "", unicodedata.normalize("NFKC", text))
    match = _TIME.fullmatch(plain) or _PACKED_TIME.fullmatch(plain)
    if match is None:
        raise BadDate("看不懂這個時間。請以二十四小時制輸入，例如 09:05。", field=field)
    hour, minute, second = int(match["hour"]), int(match["minute"]), int(match["second"] or 0)
    past_midnight = hour == _LAST_HOUR and (minute or second)
    if hour > _LAST_HOUR or past_midnight or minute > _LAST_MINUTE or second > _LAST_MINUTE:
        raise BadDate("時間應在 00:00 至 24:00 之間。", field=field)
    return clock.day_start(day) + timedelta(hours=hour, minutes=minute, seconds=second)


def roc_year(day: date) -> int:
    """The 民國 year of a civil day; zero and below are years before 1912."""
    return day.year - _OFFSET


def this_year() -> int:
    """The 民國 year of today, in which numbers begin again and whose volume of the register is open."""
    return roc_year(clock.today())


def parts(day: date) -> tuple[int, int, int]:
    """Year, month and day for the boxes of a form."""
    return roc_year(day), day.month, day.day


def format_date(day: date) -> str:
    """`民國115年11月20日`, and `民國前1年12月31日` for 1911."""
    year = roc_year(day)
    era = f"民國{year}年" if year > 0 else f"民國前{1 - year}年"
    return f"{era}{day.month}月{day.day}日"


def roc_month(day: date) -> str:
    """`民國115年11月`."""
    return format_date(day).partition("月")[0] + "月"


def day_and_month(day: date) -> str:
    """`11月20日`, where the year is said beside it."""
    return f"{day.month}月{day.day}日"


def short_date(day: date) -> str:
    """`115/11/20`: what a form's field shows and takes back."""
    return f"{roc_year(day)}/{day.month:02}/{day.day:02}"


def format_time(instant: datetime) -> str:
    """`09:05` in Taipei, with seconds only where they are not zero."""
    local = instant.astimezone(clock.TAIPEI)
    return local.strftime("%H:%M:%S" if local.second else "%H:%M")


def format_instant(instant: datetime) -> str:
    """`民國115年11月21日 09:05`."""
    return f"{format_date(clock.civil_day(instant))} {format_time(instant)}"


def format_second(instant: datetime) -> str:
    """`民國115年11月20日 10:00:05`, also of a whole minute: a moment of a film, as the player writes it."""
    return f"{format_date(clock.civil_day(instant))} {instant.astimezone(clock.TAIPEI):%H:%M:%S}"


def format_span(start: datetime, end: datetime) -> str:
    """`民國115年11月20日 09:55 至 10:30`; the second day is named when it differs. Midnight at the end reads 24:00."""
    first, last = clock.civil_day(start), clock.civil_day(end)
    if end == clock.day_start(first + timedelta(days=1)):
        return f"{format_instant(start)} 至 24:00"
    return f"{format_instant(start)} 至 {format_time(end) if first == last else format_instant(end)}"


def _check(year: int, month: int, day: int, field: str) -> None:
    if not 1 <= month <= _MONTHS:
        raise BadDate("月份應為1至12。", field=field)
    days = calendar.monthrange(year + _OFFSET, month)[1]
    if not 1 <= day <= days:
        raise BadDate(f"{year}年{month}月只有{days}日。", field=field)


def _ad_year(year: int, month: int, day: int, field: str) -> BadDate:
    suggestion = f"{year - _OFFSET}/{month:02}/{day:02}" if year >= _FIRST_YEAR else ""
    return BadDate(
        f"請輸入民國年（{year - _OFFSET}）。" if suggestion else "請輸入民國年，例如 115/11/20。",
        field=field,
        code="ad_year",
        suggestion=suggestion,
    )
