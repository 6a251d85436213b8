"""How templates write dates and shares: 民國 and Taipei time, and 無資料 where nothing is known (DR-21, DR-30)."""

from datetime import date, datetime

from flask import Flask

from infra.age_keys import name_of
from tenants import working_days
from tenants.compliance.rules import COVERAGE_NAMES, Coverage
from tenants.registry import phones
from tenants.roc_dates import day_and_month, format_date, format_instant, format_second, format_span, format_time

NO_DATA = "無資料"
_MEGABYTE = 1024 * 1024


def init_app(app: Flask) -> None:
    """Make the filters known to every template."""
    app.jinja_env.filters.update(
        roc_date=roc_date, roc_due=working_days.format_due, roc_instant=roc_instant, percent=percent, number=number
    )
    app.jinja_env.filters.update(coverage=coverage, target=target, day_and_month=day_and_month)
    app.jinja_env.filters.update(
        roc_minute=roc_minute, roc_span=roc_span, roc_clock=roc_clock, roc_second=format_second
    )
    app.jinja_env.filters.update(dialled=phones.dialled, file_size=file_size, key_name=name_of)


def roc_date(day: date | None) -> str:
    """民國115年11月20日."""
    return NO_DATA if day is None else format_date(day)


def roc_instant(instant: datetime | None) -> str:
    """民國115年11月20日 10:00 in Taipei."""
    return NO_DATA if instant is None else format_instant(instant)


def roc_minute(instant: datetime | None) -> str:
    """民國115年11月20日 10:00, without seconds: for what people do, as against what is evidence."""
    return NO_DATA if instant is None else format_instant(instant.replace(second=0, microsecond=0))


def roc_clock(instant: datetime) -> str:
    """10:00, of a day that is already said."""
    return format_time(instant.replace(second=0, microsecond=0))


def roc_span(span: tuple[datetime, datetime]) -> str:
    """民國115年11月20日 09:55 至 10:30."""
    return format_span(*span)


def percent(share: float | None) -> str:
    """A share of one as 97.2 %, cut and never rounded up: 99.96 % is not 100 %."""
    return NO_DATA if share is None else f"{int(share * 1000) / 10:.1f} %"


def target(thousandths: int) -> str:
    """A target as 95.0 %, from the thousandths in which it is kept."""
    return f"{thousandths // 10}.{thousandths % 10} %"


def coverage(share: float | None, state: Coverage) -> str:
    """A share of recorded time, or why there is none: unknown, not begun and not due are different words."""
    return percent(share) if state is Coverage.KNOWN else COVERAGE_NAMES[state]


def number(value: int | None) -> str:
    """12,410."""
    return NO_DATA if value is None else f"{value:,}"


def file_size(count: int) -> str:
    """1.2 MB or 12 KB, from bytes; never 0 of what is there."""
    return f"{count / _MEGABYTE:.1f} MB" if count >= _MEGABYTE else f"{-(-count // 1024)} KB"
