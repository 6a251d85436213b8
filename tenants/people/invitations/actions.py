"""Inviting somebody to set the password of their account, and their setting it. The session is bound to the house."""

import secrets
from collections.abc import Iterator, Mapping
from datetime import timedelta
from uuid import UUID, uuid4

from sqlalchemy import ColumnElement, select

from infra import clock
from infra.db import db
from infra.queues import Job, enqueue_after_commit
from tenants.actor import Actor
from tenants.audit import actions as audit
from tenants.audit.events import Event
from tenants.errors import Invalid, NotFound, refusals, refuse
from tenants.people import passwords, queries, rules
from tenants.people.invitations import queries as invitation_queries
from tenants.people.invitations import rules as invitation_rules
from tenants.people.invitations.models import AccountInvitation, Occasion
from tenants.people.models import User
from tenants.people.recording import record_person
from tenants.permissions import Permission

# A head who is on leave when the school is opened comes back within two weeks; who is locked out waits for the mail.
LIVES: Mapping[Occasion, timedelta] = {Occasion.OPENED: timedelta(days=14), Occasion.EMERGENCY: timedelta(hours=24)}
_BYTES = 32


def invite(*, actor: Actor, tenant_id: UUID, user_id: UUID, occasion: Occasion) -> AccountInvitation:
    """Have a link mailed to the address that is on file. Raises `Invalid` without one, and for a closed account.

    The address is never one that is typed here: who could type it could take the account over.
    """
    actor.require(Permission.ACCOUNT_MANAGE)
    user = _user(user_id)
    refused = invitation_rules.unreachable(user)
    if refused is not None:
        raise refused
    now = clock.now()
    for each in _living(tenant_id, user_id):
        each.ended_at = now
    made = AccountInvitation(id=uuid4(), tenant_id=tenant_id, user_id=user_id, occasion=occasion)
    made.asked_at, made.asked_by = now, actor.id
    db.session.add(made)
    audit.record(
        Event.ACCOUNT_INVITED,
        tenant_id=tenant_id,
        actor=actor,
        subject_id=made.id,
        user_id=str(user_id),
        occasion=occasion.value,
    )
    enqueue_after_commit(db.session, Job.SEND_INVITATION, tenant_id=tenant_id, invitation_id=made.id)
    return made


def renew(*, actor: Actor, tenant_id: UUID, invitation_id: UUID) -> AccountInvitation:
    """Have a first head mailed a new link in place of one that expired or was lost, and which is dead from now on.

    Raises `InvalidTransition` for one that another replaced already, such as by a second click; see
    `rules.not_renewable` for the rest.
    """
    actor.require(Permission.ACCOUNT_MANAGE)
    found = _locked(AccountInvitation.tenant_id == tenant_id, AccountInvitation.id == invitation_id)
    if found is None:
        raise NotFound
    refused = invitation_queries.not_renewable(found, now=clock.now())
    if refused is not None:
        raise refused
    return invite(actor=actor, tenant_id=tenant_id, user_id=found.user_id, occasion=Occasion.OPENED)


def issue(*, actor: Actor, tenant_id: UUID, invitation_id: UUID) -> str | None:
    """The link's secret, 256 random bits, for the mail that is sent now; None for one that was sent or ended before."""
    found = _locked(AccountInvitation.tenant_id == tenant_id, AccountInvitation.id == invitation_id)
    if found is None:
        raise NotFound
    if found.sent_at is not None or found.ended_at is not None:
        return None
    token, now = secrets.token_urlsafe(_BYTES), clock.now()
    found.token_hash, found.sent_at = invitation_queries.token_hash(token), now
    found.expires_at = now + LIVES[Occasion(found.occasion)]
    audit.record(
        Event.ACCOUNT_INVITATION_SENT,
        tenant_id=tenant_id,
        actor=actor,
        subject_id=found.id,
        user_id=str(found.user_id),
    )
    return token


def note_refused(*, actor: Actor, tenant_id: UUID, invitation_id: UUID) -> None:
    """Keep that the mail server knows no such address, so that whoever opened the institution sees it."""
    found = _locked(AccountInvitation.tenant_id == tenant_id, AccountInvitation.id == invitation_id)
    if found is None:
        raise NotFound
    found.refused_at = clock.now()
    audit.record(
        Event.ACCOUNT_INVITATION_REFUSED,
        tenant_id=tenant_id,
        actor=actor,
        subject_id=found.id,
        user_id=str(found.user_id),
    )


def accept(*, actor: Actor, tenant_id: UUID, token: str, password: str) -> User:
    """Set the password, once; a lock and every session end. Raises `Invalid`, and `NotFound` for a dead link."""
    user = invitation_queries.invited(tenant_id=tenant_id, token=token)
    hashed = invitation_queries.token_hash(token)
    found = _locked(AccountInvitation.tenant_id == tenant_id, AccountInvitation.token_hash == hashed)
    if found is None or found.used_at or found.ended_at:  # used, or another sent, at this very moment
        raise NotFound
    refuse(accept_faults(user, password=password))
    found.used_at = clock.now()
    user.password_hash, user.locked_until, user.failed_sign_ins = passwords.hashed(password), None, 0
    user.session_epoch += 1
    audit.record(
        Event.ACCOUNT_INVITATION_USED,
        tenant_id=tenant_id,
        actor=actor,
        subject_id=found.id,
        user_id=str(user.id),
    )
    record_person(event=Event.ACCOUNT_PASSWORD_CHANGED, user=user, actor=actor)
    return user


def accept_faults(user: User, *, password: str) -> Iterator[Invalid]:
    """All that `accept` refuses of what was typed."""
    yield from refusals(lambda: rules.check_password(password, login=user.login))


def _locked(*where: ColumnElement[bool]) -> AccountInvitation | None:
    query = select(AccountInvitation).where(*where)
    return db.session.scalar(query.with_for_update().execution_options(populate_existing=True))


def _living(tenant_id: UUID, user_id: UUID) -> list[AccountInvitation]:
    query = select(AccountInvitation).where(
        AccountInvitation.tenant_id == tenant_id,
        AccountInvitation.user_id == user_id,
        AccountInvitation.used_at.is_(None),
        AccountInvitation.ended_at.is_(None),
    )
    return list(db.session.scalars(query))


def _user(user_id: UUID) -> User:
    found = queries.user(user_id=user_id)
    if found is None:
        raise NotFound
    return found
