"""帳號清查: each account of the institution is confirmed or ended, by its head; the bureau's by the operator."""

from uuid import UUID, uuid4

from infra import clock
from infra.db import db
from tenants.actor import Actor, person
from tenants.audit import actions as audit
from tenants.audit.events import Event
from tenants.errors import Invalid, InvalidTransition, NotFound
from tenants.people import queries as people
from tenants.people import roles
from tenants.people.reviews import queries
from tenants.people.reviews.models import AccountReview, AccountVerdict, Verdict
from tenants.permissions import Permission, Role


def begin(*, actor: Actor, tenant_id: UUID) -> AccountReview:
    """Begin a look through the accounts, or go on with the one that is under way."""
    actor.require(Permission.PEOPLE_MANAGE)
    found = queries.open_locked(tenant_id=tenant_id)
    if found is not None:
        return found
    made = AccountReview(id=uuid4(), tenant_id=tenant_id, begun_at=clock.now(), begun_by=person(actor))
    db.session.add(made)
    db.session.flush()  # of two at once, the second fails here
    audit.record(Event.ACCOUNT_REVIEW_BEGUN, tenant_id=tenant_id, actor=actor, subject_id=made.id)
    return made


def say(*, actor: Actor, tenant_id: UUID, user_id: UUID, verdict: Verdict) -> AccountReview:
    """Confirm an account, or end its roles here at once; the last one completes the review.

    Raises `Invalid` where a role cannot end without a successor, and for ending oneself; `NotFound` for a stranger;
    `InvalidTransition` for what was said already, or where no review is under way.
    """
    actor.require(Permission.PEOPLE_MANAGE)
    held = _roles(tenant_id, user_id)
    if not held:
        raise NotFound
    found = queries.open_locked(tenant_id=tenant_id)
    if found is None:
        raise InvalidTransition("目前沒有進行中的清查。請先開始清查。")
    said = queries.verdicts(tenant_id=tenant_id, review_id=found.id)
    if user_id in said:
        raise InvalidTransition("這個帳號已經清查。請重新整理頁面查看最新狀態。")
    if verdict is Verdict.ENDED:
        if user_id == actor.id:
            raise Invalid("不能結束自己的帳號。請由另一位首長或平台維運人員辦理。", field="verdict")
        for role in held:
            roles.end_role(tenant_id=tenant_id, user_id=user_id, role=role, actor=actor)
    line = AccountVerdict(id=uuid4(), tenant_id=tenant_id, review_id=found.id, user_id=user_id, verdict=verdict)
    line.said_at, line.said_by = clock.now(), person(actor)
    db.session.add(line)
    audit.record(
        Event.ACCOUNT_REVIEWED,
        tenant_id=tenant_id,
        actor=actor,
        subject_id=found.id,
        user_id=str(user_id),
        verdict=verdict,
    )
    _complete(found, actor)
    return found


def _roles(tenant_id: UUID, user_id: UUID) -> list[Role]:
    return [Role(held.role) for held, each in people.staff(tenant_id=tenant_id) if each.id == user_id]


def _complete(found: AccountReview, actor: Actor) -> None:
    """The review is done once everybody who is there now has a line; who came meanwhile is asked for as well."""
    said = queries.verdicts(tenant_id=found.tenant_id, review_id=found.id)
    here = {user.id for _held, user in people.staff(tenant_id=found.tenant_id)}
    if here - said.keys():
        return
    found.completed_at, found.completed_by = clock.now(), person(actor)
    audit.record(
        Event.ACCOUNT_REVIEW_COMPLETED,
        tenant_id=found.tenant_id,
        actor=actor,
        subject_id=found.id,
        accounts=len(said),
        accounts_ended=sum(each.verdict == Verdict.ENDED for each in said.values()),
    )
