"""The queues in words: what waits for whom and since when, and what to do where nothing moves."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from flask import request, url_for

from infra import clock, queue_watch, queues
from infra.queue_turns import CITY, PLATFORM
from infra.queue_watch import LaneState, Overview, QueueState
from infra.queues import Queue, QueueDown
from tenants.registry import queries as registry
from webapp.bureau.todo_item import Item
from webapp.form_fields import id_or_none
from webapp.paging import cut, page_number

PER_PAGE = 50
QUEUE_NAMES: Mapping[Queue, tuple[str, str]] = {
    Queue.EVIDENCE: ("證據與保全", "保全複本、調閱複製檔、備查複製本、驗證碼：有人正在等候，最先執行。"),
    Queue.DEFAULT: ("一般", "核對上傳、通知信、例行巡檢、故障偵測。"),
    Queue.RETENTION: ("銷毀", "到期影像的銷毀與證明。"),
    Queue.COMPLIANCE: ("統計與稽核", "每日統計、稽核軌跡存證、儲存內容比對：最後執行。"),
}
# From how long a wait on somebody should look. The evening's round of a city takes the last queue an hour.
LATE: Mapping[Queue, timedelta] = {
    Queue.EVIDENCE: timedelta(minutes=15),
    Queue.DEFAULT: timedelta(minutes=30),
    Queue.RETENTION: timedelta(hours=2),
    Queue.COMPLIANCE: timedelta(hours=3),
}
_OF_PLATFORM = "平台本身"
_OF_CITY = "全市機構（一併處理）"


@dataclass(frozen=True, kw_only=True)
class LaneLine:
    """One institution at one queue."""

    queue: str
    name: str
    state: LaneState
    late: bool


@dataclass(frozen=True, kw_only=True)
class Page:
    """Everything the page shows; `overview` is None where the server does not answer."""

    overview: Overview | None
    items: Sequence[Item]
    lines: Sequence[LaneLine]
    chosen: Queue | None
    number: int
    has_more: bool
    now: datetime

    def address(self, number: int) -> str:
        """The same list at another page."""
        kept: dict[str, Any] = {"queue": self.chosen.value} if self.chosen else {}
        return url_for("bureau.queues.show", page=number, **kept, _anchor="lanes")


def page() -> Page:
    """The queues at this moment."""
    now, asked = clock.now(), request.args.get("queue", "")
    found, chosen = _overview(), Queue(asked) if asked in set(Queue) else None
    listed = [] if found is None else _lines(found, chosen, now)
    shown = cut(listed, page_number(), PER_PAGE)
    return Page(
        overview=found,
        items=list(_items(found, now)),
        lines=shown.lines,
        chosen=chosen,
        number=shown.number,
        has_more=shown.has_more,
        now=now,
    )


def warnings() -> list[Item]:
    """What of the queues needs a person now, for the operator's first page."""
    return list(_items(_overview(), clock.now()))


def _overview() -> Overview | None:
    try:
        with queues.answering():
            return queue_watch.overview()
    except QueueDown:
        return None


def _items(found: Overview | None, now: datetime) -> Iterator[Item]:
    here = url_for("bureau.queues.show")
    if found is None:
        words = "佇列服務沒有回應，作業暫停。請確認 Valkey 是否執行；恢復後巡檢會自動補送，不會遺失"
        yield Item(words, here, "", urgent=True)
        return
    if not found.workers:
        yield Item("沒有執行中的 worker 程序，所有作業停止。請啟動 worker", here, "", urgent=True)
    for state in found.queues:
        late = [lane for lane in state.lanes if _is_late(state.queue, lane, now)]
        if late:
            name, minutes = QUEUE_NAMES[state.queue][0], int(LATE[state.queue] / timedelta(minutes=1))
            words = f"「{name}」佇列有 {len(late)} 個機構等候逾 {minutes} 分鐘，請增加 worker 或查明停滯的作業"
            yield Item(words, f"{here}?queue={state.queue}#lanes", "", urgent=state.queue is Queue.EVIDENCE)


def _lines(found: Overview, chosen: Queue | None, now: datetime) -> list[LaneLine]:
    names = {each.id: each.name for each in registry.directory()}
    listed = [state for state in found.queues if chosen in {None, state.queue}]
    lines = [
        LaneLine(
            queue=QUEUE_NAMES[state.queue][0],
            name=_name(lane.lane, names),
            state=lane,
            late=_is_late(state.queue, lane, now),
        )
        for state in listed
        for lane in state.lanes
    ]
    return sorted(lines, key=lambda line: (not line.late, line.state.oldest or now, -line.state.waiting, line.name))


def _name(lane: str, names: Mapping[UUID, str]) -> str:
    if lane == PLATFORM:
        return _OF_PLATFORM
    if lane == CITY:
        return _OF_CITY
    found = id_or_none(lane)
    return names.get(found, "教育局") if found else _OF_PLATFORM


def _is_late(queue: Queue, lane: LaneState, now: datetime) -> bool:
    return lane.oldest is not None and now - lane.oldest > LATE[queue]


def described(state: QueueState) -> tuple[str, str]:
    """What a queue is called, and what it is for."""
    return QUEUE_NAMES[state.queue]


def age(since: datetime | None, now: datetime) -> str:
    """How long something has waited, as people say it."""
    if since is None:
        return "沒有等候"
    minutes = int((now - since) / timedelta(minutes=1))
    return f"{minutes // 60} 小時 {minutes % 60} 分" if minutes >= 60 else f"{minutes} 分"  # noqa: PLR2004 - of an hour
