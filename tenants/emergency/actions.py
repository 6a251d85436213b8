"""Asking for an emergency access, agreeing to it, using it, ending and reviewing it (infra/decisions/0060).

What the bureau's people do stands in the institution's chain, which cannot be asked not to be told, and in their own.
"""

from dataclasses import replace
from datetime import timedelta
from uuid import UUID, uuid4

from infra import clock
from infra.db import db
from infra.queues import Job, enqueue_after_commit
from infra.tenancy import Binding, bound
from tenants import numbering
from tenants.actor import Actor, person
from tenants.audit import actions as audit
from tenants.audit.events import Event
from tenants.emergency import queries, rules
from tenants.emergency.lifecycle import TRANSITIONS, Step, needed_for, next_state
from tenants.emergency.models import EmergencyAccess, EmergencyState, Ending, Scope
from tenants.emergency.notices import Notice
from tenants.errors import Invalid, NotFound, refuse
from tenants.people import queries as people
from tenants.people.invitations import actions as invitations
from tenants.people.invitations.models import AccountInvitation, Occasion
from tenants.permissions import BUREAU_ROLES, Permission
from tenants.registry import queries as registry
from tenants.registry.models import TenantKind
from tenants.working_days import working_days_after


def request(*, actor: Actor, tenant_id: UUID, scope: str, hours: int | None, reason: str) -> EmergencyAccess:
    """Ask for an access to an institution. Raises `Invalid`, also while another waits or is open there."""
    actor.require(needed_for(Step.REQUEST))
    if registry.tenant(tenant_id=tenant_id).kind == TenantKind.BUREAU:
        raise NotFound
    refuse(rules.request_faults(scope=scope, hours=hours, reason=reason))
    with bound(db.session, Binding(tenant_id=tenant_id)):
        serial, now = numbering.next_of("緊存", EmergencyAccess, tenant_id=tenant_id), clock.now()
        settle(actor=actor, tenant_id=tenant_id)
        if queries.living(tenant_id=tenant_id) is not None:
            raise Invalid("這個機構已有一件待核可或開放中的緊急存取，一次只能有一件。請先結束該件。", field="tenant")
        made = EmergencyAccess(id=uuid4(), tenant_id=tenant_id, serial=serial, scope=scope, reason=reason.strip())
        made.state, made.hours = next_state(None, Step.REQUEST), hours or rules.MOST_HOURS
        made.requested_at, made.requested_by, made.approve_by = now, person(actor), now + rules.APPROVE_WITHIN
        db.session.add(made)
        _record(made, Step.REQUEST, actor, scope=made.scope, hours=made.hours)
    _tell_bureau(made, Step.REQUEST, actor, scope=made.scope, hours=made.hours)
    return made


def approve(*, actor: Actor, tenant_id: UUID, access_id: UUID) -> EmergencyAccess:
    """Agree to another's request: from now on it is open, and the institution is told. Raises `Invalid`."""
    actor.require(needed_for(Step.APPROVE))
    with bound(db.session, Binding(tenant_id=tenant_id)):
        found, now = queries.locked(tenant_id=tenant_id, access_id=access_id), clock.now()
        state = next_state(EmergencyState(found.state), Step.APPROVE)
        rules.check_second(requested_by=found.requested_by, second=person(actor))
        rules.check_in_time(approve_by=found.approve_by, now=now)
        found.state, found.decided_at, found.decided_by = state, now, actor.id
        found.ends_at = now + timedelta(hours=found.hours)
        fields = {"scope": found.scope, "ends_at": found.ends_at.isoformat()}
        _record(found, Step.APPROVE, actor, **fields)
        _tell(found, Notice.OPENED)
    _tell_bureau(found, Step.APPROVE, actor, **fields)
    return found


def decline(*, actor: Actor, tenant_id: UUID, access_id: UUID) -> EmergencyAccess:
    """Refuse another's request. One that nobody answers lapses after an hour."""
    actor.require(needed_for(Step.REFUSE))
    with bound(db.session, Binding(tenant_id=tenant_id)):
        found = queries.locked(tenant_id=tenant_id, access_id=access_id)
        state = next_state(EmergencyState(found.state), Step.REFUSE)
        rules.check_second(requested_by=found.requested_by, second=person(actor))
        found.state, found.decided_at, found.decided_by = state, clock.now(), actor.id
        _record(found, Step.REFUSE, actor)
    _tell_bureau(found, Step.REFUSE, actor)
    return found


def use(*, actor: Actor, tenant_id: UUID, access_id: UUID, permission: Permission, route: str) -> None:
    """Write down that a page was asked for under an open access; the session is bound to the institution."""
    found = queries.access(tenant_id=tenant_id, access_id=access_id)
    if person(actor) != found.requested_by or not queries.is_usable(found):
        raise NotFound
    audit.record(
        Event.EMERGENCY_USED,
        tenant_id=tenant_id,
        actor=actor,
        subject_id=access_id,
        serial=found.serial,
        permission=permission.key,
        route=route,
    )


def invite_head(*, actor: Actor, tenant_id: UUID, access_id: UUID, user_id: UUID) -> AccountInvitation:
    """Mail a head of the institution a link to set their password anew, to the address that is on file."""
    actor.require(Permission.EMERGENCY_REQUEST)
    with bound(db.session, Binding(tenant_id=tenant_id)):
        found = queries.locked(tenant_id=tenant_id, access_id=access_id)
        if found.requested_by != person(actor) or found.scope != Scope.HEAD_RESET or not queries.is_usable(found):
            raise NotFound
        if user_id not in people.heads(tenant_id=tenant_id):
            raise NotFound
        marked = replace(actor, under=found.serial)
        return invitations.invite(actor=marked, tenant_id=tenant_id, user_id=user_id, occasion=Occasion.EMERGENCY)


def end(*, actor: Actor, tenant_id: UUID, access_id: UUID) -> EmergencyAccess:
    """End an access at once: by either of the two, or by the institution, which gives no reason (DR-15)."""
    actor.require(needed_for(Step.END))
    with bound(db.session, Binding(tenant_id=tenant_id)):
        found = queries.locked(tenant_id=tenant_id, access_id=access_id)
        how = _ending(found, actor)
        _end(found, Step.END, how, actor)
    if how is not Ending.INSTITUTION:
        _tell_bureau(found, Step.END, actor, how=how.value)
    return found


def review(*, actor: Actor, tenant_id: UUID, access_id: UUID, note: str) -> EmergencyAccess:
    """Say what came of an access that is over: by a third person, neither who asked nor who agreed."""
    actor.require(needed_for(Step.REVIEW))
    with bound(db.session, Binding(tenant_id=tenant_id)):
        found = queries.locked(tenant_id=tenant_id, access_id=access_id)
        state = next_state(EmergencyState(found.state), Step.REVIEW)
        rules.check_third(involved=(found.requested_by, found.decided_by), third=person(actor))
        rules.check_review(note)
        found.state, found.review = state, note.strip()
        found.reviewed_at, found.reviewed_by = clock.now(), actor.id
        _record(found, Step.REVIEW, actor)
    _tell_bureau(found, Step.REVIEW, actor)
    return found


def settle(*, actor: Actor, tenant_id: UUID) -> int:
    """Write down what time did to the accesses of the institution to which the session is bound; how many."""
    found = queries.run_out(tenant_id=tenant_id, now=clock.now())
    for each in found:
        if each.state == EmergencyState.OPEN:
            _end(each, Step.RUN_OUT, Ending.TIME, actor)
        else:
            each.state = next_state(EmergencyState(each.state), Step.LAPSE)
            _record(each, Step.LAPSE, actor)
    db.session.flush()
    return len(found)


def note_told(*, actor: Actor, tenant_id: UUID, access_id: UUID, notice: Notice, mails: int) -> None:
    """Record that so many mails of the notice went out, so that no sweep sends them again."""
    found, now = queries.locked(tenant_id=tenant_id, access_id=access_id), clock.now()
    if notice is Notice.OPENED:
        found.opened_told_at = now
    else:
        found.ended_told_at = now
    audit.record(
        Event.EMERGENCY_TOLD,
        tenant_id=tenant_id,
        actor=actor,
        subject_id=found.id,
        serial=found.serial,
        notice=notice.value,
        mails=mails,
    )


def _ending(found: EmergencyAccess, actor: Actor) -> Ending:
    if actor.id == found.requested_by:
        return Ending.REQUESTER
    if actor.id == found.decided_by:
        return Ending.APPROVER
    if actor.roles & BUREAU_ROLES:
        raise Invalid("只有請求人、核可人或該機構可以結束。請通知其中一人。", field="decision")
    return Ending.INSTITUTION


def _end(found: EmergencyAccess, step: Step, how: Ending, actor: Actor) -> None:
    assert found.ends_at is not None  # noqa: S101 - an open one has it
    found.state, found.ending = next_state(EmergencyState(found.state), step), how
    by_time = how is Ending.TIME
    found.ended_at, found.ender_id = (found.ends_at, None) if by_time else (clock.now(), person(actor))
    found.review_due_on = working_days_after(clock.civil_day(found.ended_at), rules.REVIEW_WITHIN_WORKING_DAYS)
    _record(found, step, actor, how=how.value)
    _tell(found, Notice.ENDED)


def _tell(found: EmergencyAccess, notice: Notice) -> None:
    about = {"tenant_id": found.tenant_id, "access_id": found.id, "moment": notice.value}
    enqueue_after_commit(db.session, Job.SEND_EMERGENCY_MAIL, **about)


def _record(found: EmergencyAccess, step: Step, actor: Actor, **fields: str | int) -> None:
    _record_in(found.tenant_id, found, step, actor, **fields)


def _tell_bureau(found: EmergencyAccess, step: Step, actor: Actor, **fields: str | int) -> None:
    """The platform's own chain says what its people did at an institution (ADR 0004)."""
    bureau_id = registry.bureau().id
    with bound(db.session, Binding(tenant_id=bureau_id)):
        _record_in(bureau_id, found, step, actor, **fields)


def _record_in(chain: UUID, found: EmergencyAccess, step: Step, actor: Actor, **fields: str | int) -> None:
    event = TRANSITIONS[step].event
    audit.record(event, tenant_id=chain, actor=actor, subject_id=found.id, serial=found.serial, **fields)
