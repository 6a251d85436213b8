"""What is in quarantine, who has to look at it, and how two persons let go of it. Nothing else ever removes it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

from sqlalchemy import ColumnElement, Select, exists, func, select

from infra import clock, object_keys, queues
from infra.db import db
from infra.objects import Form, NoSuchObject, ObjectStore
from infra.statements import made_once
from infra.together import Place, asked_together
from tenants import periods
from tenants.actor import Actor, ActorKind
from tenants.audit import actions as audit
from tenants.audit.events import Event
from tenants.errors import HeldByLaw, Invalid, InvalidTransition, NotAllowed, NotFound
from tenants.footage.areas import day_of
from tenants.footage.models import QuarantinedObject, StrayState
from tenants.footage.strays import OPEN
from tenants.permissions import BUREAU_ROLES, ROLE_NAMES, Permission, Role
from tenants.registry import queries as registry
from tenants.registry.models import Tenant, TenantKind
from tenants.registry.standing import is_closed
from tenants.roc_dates import format_date

_YEAR = timedelta(days=periods.YEAR_DAYS)
# Where the worker's own account may remove anything at all (infra/deploy/s3/worker.json).
_REMOVABLE = tuple(root for root in object_keys.ROOTS if root != "ledger/")


@dataclass(frozen=True)
class NeedsPerson:
    """Something that lies in the store past the year in which everything must be settled, and who has to see to it."""

    stray: QuarantinedObject
    owner: str
    since: datetime


def quarantined(
    *, tenant_id: UUID, state: StrayState | None = None, offset: int = 0, limit: int = 200
) -> list[QuarantinedObject]:
    """What is in quarantine, what was put there the longest ago first; in one state, or in any."""
    wanted = OPEN if state is None else OPEN & {state}
    query = select(QuarantinedObject).where(
        QuarantinedObject.tenant_id == tenant_id, QuarantinedObject.state.in_(wanted)
    )
    ordered = query.order_by(QuarantinedObject.modified_at, QuarantinedObject.key, QuarantinedObject.form)
    return list(db.session.scalars(ordered.offset(offset).limit(limit)))


def counts(*, tenant_id: UUID) -> Mapping[StrayState, int]:
    """How many objects are in quarantine, by state."""
    if not _any_open(tenant_id=tenant_id):
        return {}
    return {StrayState(state): count for state, count in db.session.execute(*_counts(tenant_id=tenant_id))}


@asked_together
def _any_open(tenant_id: Place) -> ColumnElement[bool]:
    return exists().where(QuarantinedObject.tenant_id == tenant_id, QuarantinedObject.state.in_(OPEN))


def needing_a_person(*, tenant_id: UUID, now: datetime) -> list[NeedsPerson]:
    """What nobody accounts for and is older than a year: it breaks the ceiling, and no machine may end it (KH-5-4a)."""
    owner = owner_of(registry.tenant(tenant_id=tenant_id), today=clock.civil_day(now))
    query = select(QuarantinedObject).where(
        QuarantinedObject.tenant_id == tenant_id,
        QuarantinedObject.state.in_(OPEN),
        QuarantinedObject.modified_at <= now - _YEAR,
    )
    rows = db.session.scalars(query.order_by(QuarantinedObject.modified_at))
    return [NeedsPerson(row, owner, row.modified_at + _YEAR) for row in rows]


def owner_of(tenant: Tenant, *, today: date) -> str:
    """Who has to see to what is in quarantine there."""
    if tenant.kind == TenantKind.BUREAU:
        return ROLE_NAMES[Role.OPERATOR]
    return ROLE_NAMES[Role.CUSTODIAN if is_closed(tenant, today) else Role.HANDLER]


def past_year_since(found: QuarantinedObject, *, now: datetime) -> datetime | None:
    """Since when an object breaks the ceiling; None while its year is not over."""
    over = found.modified_at + _YEAR
    return over if over <= now else None


def is_removable(found: QuarantinedObject) -> bool:
    """Whether this service may remove it at all; what lies elsewhere is for whoever administers the store."""
    return found.key.startswith(_REMOVABLE)


def kept_by_bureau(*, today: date) -> list[Tenant]:
    """Whose quarantine the bureau's people see to: their own, which has what lies under nobody's name, and the closed.

    An open institution sees to its own.
    """
    return [registry.bureau(), *(each for each in registry.directory() if is_closed(each, today))]


def stray(*, tenant_id: UUID, stray_id: UUID) -> QuarantinedObject:
    """One object, in quarantine or not. Raises `NotFound`."""
    query = select(QuarantinedObject).where(QuarantinedObject.tenant_id == tenant_id, QuarantinedObject.id == stray_id)
    found = db.session.scalar(query)
    if found is None:
        raise NotFound
    return found


def propose(*, actor: Actor, tenant_id: UUID, stray_id: UUID, reason: str) -> QuarantinedObject:
    """The first of two persons: say why a quarantined object may go.

    Raises `Invalid` without a reason, `InvalidTransition` for one that is not waiting, `HeldByLaw` while footage of
    its day must still be kept, and `NotFound` for the bureau's people at an institution that is open.
    """
    _require_person(actor, tenant_id)
    stray = _locked(tenant_id, stray_id)
    if stray.state != StrayState.QUARANTINED:
        raise InvalidTransition("這個物件已不在隔離中，或已有人提出銷毀。請重新整理頁面查看最新狀態。")
    if not reason.strip():
        raise Invalid("請填寫為何可以銷毀這個物件。", field="reason")
    _refuse_what_must_stay(stray)
    stray.state, stray.reason = StrayState.PROPOSED, reason.strip()
    stray.proposed_at, stray.proposed_by = clock.now(), actor.id
    audit.record(
        Event.STRAY_PROPOSED,
        tenant_id=tenant_id,
        actor=actor,
        subject_id=stray.id,
        stray_id=str(stray.id),
        key=stray.key,
        form=stray.form,
        reason=stray.reason,
    )
    return stray


def approve(*, actor: Actor, tenant_id: UUID, stray_id: UUID) -> QuarantinedObject:
    """The second person agrees; a worker then destroys the object. Raises `NotAllowed` for the one who proposed it."""
    _require_person(actor, tenant_id)
    stray = _locked(tenant_id, stray_id)
    if stray.state != StrayState.PROPOSED:
        raise InvalidTransition("這個物件沒有待核定的銷毀。請重新整理頁面查看最新狀態。")
    if stray.proposed_by == actor.id:
        raise NotAllowed("提出銷毀的人不能自己核定。請由另一位有權限的人核定。")
    stray.state, stray.approved_at, stray.approved_by = StrayState.APPROVED, clock.now(), actor.id
    audit.record(Event.STRAY_APPROVED, tenant_id=tenant_id, actor=actor, subject_id=stray.id, stray_id=str(stray.id))
    queues.enqueue_after_commit(db.session, queues.Job.DESTROY_STRAY, tenant_id=tenant_id, stray_id=stray.id)
    return stray


def withdraw(*, actor: Actor, tenant_id: UUID, stray_id: UUID) -> QuarantinedObject:
    """Take a proposal back: the object stays in quarantine. Raises `InvalidTransition` unless one is waiting."""
    _require_person(actor, tenant_id)
    stray = _locked(tenant_id, stray_id)
    if stray.state != StrayState.PROPOSED:
        raise InvalidTransition("這個物件沒有待核定的銷毀。請重新整理頁面查看最新狀態。")
    _back_to_quarantine(stray)
    audit.record(Event.STRAY_WITHDRAWN, tenant_id=tenant_id, actor=actor, subject_id=stray.id, stray_id=str(stray.id))
    return stray


def approved(*, tenant_id: UUID) -> list[UUID]:
    """What two persons let go and is still there (for the sweep)."""
    query = select(QuarantinedObject.id).where(
        QuarantinedObject.tenant_id == tenant_id, QuarantinedObject.state == StrayState.APPROVED
    )
    return list(db.session.scalars(query))


def destroy(*, actor: Actor, tenant_id: UUID, stray_id: UUID, store: ObjectStore, is_accounted: bool) -> None:
    """Remove what two persons let go, and nothing else under its key. Repeatable.

    When a row has come to account for the object meanwhile (`is_accounted`), it stays and leaves quarantine; when other
    bytes lie there than those the two saw, it goes back to where it was.
    Raises `InvalidTransition` unless two persons agreed.
    """
    stray = _locked(tenant_id, stray_id)
    if stray.state == StrayState.DESTROYED:
        return
    if stray.state != StrayState.APPROVED:
        raise InvalidTransition("銷毀隔離的物件，須由一人提出、另一人核定。")
    if stray.form == Form.OBJECT and is_accounted:
        stray.state, stray.ended_at = StrayState.CLAIMED, clock.now()
        audit.record(Event.STRAYS_SETTLED, tenant_id=tenant_id, actor=actor, area=stray.area, claimed=1, gone=0)
        return
    if stray.form == Form.OBJECT:
        if _is_another(stray, store):
            _back_to_quarantine(stray)
            audit.record(Event.STRAY_REPLACED, tenant_id=tenant_id, actor=actor, subject_id=stray.id, key=stray.key)
            return
        store.destroy([stray.key])
    else:
        store.destroy_leftovers(stray.key)
    stray.state, stray.ended_at = StrayState.DESTROYED, clock.now()
    audit.record(
        Event.STRAY_DESTROYED,
        tenant_id=tenant_id,
        actor=actor,
        subject_id=stray.id,
        stray_id=str(stray.id),
        form=stray.form,
        bytes=stray.size,
    )


@made_once
def _counts(*, tenant_id: UUID) -> Select[str, int]:
    return (
        select(QuarantinedObject.state, func.count())
        .where(QuarantinedObject.tenant_id == tenant_id, QuarantinedObject.state.in_(OPEN))
        .group_by(QuarantinedObject.state)
    )


def _back_to_quarantine(stray: QuarantinedObject) -> None:
    stray.state, stray.reason = StrayState.QUARANTINED, ""
    stray.proposed_at = stray.proposed_by = stray.approved_at = stray.approved_by = None


def _is_another(stray: QuarantinedObject, store: ObjectStore) -> bool:
    try:
        facts = store.facts(stray.key)
    except NoSuchObject:
        return False
    return (facts.bytes, facts.md5) != (stray.size, stray.md5)


def _require_person(actor: Actor, tenant_id: UUID) -> None:
    actor.require(Permission.STRAY_DESTROY)
    if actor.kind is not ActorKind.PERSON or actor.id is None:
        raise NotAllowed("隔離的物件只能由人決定銷毀。")
    if actor.roles <= BUREAU_ROLES and tenant_id not in {each.id for each in kept_by_bureau(today=clock.today())}:
        raise NotFound


def _locked(tenant_id: UUID, stray_id: UUID) -> QuarantinedObject:
    query = select(QuarantinedObject).where(QuarantinedObject.tenant_id == tenant_id, QuarantinedObject.id == stray_id)
    found = db.session.scalar(query.with_for_update(), execution_options={"populate_existing": True})
    if found is None:
        raise NotFound
    return found


def _refuse_what_must_stay(stray: QuarantinedObject) -> None:
    if not is_removable(stray):
        raise HeldByLaw("稽核錨定與本系統目錄以外的物件，不由本系統移除。請洽平台維運人員以儲存服務的管理帳號處理。")
    found = day_of(stray.area)
    if found is not None and clock.now() < periods.deletable_from(found.day, found.retention_days):
        until = format_date(periods.destroyable_on(found.day, found.retention_days))
        raise HeldByLaw(f"這個物件屬於仍須保存的日期，{until}起始得銷毀。")
