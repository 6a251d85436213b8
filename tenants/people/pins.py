"""A person's own PIN: with it they are present at a viewing on somebody else's screen (KH-7-1, TY-5-4a, DR-14)."""

from collections.abc import Iterator
from uuid import UUID

from infra import clock
from tenants.actor import Actor
from tenants.audit.events import Event
from tenants.errors import Invalid, NotAllowed, NotFound, refusals, refuse
from tenants.people import passwords, queries, rules
from tenants.people.models import User
from tenants.people.recording import record_person


class WrongPin(Invalid):
    """A PIN that is not the person's, or one that is locked. The count of tries is changed: its caller commits."""

    def __init__(self, message: str) -> None:
        super().__init__(message, field="pin", code="wrong_pin")


def set_pin(*, user_id: UUID, password: str, pin: str, actor: Actor) -> User:
    """Set the person's own PIN, which asks for their password. Raises `Invalid`."""
    if actor.id != user_id:
        raise NotAllowed("只能設定自己的 PIN。")
    user = queries.user_locked(user_id=user_id)
    if user is None:
        raise NotFound
    refuse(pin_faults(user, password=password, pin=pin))
    user.pin_hash = passwords.hashed(pin)
    user.pin_failures, user.pin_locked_until = 0, None
    record_person(event=Event.ACCOUNT_PIN_SET, user=user, actor=actor)
    return user


def pin_faults(user: User, *, password: str, pin: str) -> Iterator[Invalid]:
    """All that `set_pin` refuses of what was typed."""
    if not passwords.matches(password, user.password_hash):
        yield Invalid("目前的密碼不正確。請重新輸入。", field="current")
    yield from refusals(lambda: rules.check_pin(pin))


def prove(*, user_id: UUID, pin: str, actor: Actor) -> User:
    """The account whose PIN this is, typed on the screen of `actor`. Raises `Invalid` where none was set yet.

    Raises `WrongPin` for another, and while it is locked after too many tries.
    """
    user = queries.user_locked(user_id=user_id)
    if user is None:
        raise NotFound
    if not user.pin_hash:
        raise Invalid(f"{user.name}尚未設定 PIN。請本人登入後，於「我的帳號」設定。", field="pin", code="no_pin")
    now = clock.now()
    if rules.is_locked(locked_until=user.pin_locked_until, now=now):
        raise WrongPin("這個 PIN 因連續輸入錯誤而暫停使用，請稍候 15 分鐘，或由其他人員陪同。")
    if user.pin_locked_until is not None:  # a lock that has run out: count anew
        user.pin_locked_until, user.pin_failures = None, 0
    if not passwords.matches(pin, user.pin_hash):
        user.pin_failures += 1
        record_person(event=Event.ACCOUNT_PIN_FAILED, user=user, actor=actor, failures=user.pin_failures)
        user.pin_locked_until = rules.lock_after_failure(failures=user.pin_failures, now=now)
        if user.pin_locked_until is not None:
            record_person(event=Event.ACCOUNT_PIN_LOCKED, user=user, actor=actor)
        raise WrongPin("PIN 不正確。請陪同人員重新輸入；連續錯誤 5 次將暫停 15 分鐘。")
    user.pin_failures = 0
    return user


def tried(*, user_id: UUID, pin: str, actor: Actor) -> list[Invalid]:
    """What `prove` refuses, for a form of which something else is wrong too: a wrong PIN counts here as there."""
    return refusals(lambda: prove(user_id=user_id, pin=pin, actor=actor))
