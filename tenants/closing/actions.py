"""Entering a closing, taking it back, carrying it out on its day, and naming another custodian. Each is recorded."""

from dataclasses import replace
from datetime import date, datetime
from uuid import UUID, uuid4

from infra import clock
from infra.db import db
from infra.tenancy import Binding, bound
from tenants.actor import Actor, ActorKind
from tenants.audit import actions as audit
from tenants.audit.events import Event
from tenants.closing import queries, rules
from tenants.closing.lifecycle import TRANSITIONS, Step, next_state
from tenants.closing.models import Closing, ClosingKind, ClosingState
from tenants.closing.rules import Decision, Successor
from tenants.errors import Invalid, InvalidTransition, NotAllowed, NotFound, refusals, refuse
from tenants.people import queries as people
from tenants.people import roles
from tenants.permissions import Permission, Role
from tenants.registry import device_queries as boxes
from tenants.registry import devices
from tenants.registry import queries as registry
from tenants.registry.models import Tenant, TenantKind
from tenants.registry.standing import is_closed


def schedule_closing(*, tenant_id: UUID, decision: Decision, actor: Actor) -> Closing:
    """Enter that an institution closes; from its day on nothing begins there, and what is left ends under a custodian.

    A day that has come is carried out at once. Nothing is copied to a successor: its head is let in here. Raises
    `Invalid` with the form's field, and `InvalidTransition` for an institution whose closing is entered already.
    """
    actor.require(TRANSITIONS[Step.SCHEDULE].permission)
    if actor.id is None:
        raise NotAllowed("停辦須由平台維運人員本人登記。")
    successor = _checked(tenant_id, decision)
    with bound(db.session, Binding(tenant_id=tenant_id)):
        tenant = registry.tenant_locked(tenant_id=tenant_id)
        held = queries.living(tenant_id=tenant_id)
        state = next_state(ClosingState(held.state) if held is not None else None, Step.SCHEDULE)
        made = _entered(tenant, decision, successor, state, actor.id)
        _record_scheduled(made, tenant_id, actor)
        if decision.effective_from <= clock.today():
            carry_out(tenant_id=tenant_id, today=clock.today(), actor=actor)
    bureau_id = registry.bureau().id
    with bound(db.session, Binding(tenant_id=bureau_id)):
        _record_scheduled(made, bureau_id, actor)
    return made


def withdraw_closing(*, tenant_id: UUID, actor: Actor) -> Closing:
    """Take a closing back before its day; the institution stays as it is."""
    actor.require(TRANSITIONS[Step.WITHDRAW].permission)
    if actor.id is None:
        raise NotAllowed("撤回停辦須由平台維運人員本人辦理。")
    with bound(db.session, Binding(tenant_id=tenant_id)):
        tenant = registry.tenant_locked(tenant_id=tenant_id)
        held = queries.living(tenant_id=tenant_id)
        if held is None:
            raise NotFound
        state = next_state(ClosingState(held.state), Step.WITHDRAW)
        if is_closed(tenant, clock.today()):
            raise InvalidTransition("停辦日已到，不能撤回。如停辦有誤，請洽教育局另行核准復辦。")
        held.state, held.withdrawn_at, held.withdrawn_by = state, clock.now(), actor.id
        tenant.closed_from = tenant.filmed_until = tenant.successor_id = None
        tenant.keeper = ""
        audit.record(
            Event.TENANT_CLOSING_WITHDRAWN,
            tenant_id=tenant_id,
            actor=actor,
            subject_id=held.id,
            closing_id=str(held.id),
        )
    return held


def carry_out(*, tenant_id: UUID, today: date, actor: Actor) -> bool:
    """Do what the day brings, if it has come: roles end, codes are withdrawn, the custodian is let in. Whether it did.

    The session is bound to the institution. A custodian who cannot be let in any more stops nothing: the closing
    stands, and the platform's list says that nobody keeps the papers.
    """
    actor.require(TRANSITIONS[Step.CARRY_OUT].permission)
    held = queries.due(tenant_id=tenant_id, today=today)
    if held is None:
        return False
    by, now = _service(actor, held), clock.now()
    held.state, held.carried_out_at = next_state(ClosingState(held.state), Step.CARRY_OUT), now
    ended, codes = roles.end_everybody(tenant_id=tenant_id, actor=by), _withdraw_codes(tenant_id, by, now)
    audit.record(
        Event.TENANT_CLOSED,
        tenant_id=tenant_id,
        actor=by,
        subject_id=held.id,
        closing_id=str(held.id),
        roles=ended,
        codes=codes,
    )
    if _may_keep(held):
        _let_in(held, user_id=held.custodian_id, document=held.document, actor=by)
    return True


def name_custodian(*, tenant_id: UUID, user_id: UUID, document: str, actor: Actor) -> None:
    """Let another person keep a closed institution's papers, by document, in place of whoever did.

    Raises `Invalid` for a person who may not, and `InvalidTransition` for an institution that is not closed.
    """
    actor.require(Permission.TENANT_MANAGE)
    with bound(db.session, Binding(tenant_id=tenant_id)):
        held = queries.living(tenant_id=tenant_id)
        if held is None or held.state != ClosingState.CARRIED_OUT:
            raise InvalidTransition("這個機構尚未停辦，沒有資料保管人。")
        if not document.strip():
            raise Invalid("請填寫指派保管人的公文文號。", field="document")
        rules.check_heads_successor(ClosingKind(held.kind), is_head_there=_heads(held.successor_id, user_id))
        _let_in(held, user_id=user_id, document=document.strip(), actor=actor)


def end_devices(*, tenant_id: UUID, today: date, actor: Actor) -> int:
    """Revoke the boxes of a closed institution once nothing that they could still send would be taken; how many.

    Until then they send what lay on their disks, so that closing loses no footage that must be kept. The session is
    bound to the institution.
    """
    actor.require(Permission.TENANT_MANAGE)
    held, tenant = queries.living(tenant_id=tenant_id), registry.tenant(tenant_id=tenant_id)
    if held is None or tenant.filmed_until is None or today < rules.devices_end_on(tenant.filmed_until):
        return 0
    left = queries.boxes_left(tenant_id=tenant_id)
    by = _service(actor, held)
    for box in left:
        devices.revoke(actor=by, tenant_id=tenant_id, device_id=box.id, now=clock.now())
    return len(left)


def _checked(tenant_id: UUID, decision: Decision) -> Successor | None:
    """The successor, once everything that was typed may be so. The fields are looked at in the form's order."""
    tenant, today = registry.tenant(tenant_id=tenant_id), clock.today()
    if tenant.kind == TenantKind.BUREAU:
        raise NotFound
    arriving = queries.arriving(tenant_id=tenant_id, today=today)
    found, day, kind = _successor(decision.successor_id), decision.effective_from, decision.kind

    def check_custodian() -> None:
        try:
            roles.check_custodian(user_id=decision.custodian_id)
        except Invalid as refused:
            raise Invalid(str(refused), field="custodian") from refused
        rules.check_heads_successor(kind, is_head_there=_heads(decision.successor_id, decision.custodian_id))

    refuse(
        refusals(
            lambda: rules.check_day(day, today=today),
            lambda: rules.check_document(decision.document, decision.document_date, today=today),
            lambda: rules.check_no_arrivals([each.name for each in arriving]),
            lambda: rules.check_successor(kind, found, own_id=tenant_id, effective_from=day),
            lambda: rules.checked_keeper(kind, decision.keeper, found),
            check_custodian,
        )
    )
    return found


def _entered(
    tenant: Tenant, decision: Decision, successor: Successor | None, state: ClosingState, decided_by: UUID
) -> Closing:
    tenant.closed_from = decision.effective_from
    tenant.filmed_until = rules.filmed_until(decision.effective_from, entered_at=clock.now())
    tenant.keeper = rules.checked_keeper(decision.kind, decision.keeper, successor)
    tenant.successor_id = decision.successor_id
    made = Closing(id=uuid4(), tenant_id=tenant.id, kind=decision.kind, state=state, keeper=tenant.keeper)
    made.effective_from, made.successor_id = decision.effective_from, decision.successor_id
    made.document, made.document_date = decision.document.strip(), decision.document_date
    made.custodian_id, made.decided_by = decision.custodian_id, decided_by
    db.session.add(made)
    db.session.flush()
    return made


def _record_scheduled(made: Closing, chain_of: UUID, actor: Actor) -> None:
    audit.record(
        Event.TENANT_CLOSING_SCHEDULED,
        tenant_id=chain_of,
        actor=actor,
        subject_id=made.tenant_id,
        closing_id=str(made.id),
        kind=made.kind,
        effective_from=made.effective_from.isoformat(),
        document=made.document,
        successor_id=str(made.successor_id) if made.successor_id else None,
    )


def _let_in(held: Closing, *, user_id: UUID, document: str, actor: Actor) -> None:
    roles.appoint_custodian(tenant_id=held.tenant_id, user_id=user_id, document=document, actor=actor)
    if held.successor_id is None:
        return
    with bound(db.session, Binding(tenant_id=held.successor_id)):  # what its head took over, its own chain says too
        audit.record(
            Event.CUSTODY_TAKEN,
            tenant_id=held.successor_id,
            actor=actor,
            subject_id=user_id,
            institution_id=str(held.tenant_id),
            document=document,
        )


def _service(actor: Actor, held: Closing) -> Actor:
    """The service itself, acting for the person who entered the closing: an operator enrols and revokes no boxes."""
    return replace(actor, kind=ActorKind.SYSTEM, id=held.decided_by, roles=frozenset())


def _may_keep(held: Closing) -> bool:
    """Whether who was named may still be let in: since then they may have left, or work elsewhere."""
    try:
        roles.check_custodian(user_id=held.custodian_id)
    except (Invalid, NotFound):
        return False
    return held.successor_id is None or _heads(held.successor_id, held.custodian_id)


def _withdraw_codes(tenant_id: UUID, actor: Actor, now: datetime) -> int:
    """No box enrols with a code that is out there."""
    codes = boxes.open_tokens(tenant_id=tenant_id, now=now)
    for code in codes:
        devices.withdraw_token(actor=actor, tenant_id=tenant_id, token_id=code.id, now=now)
    return len(codes)


def _successor(successor_id: UUID | None) -> Successor | None:
    if successor_id is None:
        return None
    found = registry.tenant(tenant_id=successor_id)
    is_bureau = found.kind == TenantKind.BUREAU
    return Successor(id=found.id, name=found.name, is_bureau=is_bureau, closed_from=found.closed_from)


def _heads(institution_id: UUID | None, user_id: UUID) -> bool:
    if institution_id is None:
        return False
    if is_closed(registry.tenant(tenant_id=institution_id), clock.today()):
        return True  # the successor closed too: nobody heads it, and the document names whom it will
    with bound(db.session, Binding(tenant_id=institution_id)):
        return people.current(tenant_id=institution_id, user_id=user_id, role=Role.HEAD) is not None
