"""檢查及保養紀錄: 附件3 of KH with thirteen lines a page, 附錄2 of TY with sixteen (KH-A3-*, TY-A2-*).

A cancelled line keeps its place and is struck through (KH-8-0). Number, period and page stand outside the frame.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from infra import clock
from tenants.forms.sheet import TEMPLATES, Imprint, Sheet, day_parts, frame, plain
from tenants.forms.wording import InspectionWording
from tenants.roc_dates import format_time, short_date

_DAY, _ANSWERS = ("年", "月", "日"), ("是", "否")
_LATE, _CANCELLED, _RECHECK = "補登", "作廢", "複查"
_MARGIN = "編號、註記"


@dataclass(frozen=True, kw_only=True)
class Signer:
    """Who inspected or looked again, and when they said so in the system; printed as words, never as an image."""

    name: str
    at: datetime


@dataclass(frozen=True, kw_only=True)
class InspectionRow:
    """One line, numbered within what is printed. `cancelled`: why it counts no more, empty while it does.

    Raises `ValueError` for a line that nobody signed, or of which a 否 says nothing in 備考 (KH-A3-07).
    """

    number: int
    inspected_on: date
    answers: tuple[bool, bool, bool]
    inspector: Signer
    remark: str
    rechecker: Signer | None = None
    late_entry: bool = False
    cancelled: str = ""

    def __post_init__(self) -> None:
        """Refuse a line that is not whole."""
        if not self.inspector.name:
            raise ValueError(f"line {self.number} is signed by nobody")
        if not all(self.answers) and not self.remark.strip():
            raise ValueError(f"line {self.number} says 否 and not why")


def inspection_sheet(
    wording: InspectionWording,
    rows: Sequence[InspectionRow],
    *,
    period: str,
    institution: str,
    short_name: str,
    imprint: Imprint,
) -> Sheet:
    """Every line on pages of the form, or one blank page when there is none. `period` such as `115年`."""
    starts = range(0, max(len(rows), 1), wording.rows)
    pages = [
        {
            "number": _page(period, index + 1, len(starts)) if rows else _page(),
            "lines": [_line(row, wording) for row in rows[start : start + wording.rows]],
        }
        for index, start in enumerate(starts)
    ]
    data = frame(title=wording.title.format(short_name=short_name), imprint=imprint) | {
        "annex": wording.annex,
        "annex_place": wording.annex_place,
        "institution": institution,
        "columns": wording.columns,
        "notes_title": wording.notes_title,
        "notes": wording.notes,
        "lines_per_page": wording.rows,
        "units": _DAY,
        "answers": _ANSWERS,
        "struck": _CANCELLED,
        "pages": pages,
    }
    return Sheet(template=TEMPLATES / wording.template, data=data, at=imprint.printed_at)


def _page(period: str = "", page: int = 0, pages: int = 0) -> str:
    """Outside the frame; with room for a pen on a blank form."""
    return f"{period}　第{page}頁／共{pages}頁" if pages else "期間：　　　　第　　頁／共　　頁"


def _line(row: InspectionRow, wording: InspectionWording) -> dict[str, Any]:
    """Every text of a line beside the name it bears on a continuation sheet, in the template's order."""
    *_, person, remark = ("".join(column) for column in wording.columns)
    ended = f"（{_CANCELLED}：{row.cancelled}）" if row.cancelled else ""
    marks = [str(row.number), *([_LATE] if row.late_entry else []), *([_CANCELLED] if row.cancelled else [])]
    texts = {
        person: _signed(row.inspector) + (f"\n{_RECHECK} {_signed(row.rechecker)}" if row.rechecker else ""),
        remark: f"{plain(row.remark)}{ended}",
        _MARGIN: "\n".join(marks),
    }
    return {
        "texts": list(texts.values()),
        "names": [f"第{row.number}列　{name}" for name in texts],
        "date": day_parts(row.inspected_on),
        "ticks": [[answer, not answer] for answer in row.answers],
        "struck": bool(row.cancelled),
    }


def _signed(who: Signer) -> str:
    return f"{who.name}\n電子簽核 {short_date(clock.civil_day(who.at))} {format_time(who.at)}"
