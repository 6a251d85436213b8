"""Signing in and out, and the life of an account. What a person does for nobody else goes into the bureau's chain."""

from collections.abc import Iterator
from uuid import UUID

from infra import clock
from infra.db import db
from tenants.actor import Actor, ActorKind
from tenants.audit import actions as audit
from tenants.audit.events import Event
from tenants.errors import Invalid, NotAllowed, NotFound, refusals, refuse
from tenants.people import passwords, queries, roles, rules
from tenants.people.models import User
from tenants.people.recording import record_person
from tenants.permissions import Permission


def sign_in(*, login: str, password: str, actor: Actor) -> User | None:
    """The account whose password this is; None when it is not, or the account is unknown, locked or deactivated.

    The four are not told apart, also not by the time taken, so that nobody learns which names exist. A refusal changes
    rows (the count of failures, the lock), so its caller must let the transaction commit.
    """
    user = queries.user_by_login_locked(login=rules.normal_login(login))
    # Checked also for a locked or deactivated account: the answer takes as long, and says nothing.
    right = passwords.matches(password, user.password_hash if user is not None else None)
    if user is None or user.deactivated_at is not None:
        return None
    now = clock.now()
    if rules.is_locked(locked_until=user.locked_until, now=now):
        return None
    if user.locked_until is not None:  # a lock that has run out: count anew
        user.locked_until, user.failed_sign_ins = None, 0
    if not right:
        _count_failure(user, actor)
        return None
    user.failed_sign_ins = 0
    if passwords.is_outdated(user.password_hash):
        user.password_hash = passwords.hashed(password)
    record_person(event=Event.ACCOUNT_SIGNED_IN, user=user, actor=_as(user, actor))
    return user


def sign_out(*, user_id: UUID, actor: Actor) -> None:
    """End every session of the person, so that a copied cookie is worth nothing afterwards."""
    user = _user(user_id)
    user.session_epoch += 1
    record_person(event=Event.ACCOUNT_SIGNED_OUT, user=user, actor=actor)


def change_password(*, user_id: UUID, current: str, new: str, actor: Actor) -> User:
    """Set the person's own new password; every other session of theirs ends. Raises `Invalid`."""
    if actor.id != user_id:
        raise NotAllowed("只能變更自己的密碼。")
    user = _user(user_id)
    refuse(password_faults(user, current=current, new=new))
    user.password_hash = passwords.hashed(new)
    user.session_epoch += 1
    record_person(event=Event.ACCOUNT_PASSWORD_CHANGED, user=user, actor=actor)
    return user


def password_faults(user: User, *, current: str, new: str) -> Iterator[Invalid]:
    """All that `change_password` refuses of what was typed."""
    if not passwords.matches(current, user.password_hash):
        yield Invalid("目前的密碼不正確。請重新輸入。", field="current")
    yield from refusals(lambda: rules.check_password(new, login=user.login))


def new_user_faults(*, login: str, name: str, password: str) -> Iterator[Invalid]:
    """All that `create_user` refuses of what was typed."""
    yield from refusals(lambda: rules.check_password(password, login=rules.normal_login(login)))
    yield from _account_faults(login=login, name=name)


def _account_faults(*, login: str, name: str) -> Iterator[Invalid]:
    login = rules.normal_login(login)
    yield from refusals(lambda: rules.check_login(login))
    if not name.strip():
        yield Invalid("請填寫姓名。", field="name")
    if queries.user_by_login(login=login) is not None:
        yield Invalid("這個帳號名稱已有人使用，請換一個。", field="login")


def create_user(*, tenant_id: UUID, login: str, name: str, title: str, email: str, password: str, actor: Actor) -> User:
    """Make an account without any role, as an act of the institution `tenant_id`. Raises `Invalid`."""
    if not actor.may(Permission.ACCOUNT_MANAGE):
        actor.require(Permission.PEOPLE_MANAGE)
    refuse(new_user_faults(login=login, name=name, password=password))
    made = User(login=login, name=name, title=title, email=email, password_hash=passwords.hashed(password))
    return _enter(made, tenant_id=tenant_id, actor=actor)


def create_invited(*, tenant_id: UUID, login: str, name: str, title: str, email: str, actor: Actor) -> User:
    """The same for somebody who will set the first password by a link, and can sign in only then."""
    actor.require(Permission.ACCOUNT_MANAGE)
    refuse(_account_faults(login=login, name=name))
    made = User(login=login, name=name, title=title, email=email, password_hash=passwords.unset())
    return _enter(made, tenant_id=tenant_id, actor=actor)


def _enter(user: User, *, tenant_id: UUID, actor: Actor) -> User:
    user.login, user.name = rules.normal_login(user.login), user.name.strip()
    user.title, user.email = user.title.strip(), user.email.strip()
    db.session.add(user)
    db.session.flush()  # the event names the id
    audit.record(Event.ACCOUNT_CREATED, tenant_id=tenant_id, actor=actor, subject_id=user.id, user_id=str(user.id))
    return user


def deactivate(*, user_id: UUID, actor: Actor) -> None:
    """Close an account: its sessions end at their next request, its name stays in every record (KH-5-2, DR-15).

    Every role it holds ends with it, in the chain of each place.
    """
    actor.require(Permission.ACCOUNT_MANAGE)
    user = _user(user_id)
    if user.deactivated_at is not None:
        return
    if user.id == actor.id:
        raise Invalid("不能停用自己的帳號。請由另一位平台維運人員辦理。", field="user_id")
    user.deactivated_at, user.deactivated_by = clock.now(), actor.id or user.id
    user.session_epoch += 1
    record_person(event=Event.ACCOUNT_DEACTIVATED, user=user, actor=actor)
    roles.end_of_account(user_id=user_id, actor=actor)


def reactivate(*, user_id: UUID, actor: Actor) -> None:
    """Open a closed account again, unlocked; roles that ended stay ended."""
    actor.require(Permission.ACCOUNT_MANAGE)
    user = _user(user_id)
    if user.deactivated_at is None:
        return
    user.deactivated_at = user.deactivated_by = user.locked_until = None
    user.failed_sign_ins = 0
    record_person(event=Event.ACCOUNT_REACTIVATED, user=user, actor=actor)


def _count_failure(user: User, actor: Actor) -> None:
    user.failed_sign_ins += 1
    record_person(event=Event.ACCOUNT_SIGN_IN_FAILED, user=user, actor=actor, failures=user.failed_sign_ins)
    user.locked_until = rules.lock_after_failure(failures=user.failed_sign_ins, now=clock.now())
    if user.locked_until is not None:
        record_person(event=Event.ACCOUNT_LOCKED, user=user, actor=actor)


def _as(user: User, actor: Actor) -> Actor:
    return Actor(kind=ActorKind.PERSON, id=user.id, name=user.name, address=actor.address, client=actor.client)


def _user(user_id: UUID) -> User:
    user = queries.user(user_id=user_id)
    if user is None:
        raise NotFound
    return user
