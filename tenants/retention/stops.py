"""Runs that stopped: found, shown, over when the plan changed, and let go by a second person."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import Select, select
from sqlalchemy.dialects.postgresql import insert

from infra import clock, queues
from infra.db import db
from infra.statements import made_once
from tenants.actor import Actor, ActorKind
from tenants.audit import actions as audit
from tenants.audit.events import Event
from tenants.errors import Invalid, InvalidTransition, NotAllowed, NotFound
from tenants.permissions import Permission
from tenants.retention import at_hand, plan_queries
from tenants.retention.models import DestructionStop, RetentionRun, StopKind
from tenants.retention.planning import MOST_AHEAD, MOST_DAYS, MOST_SHARE, Plan, Stop, plan

WHY: Mapping[StopKind, str] = {
    StopKind.CLOCK: "系統時鐘比資料庫、邊緣主機及前次作業所說的時間快，可能不正確。",
    StopKind.SHARE: f"一次將銷毀同一場所超過 {MOST_DAYS} 日且超過 {MOST_SHARE:.0%} 的錄影日，須由首長確認。",
}


def note_run(*, actor: Actor, tenant_id: UUID, now: datetime) -> Plan:
    """Write down that the law ran, open the stop of its plan or end the one that is true no more. Repeatable.

    A run whose clock nobody confirms is not written down: it would confirm the next one.
    """
    told = plan_queries.told(tenant_id=tenant_id, now=now)
    made = plan(plan_queries.facts(tenant_id=tenant_id, told=told))
    if told.ahead <= MOST_AHEAD:
        said = insert(RetentionRun).values(tenant_id=tenant_id, ran_at=told.now)
        db.session.execute(said.on_conflict_do_update(index_elements=["tenant_id"], set_={"ran_at": told.now}))
    found = open_stop(tenant_id=tenant_id, lock=True)
    if found is not None and (made.stop is None or not _is_same(found, made.stop)):
        found.over_at = clock.now()
        audit.record(
            Event.DESTRUCTION_STOP_OVER,
            tenant_id=tenant_id,
            actor=actor,
            subject_id=found.id,
            stop_id=str(found.id),
        )
        db.session.flush()  # there is one open stop at most, so the old one goes first
        found = None
    if found is None and made.stop is not None:
        _open(made.stop, actor=actor, tenant_id=tenant_id)
    return made


def release_stop(*, actor: Actor, tenant_id: UUID, stop_id: UUID, reason: str) -> DestructionStop:
    """Let the days of a stopped run go. Only those: another plan is another stop.

    Raises `Invalid` without a reason, and `InvalidTransition` when the stop is over.
    """
    actor.require(Permission.DESTRUCTION_RELEASE)
    if actor.kind is not ActorKind.PERSON:
        raise NotAllowed("暫停的銷毀作業應由首長本人核可。")
    found = _locked(tenant_id, stop_id)
    if found.over_at is not None:
        raise InvalidTransition("這次暫停已經結束，或銷毀計畫已變更。請重新整理頁面查看最新的計畫。")
    if not reason.strip():
        raise Invalid("請填寫核可的理由，例如主機停機數日，補行銷毀。", field="reason")
    found.reason, found.released_by = reason.strip(), actor.id
    found.released_at = found.over_at = clock.now()
    audit.record(
        Event.DESTRUCTION_STOP_RELEASED,
        tenant_id=tenant_id,
        actor=actor,
        subject_id=found.id,
        stop_id=str(found.id),
        days=found.days,
        reason=found.reason,
    )
    queues.enqueue_after_commit(db.session, queues.Job.SWEEP_TENANT, tenant_id=tenant_id)
    return found


def open_stop(*, tenant_id: UUID, lock: bool = False) -> DestructionStop | None:
    """The stop that waits for somebody, if there is one."""
    query, values = _open_one(tenant_id=tenant_id)
    if lock:
        return db.session.scalar(query.with_for_update(), values)
    return db.session.scalar(query, values) if at_hand.any_stop(tenant_id=tenant_id) else None


def stop(*, tenant_id: UUID, stop_id: UUID) -> DestructionStop:
    """One stop. Raises `NotFound`."""
    query = select(DestructionStop).where(DestructionStop.tenant_id == tenant_id, DestructionStop.id == stop_id)
    found = db.session.scalar(query)
    if found is None:
        raise NotFound
    return found


@made_once
def _open_one(*, tenant_id: UUID) -> Select[DestructionStop]:
    return select(DestructionStop).where(DestructionStop.tenant_id == tenant_id, DestructionStop.over_at.is_(None))


def _locked(tenant_id: UUID, stop_id: UUID) -> DestructionStop:
    query = select(DestructionStop).where(DestructionStop.tenant_id == tenant_id, DestructionStop.id == stop_id)
    found = db.session.scalar(query.with_for_update(), execution_options={"populate_existing": True})
    if found is None:
        raise NotFound
    return found


def _open(found: Stop, *, actor: Actor, tenant_id: UUID) -> None:
    made = DestructionStop(
        id=uuid4(),
        tenant_id=tenant_id,
        kind=found.kind,
        days=_plain(found),
        site=found.site,
        share=found.share,
        ahead_minutes=found.ahead_minutes,
        found_at=clock.now(),
    )
    db.session.add(made)
    audit.record(
        Event.DESTRUCTION_STOPPED,
        tenant_id=tenant_id,
        actor=actor,
        subject_id=made.id,
        stop_id=str(made.id),
        kind=made.kind,
        days=made.days,
        site=made.site,
    )


def _is_same(found: DestructionStop, now: Stop) -> bool:
    return found.kind == now.kind and found.days == _plain(now)


def _plain(found: Stop) -> list[list[Any]]:
    return [[each.day.isoformat(), each.retention_days] for each in found.days]
