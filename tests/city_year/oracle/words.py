"""How a person reads a day, a moment, a share and a length of time (DR-21, DR-30): in our own spelling of it."""

from datetime import date, datetime, timedelta, timezone

NO_DATA = "無資料"
_TAIPEI = timezone(timedelta(hours=8))
_BEFORE = 1911


def day(told: date | None) -> str:
    """民國115年8月1日."""
    return NO_DATA if told is None else f"民國{told.year - _BEFORE}年{told.month}月{told.day}日"


def short(told: date) -> str:
    """115/08/01, as a chart names a day."""
    return f"{told.year - _BEFORE}/{told.month:02}/{told.day:02}"


def clock(moment: datetime) -> str:
    """07:40 in Taipei, with the seconds only where there are any."""
    local = moment.astimezone(_TAIPEI)
    return local.strftime("%H:%M:%S" if local.second else "%H:%M")


def moment(told: datetime | None) -> str:
    """民國115年8月1日 07:40."""
    return NO_DATA if told is None else f"{day(told.astimezone(_TAIPEI).date())} {clock(told)}"


def share(got: int, owed: int) -> str:
    """The tenth of a percent that is reached, never rounded up; nothing of nothing is not known."""
    return f"{got * 1000 // owed / 10:.1f} %" if owed else NO_DATA


def thousandths(told: int) -> str:
    """A target."""
    return f"{told / 10:.1f} %"


def lasting(length: timedelta) -> str:
    """Days and hours, or hours and minutes within the first day; 0 分 of nothing."""
    minutes = length // timedelta(minutes=1)
    days, hours, rest = minutes // 1440, minutes // 60 % 24, minutes % 60
    words = [f"{days} 日" if days else "", f"{hours} 時" if hours else "", f"{rest} 分" if not days else ""]
    return " ".join(each for each in words if each)
