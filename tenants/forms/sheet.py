"""What a form is made of when it leaves this package: a template, its data, and the foot outside the official frame."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any

from infra import clock
from tenants.roc_dates import format_time, parts, roc_year, short_date

TEMPLATES = Path(__file__).parent / "templates"
# In points. The width leaves 附錄1 its place beside a title that stands in the middle.
_TITLE_SIZE, _TITLE_WIDTH = 20, 390
# What stands at the end of a box that was too small, and at the head of the sheet that goes on.
_MORE, _CONTINUED = "…（接續頁）", "續頁"


@dataclass(frozen=True, kw_only=True)
class Imprint:
    """The foot (section 12, item 10). `case` is its number, empty on a blank form; the file bears `printed_at` too."""

    institution: str
    printed_at: datetime
    printed_by: str
    case: str = ""


@dataclass(frozen=True, kw_only=True)
class Sheet:
    """A form ready to typeset: the arguments of `infra.typesetting.typeset`, in its order."""

    template: Path
    data: Mapping[str, Any]
    at: datetime


def frame(*, title: str, imprint: Imprint) -> dict[str, Any]:
    """What every template finds in its data."""
    printed = f"{short_date(clock.civil_day(imprint.printed_at))} {format_time(imprint.printed_at)}"
    number = [f"案號 {imprint.case}"] if imprint.case else []
    return {
        "title": title,
        "title_size": min(_TITLE_SIZE, _TITLE_WIDTH // len(title)),
        "box": "□",
        "ticked": "已勾選",
        "more": _MORE,
        "continued": _CONTINUED,
        "foot": {
            "words": [imprint.institution, *number, f"列印時間 {printed}", f"列印者 {imprint.printed_by}"],
            "page": ["第", "page", "頁／共", "pages", "頁"],
        },
    }


def day_parts(day: date | None) -> list[str]:
    """The numbers before 年, 月 and 日; empty ones on a blank form."""
    return ["", "", ""] if day is None else [str(part) for part in parts(day)]


def minute_parts(instant: datetime | None) -> list[str]:
    """The numbers before 年, 月, 日, 時 and 分 of a Taipei clock; empty ones on a blank form."""
    if instant is None:
        return [""] * 5
    local = instant.astimezone(clock.TAIPEI)
    return [*day_parts(local.date()), f"{local.hour:02}", f"{local.minute:02}"]


def plain(typed: str) -> str:
    """What somebody typed over several lines, with one kind of line break, and tabulators as spaces."""
    return "\n".join(typed.splitlines()).replace("\t", " ")


def written(instant: datetime) -> str:
    """`115年11月20日 10:05`: the forms print the word 民國 at the application's date and nowhere else."""
    day = clock.civil_day(instant)
    return f"{roc_year(day)}年{day.month}月{day.day}日 {format_time(instant)}"


def written_span(start: datetime, end: datetime) -> str:
    """`115年11月18日 10:05至10:35`, with the second day where it is another."""
    until = format_time(end) if clock.civil_day(start) == clock.civil_day(end) else written(end)
    return f"{written(start)}至{until}"
