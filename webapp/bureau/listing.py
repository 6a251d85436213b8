"""A list of the bureau's as a file: the one way from rows to CSV, ODS and PDF (DR-24, DR-30).

A file says what it is of, when its figures were computed, how, and by which filters; its name says no more than the
list and the day.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum

from flask import Response

from infra import clock, typesetting
from infra.spreadsheets import Row
from infra.typesetting_apart import numbered
from tenants.forms import Imprint, listing_sheet
from tenants.registry import queries as registry
from tenants.roc_dates import format_instant, short_date
from webapp import printouts
from webapp.identify import actor

# Far beyond what a city has institutions; a longer list is cut, and says so. Paper ends sooner, as nobody reads it.
MOST_ROWS, MOST_ON_PAPER = 20_000, 1_500
_ALL = "全部"


class Ending(StrEnum):
    """In which form a list is wanted."""

    CSV = "csv"
    ODS = "ods"
    PDF = "pdf"


@dataclass(frozen=True, kw_only=True)
class Listing:
    """A list. `asked` are its filters in words; `computed_at` is None where nothing was computed yet."""

    title: str
    definition: str
    computed_at: datetime | None
    asked: Sequence[tuple[str, str]]
    head: Sequence[str]
    rows: Sequence[Row]


def answer(listing: Listing, ending: Ending) -> Response:
    """The list as a file."""
    now = clock.now()
    name = f"{listing.title}-{short_date(clock.civil_day(now)).replace('/', '')}"
    if ending is Ending.PDF:
        return printouts.file(_paper(listing, now), media_type="application/pdf", name=f"{name}.pdf")
    rows = [[listing.title], *_facts(listing, MOST_ROWS), [], listing.head, *listing.rows[:MOST_ROWS]]
    return printouts.spreadsheet(rows, ending=ending, name=name, sheet=listing.title)


def _paper(listing: Listing, now: datetime) -> bytes:
    """A character that no font has stands there as its number: an odd label of one school costs nobody the list."""
    sheet = listing_sheet(
        title=listing.title,
        facts=_facts(listing, MOST_ON_PAPER),
        head=listing.head,
        rows=[[str(cell) for cell in row] for row in listing.rows[:MOST_ON_PAPER]],
        imprint=Imprint(institution=registry.bureau().name, printed_at=now, printed_by=actor().name),
    )
    return printouts.made(replace(sheet, data=numbered(sheet.data, typesetting.DEFAULT)))


def _facts(listing: Listing, most: int) -> list[tuple[str, str]]:
    computed = format_instant(listing.computed_at) if listing.computed_at is not None else "無資料"
    left = len(listing.rows) - most
    return [
        ("計算時間", computed),
        ("計算方式", listing.definition),
        ("篩選條件", "；".join(f"{name}：{word or _ALL}" for name, word in listing.asked) or _ALL),
        ("筆數", f"{len(listing.rows):,}" + (f"，只列前 {most:,} 筆，請以篩選條件縮小範圍" if left > 0 else "")),
    ]
