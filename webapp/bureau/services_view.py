"""The services around the platform, in words: what answers, since when, and what nobody knows."""

import platform
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from infra import queue_watch, queues
from infra.queues import QueueDown
from tenants.platform import queries
from tenants.platform.models import Service, ServiceCheck
from tenants.platform.queries import RUN_LATE
from webapp.bureau.regulation_view import size
from webapp.bureau.todo_item import Item
from webapp.filters import percent

_BACKUP_LATE = timedelta(hours=36)
_LOW = 0.1
_NAMES: Mapping[Service, str] = {
    Service.STORE: "儲存服務",
    Service.MAIL: "郵件伺服器",
    Service.TIMESTAMPS: "時戳機構",
    Service.DISK: "worker 的暫存磁碟",
    Service.BACKUP: "資料庫備份",
}
_DEAD: Mapping[Service, str] = {
    Service.STORE: "儲存服務沒有回應，影像無法上傳與播放。請確認儲存服務與網路",
    Service.MAIL: "郵件伺服器沒有回應，通知信暫停；恢復後自動補寄。請確認郵件伺服器",
    Service.TIMESTAMPS: "時戳機構沒有回應；稽核軌跡先行存證，恢復後自動補蓋時戳。請洽時戳機構",
    Service.DISK: "worker 的暫存磁碟無法使用。請確認磁碟",
    Service.BACKUP: "最近一次資料庫備份失敗，請重新備份",
}
_NOT_YET = "worker 尚未探測過。"
_ABSENT: Mapping[Service, str] = {
    **dict.fromkeys(Service, _NOT_YET),
    Service.MAIL: "worker 沒有設定郵件伺服器，通知信不會寄出。",
    Service.TIMESTAMPS: "worker 沒有設定時戳機構，稽核軌跡沒有時戳。",
    Service.BACKUP: "備份完成後由備份程式執行 flask --app workers.app platform backed-up，本頁才會知道。",
}


@dataclass(frozen=True, kw_only=True)
class Line:
    """One service: its badge and what to know of it."""

    name: str
    badge: tuple[str, str]
    words: str
    checked_at: datetime | None


def lines(now: datetime) -> list[Line]:
    """Every service: those that this process speaks to itself, and those that a worker looked at."""
    seen = {Service(each.service): each for each in queries.services()}
    return [*_own(now), *(_line(service, seen.get(service), now) for service in Service)]


def warnings(now: datetime) -> Iterator[Item]:
    """What needs a person; that the worker is silent is told by the queues."""
    for each in queries.services():
        service = Service(each.service)
        if each.answers is False:
            yield Item(_DEAD[service], "#services", "", urgent=service is not Service.TIMESTAMPS)
        elif service is Service.BACKUP and now - each.checked_at > _BACKUP_LATE:
            yield Item("資料庫逾 36 小時沒有備份，請確認備份程式", "#services", "", urgent=True)
        elif _is_low(each):
            yield Item("worker 的暫存磁碟剩餘不到一成，請清理或擴充", "#services", "", urgent=True)


def versions() -> Sequence[tuple[str, str]]:
    """What runs, by name and version; for whoever is asked by a vendor or reads an advisory."""
    return [("PostgreSQL", queries.database_version()), ("Python", platform.python_version()), _queue_version()]


def _queue_version() -> tuple[str, str]:
    try:
        with queues.answering():
            name, _, version = queue_watch.server_version().partition(" ")
    except QueueDown:
        return "Valkey", "無資料"
    return name, version


def _own(now: datetime) -> Iterator[Line]:
    yield Line(name="資料庫", badge=("good", "有回應"), words="本頁由資料庫讀出。", checked_at=now)
    if queues.answers():
        yield Line(name="佇列服務", badge=("good", "有回應"), words="", checked_at=now)
    else:
        yield Line(name="佇列服務", badge=("bad", "沒有回應"), words="請確認 Valkey 是否執行。", checked_at=now)


def _line(service: Service, seen: ServiceCheck | None, now: datetime) -> Line:
    name = _NAMES[service]
    if seen is None or seen.answers is None:
        return Line(
            name=name,
            badge=("unknown", "無資料"),
            words=_ABSENT[service] if seen is not None or service is Service.BACKUP else _NOT_YET,
            checked_at=seen.checked_at if seen is not None else None,
        )
    if service is not Service.BACKUP and now - seen.checked_at > RUN_LATE:
        words = "逾 30 分鐘沒有探測，請確認 worker 與 cron 程序是否執行。"
        return Line(name=name, badge=("unknown", "無資料"), words=words, checked_at=seen.checked_at)
    if not seen.answers:
        return Line(name=name, badge=("bad", "異常"), words=f"{_DEAD[service]}。", checked_at=seen.checked_at)
    badge = ("warn", "空間不足") if _is_low(seen) else ("good", "完成" if service is Service.BACKUP else "有回應")
    return Line(name=name, badge=badge, words=_room(seen), checked_at=seen.checked_at)


def _room(seen: ServiceCheck) -> str:
    if seen.free is None or not seen.total:
        return ""
    return f"剩餘 {size(seen.free)}，共 {size(seen.total)}（{percent(seen.free / seen.total)}）。"


def _is_low(seen: ServiceCheck) -> bool:
    return seen.free is not None and bool(seen.total) and seen.free < (seen.total or 0) * _LOW
