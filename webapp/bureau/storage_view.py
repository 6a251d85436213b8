"""How full the store is and will be, in words: when somebody must act, and on what the numbers rest."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from flask import request, url_for

from infra import clock
from tenants.compliance.storage import queries, rules
from tenants.compliance.storage.models import StorageCapacity
from tenants.compliance.storage.queries import InstitutionStorage, Outlook
from tenants.compliance.storage.rules import HORIZONS, WARN_AT, Room
from tenants.roc_dates import format_date
from webapp.bureau.presenters import Point
from webapp.bureau.regulation_view import size
from webapp.bureau.todo_item import Item
from webapp.filters import percent
from webapp.paging import cut, page_number

PER_PAGE = 50
_HORIZON_NAMES = ("目前", "30 日後", "90 日後", "365 日後")
_CHART_STEP = 30
LEGEND = {"good": "未達 80%", "warn": "80% 以上", "bad": "90% 以上", "info": "未登記容量，以最高量為準"}
# A purchase under the Government Procurement Act takes about so long; sooner than that it is too late to order.
_SOON = timedelta(days=90)


@dataclass(frozen=True, kw_only=True)
class Page:
    """Everything the page shows. `figures` are words, value, note."""

    items: Sequence[Item]
    figures: Sequence[tuple[str, str, str]]
    points: Sequence[Point]
    lines: Sequence[InstitutionStorage]
    unknown: int
    guessed: int
    only_unknown: bool
    number: int
    has_more: bool
    capacities: Sequence[StorageCapacity]
    today: date

    def address(self, number: int) -> str:
        """The same list at another page."""
        kept: dict[str, Any] = {"listed": "unknown"} if self.only_unknown else {}
        return url_for("bureau.storage.show", page=number, **kept, _anchor="institutions")


def page() -> Page:
    """The city at this moment; the session is bound to the bureau."""
    today = clock.today()
    found, rooms = queries.outlook(today=today), queries.rooms()
    only_unknown = request.args.get("listed") == "unknown"
    listed = [each for each in found.institutions if each.unknown or not only_unknown]
    listed.sort(key=lambda each: (-(each.at[-1] or 0), -(each.at[0] or 0), each.district, each.institution))
    shown = cut(listed, page_number(), PER_PAGE)
    return Page(
        items=list(_items(found, rooms, today)),
        figures=[_figure(found, rooms, today, words, ahead) for words, ahead in _horizons()],
        points=_points(found.curve, rooms),
        lines=shown.lines,
        unknown=found.unknown,
        guessed=found.guessed,
        only_unknown=only_unknown,
        number=shown.number,
        has_more=shown.has_more,
        capacities=queries.capacities(),
        today=today,
    )


def warnings() -> list[Item]:
    """What of the store needs a person now, for the operator's first page."""
    today = clock.today()
    return list(_items(queries.outlook(today=today), queries.rooms(), today))


def _horizons() -> Iterator[tuple[str, int]]:
    yield from zip(_HORIZON_NAMES, HORIZONS, strict=True)


def _figure(found: Outlook, rooms: Sequence[Room], today: date, words: str, ahead: int) -> tuple[str, str, str]:
    total, room = found.at(ahead), rules.room_on(today + timedelta(days=ahead), rooms)
    note = f"容量 {size(room)} 的 {percent(total / room)}" if room and total is not None else ""
    return words, size(total), note


def _items(found: Outlook, rooms: Sequence[Room], today: date) -> Iterator[Item]:
    here = url_for("bureau.storage.show")
    if rules.room_on(today, rooms) is None:
        yield Item("尚未登記儲存容量，無法預測何時用罄。請登記目前的容量", f"{here}#capacity", "", urgent=False)
    elif found.at(0) is not None:
        yield from _reached(found.curve, rooms, today, here)
    if found.unknown:
        text = f"{found.unknown} 個場所近 14 日沒有錄存資料，未計入預測，實際所需可能更多"
        yield Item(text, f"{here}?listed=unknown#institutions", "", urgent=False)


def _reached(curve: Sequence[tuple[date, int]], rooms: Sequence[Room], today: date, here: str) -> Iterator[Item]:
    """The one warning that is nearest to full; a lower share is no news once a higher one is reached."""
    full = rules.reached(curve, rooms, share=1)
    if full is not None:
        text = "儲存空間已用罄" if full == today else f"儲存空間預計於{format_date(full)}用罄"
        yield Item(f"{text}，請擴充容量並登記", f"{here}#course", "", urgent=full <= today + _SOON)
        return
    for share in sorted(WARN_AT, reverse=True):
        day = rules.reached(curve, rooms, share=share)
        if day is not None:
            when = "已" if day == today else f"預計於{format_date(day)}"
            text = f"儲存空間{when}使用達 {percent(share)}，請評估擴充時程"
            yield Item(text, f"{here}#course", "", urgent=day == today and share == max(WARN_AT))
            return


def _points(curve: Sequence[tuple[date, int]], rooms: Sequence[Room]) -> list[Point]:
    shown = [*curve[::_CHART_STEP][:-1], curve[-1]]
    most = max((total for _, total in shown), default=0)
    return [_point(day, total, rules.room_on(day, rooms), most) for day, total in shown] if most else []


def _point(day: date, total: int, room: int | None, most: int) -> Point:
    if room is None:
        return Point(format_date(day), total / most, "info", size(total))
    share = total / room
    kind = "bad" if share >= WARN_AT[1] else "warn" if share >= WARN_AT[0] else "good"
    return Point(format_date(day), min(1, share), kind, f"{size(total)}（{percent(share)}）")
