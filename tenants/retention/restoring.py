"""After the database was restored from a backup: which days in it are alive by their rows and dead by their shares.

A dump from before a destruction brings the row's secret back, never the share. Such a day is entered as destroyed, with
what still shows that it was. Everything doubtful is told and left as it is: a store that lost its shares, or the wrong
bucket, must not look like a thousand destructions.
"""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from infra import clock, object_keys
from infra.objects import ObjectStore
from infra.shares import Expected
from tenants.actor import Actor
from tenants.audit import actions as audit
from tenants.audit import losses
from tenants.audit.events import Event
from tenants.audit.losses import Recorded
from tenants.errors import HeldByLaw
from tenants.footage import queries as footage
from tenants.footage.keys import day_lock
from tenants.footage.models import DayKey
from tenants.retention import destruction, plan_queries, rules
from tenants.retention.models import Destruction
from tenants.retention.rules import DayAndClass
from tenants.roc_dates import format_date

_NOTE = (
    "資料庫由備份還原後，本日的金鑰在資料庫中重新出現，但其另一份已不在儲存服務，無法開啟任何影像。"
    "原銷毀紀錄與證明如曾開立，不在還原的資料庫中；本紀錄為還原後補記。"
)


@dataclass(frozen=True)
class Compared:
    """What was entered as destroyed, what lacks its share and stays as it is with the reason, and strangers.

    `unknown` are shares of keys that the restored rows do not know: made after the dump, or of a run that died. `lost`
    are the events of which the store still has anchors, and the database nothing.
    """

    destroyed: tuple[Destruction, ...]
    missing: tuple[str, ...]
    unknown: int
    lost: Recorded | None = None


def compare_shares(
    *, actor: Actor, tenant_id: UUID, store: ObjectStore, also: Iterable[Expected], now: datetime
) -> Compared:
    """Enter the days whose time is over and whose share is gone as destroyed; tell everything else. Repeatable.

    `also` are the shares of holds and packages, which are only compared. When even one day that is still owed lacks its
    share, the store is what is damaged: then no day is entered. What the chain lost is written first.
    """
    today = clock.civil_day(plan_queries.told(tenant_id=tenant_id, now=now).now)
    lost_events = losses.record_loss(actor=actor, tenant_id=tenant_id, store=store)
    there = set(store.remnants(object_keys.shares_prefix(tenant_id=tenant_id)))
    keys = {_share(key): key for key in footage.day_keys(tenant_id=tenant_id, first=date.min, last=date.max)}
    lost = [key for share, key in keys.items() if key.wrapped_secret is not None and share not in there]
    others = list(also)
    missing = [f"{each.name}：金鑰的另一份不在儲存服務" for each in others if each.alive and each.share not in there]
    destroyed: list[Destruction] = []
    if all(rules.is_due(key.civil_day, key.retention_days, today) for key in lost):
        anchor = _last_anchor(tenant_id, store) if lost else None
        for key in lost:
            try:
                destroyed.append(_enter(key, actor=actor, anchor=anchor, now=now, store=store))
            except HeldByLaw as refused:
                missing.append(f"{_name(key)}：{refused}")
    else:
        missing += [f"{_name(key)}：另一份不在儲存服務，尚有未到期者，未登記銷毀" for key in lost]
    unknown = len(there - keys.keys() - {each.share for each in others})
    found = Compared(tuple(destroyed), tuple(missing), unknown, lost_events)
    audit.record(
        Event.KEYS_COMPARED,
        tenant_id=tenant_id,
        actor=actor,
        destroyed=len(found.destroyed),
        missing=len(found.missing),
        unknown=found.unknown,
        anchor=(anchor or {}).get("sha256", "") if destroyed else "",
    )
    return found


def _enter(
    key: DayKey, *, actor: Actor, anchor: dict[str, Any] | None, now: datetime, store: ObjectStore
) -> Destruction:
    return destruction.enter_lost(
        actor=actor,
        tenant_id=key.tenant_id,
        of=DayAndClass(day=key.civil_day, retention_days=key.retention_days),
        now=now,
        store=store,
        restored={"note": _NOTE, "noticed_at": clock.now().isoformat(), "last_anchor": anchor},
    )


def _last_anchor(tenant_id: UUID, store: ObjectStore) -> dict[str, Any] | None:
    """The newest head of the chain in the store: what is anchored after the dump was lost with the database."""
    names = [facts.key for facts in store.listing(object_keys.ledger_prefix(tenant_id=tenant_id))]
    if not names:
        return None
    return {"object": names[-1], "sha256": hashlib.sha256(store.get(names[-1])).hexdigest()}


def _share(key: DayKey) -> str:
    return day_lock(
        tenant_id=key.tenant_id, day=key.civil_day, retention_days=key.retention_days, recipient=key.recipient
    ).share


def _name(key: DayKey) -> str:
    return f"{format_date(key.civil_day)} {object_keys.retention_class(key.retention_days)}"
