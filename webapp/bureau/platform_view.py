"""What stands still on the platform, in words: what it is, since when, and who does what next."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from flask import url_for

from infra import clock
from infra.queues import Job
from tenants.actor import Actor
from tenants.audit import queries as audit
from tenants.audit.events import Event
from tenants.platform import queries
from tenants.platform.models import StoreCheck
from tenants.platform.queries import FACTS_LATE, Health, Standstill, Unanchored
from tenants.registry import queries as registry
from tenants.registry.agency_keys import queries as agency_keys
from webapp.audit_view import JOB_NAMES
from webapp.bureau import emergency_todo, quarantine, queues_view, services_view, storage_view
from webapp.bureau.todo_item import Item

# As many lines of a list as a person works off in a morning; its figure always tells how many there are.
MOST = 100
_KEY_EVENTS = (Event.MASTER_KEY_ADDED, Event.MASTER_KEY_USED, Event.MASTER_KEY_RETIRED)
_LISTS: Sequence[tuple[str, str, str]] = (
    ("runs", "個機構逾 30 分鐘沒有執行例行作業", "沒有執行例行作業的機構"),
    ("anchors", "個機構的稽核軌跡沒有昨日的錨定", "未錨定的稽核軌跡"),
    ("destructions", "項銷毀尚未出具證明", "待完成的銷毀"),
    ("holds", "項保全複製不出來，該日影像不會銷毀", "複製不出來的保全"),
    ("jobs", "項作業重試仍失敗", "重試仍失敗的作業"),
    ("areas", "個儲存區域逾 8 日沒有巡檢", "逾期未巡檢的儲存區域"),
)


@dataclass(frozen=True, kw_only=True)
class MasterKey:
    """One master key by its fingerprint, as the bureau's chain tells of it."""

    key_id: str
    is_current: bool
    since: datetime


@dataclass(frozen=True, kw_only=True)
class Page:
    """Everything that the operator's first page shows. `figures` are words, count and list."""

    health: Health
    items: Sequence[Item]
    figures: Sequence[tuple[str, int, str]]
    alarms: Sequence[str]
    keys: Sequence[MasterKey]
    services: Sequence[services_view.Line]
    versions: Sequence[tuple[str, str]]
    now: datetime


def page(actor: Actor) -> Page:
    """The platform at this moment, for one of its operators; the session is bound to the bureau."""
    now = clock.now()
    found, waiting = queries.health(now=now), emergency_todo.items(actor=actor, now=now)
    return Page(
        health=found,
        items=sorted([*waiting, *_items(found, now), *_around(now), *_others()], key=lambda item: not item.urgent),
        figures=[(words, len(getattr(found, name)), f"#{name}") for name, _sentence, words in _LISTS],
        alarms=[*_alarms(found.store)],
        keys=master_keys(),
        services=services_view.lines(now),
        versions=services_view.versions(),
        now=now,
    )


def job(found: Standstill) -> str:
    """What a job is called; one without a name keeps its code."""
    return JOB_NAMES[Job(found.what)] if found.what in set(Job) else found.what


def why(found: Unanchored) -> str:
    """What the last try said; that the operator be told need not be told to the operator."""
    return found.why.removesuffix("請立即通知平台維運人員。")


def master_keys() -> Sequence[MasterKey]:
    """The master keys that were added or used and not retired. Empty where the first one was never changed."""
    living: dict[str, MasterKey] = {}
    current = ""
    for event in audit.of_kinds(tenant_id=registry.bureau().id, kinds=_KEY_EVENTS):
        key_id = str(event.fields["key_id"])
        if event.event == Event.MASTER_KEY_RETIRED.key:
            living.pop(key_id, None)
            continue
        current = key_id if event.event == Event.MASTER_KEY_USED.key else current
        living[key_id] = MasterKey(key_id=key_id, is_current=False, since=event.at)
    return [
        MasterKey(key_id=each.key_id, is_current=each.key_id == current, since=each.since) for each in living.values()
    ]


def _items(found: Health, now: datetime) -> Iterator[Item]:
    if found.facts_at is not None and found.facts_at <= now - FACTS_LATE:
        yield Item("全市合規資料停止更新，請確認 worker 與 cron 程序是否執行", "#runs", "", urgent=True)
    for name, sentence, _words in _LISTS:
        count = len(getattr(found, name))
        if count:
            yield Item(f"{count} {sentence}", f"#{name}", "", urgent=True)


def _around(now: datetime) -> Iterator[Item]:
    """Services, queues and room, each told in full on a page or in a section of its own."""
    yield from services_view.warnings(now)
    yield from queues_view.warnings()
    yield from storage_view.warnings()


def _others() -> Iterator[Item]:
    """What waits for the operator and stands still for nobody's fault."""
    strays = quarantine.listed()
    if strays:
        past = sum(line.past_year is not None for line in strays)
        late = f"，其中 {past} 件已逾一年" if past else ""
        yield Item(f"{len(strays)} 件隔離的物件待查明{late}", url_for("bureau.quarantine.index"), "", urgent=bool(past))
    waiting = sum(agency.verified_at is None for agency in registry.agencies())
    if waiting:
        yield Item(f"{waiting} 個公務機關待核定", url_for("bureau.agencies"), "", urgent=False)
    keys = sum(key.confirmed_at is None for key in agency_keys.all_keys())
    if keys:
        yield Item(f"{keys} 把公務機關的收件公鑰待核定", url_for("bureau.agencies"), "", urgent=False)


def _alarms(store: StoreCheck | None) -> Iterator[str]:
    """What the store leaves to us alone, said at the head of the page."""
    if store is None:
        return
    if not store.lifecycle:
        yield "儲存服務沒有到期規則：除了本系統的銷毀作業，沒有別的機制會清除到期影像。請確認 worker 與 cron 持續執行。"
    if not store.object_lock:
        yield "儲存區沒有物件鎖定：掌有儲存服務管理帳號的人，可以改寫稽核錨定。請改用能鎖定的儲存服務。"
    for fault in store.faults or ():
        yield f"儲存區不符規定：{fault}"


def store_facts(store: StoreCheck) -> Mapping[str, str]:
    """What the store does, in words."""
    compared = "尚未比對，請執行 flask storage check"
    if store.faults is not None:
        fine = "符合規定" if store.lifecycle else "沒有到期規則可比對"
        compared = f"{len(store.faults)} 項不符" if store.faults else fine
    return {
        "到期規則": "有" if store.lifecycle else "沒有",
        "物件鎖定": "有" if store.object_lock else "沒有",
        "版本功能": "已開啟" if store.versioning else "未開啟",
        "與法定天數比對": compared,
    }
