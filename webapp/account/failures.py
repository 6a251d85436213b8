"""What a person is told after failed sign-ins: the same for a name that exists and for one that does not.

The lock itself is the account's (`tenants.people.actions.sign_in`) and never shown, since a page that showed it would
say which names exist. This browser's own tries are counted by the same rule, in its cookie, by the name as typed: who
locked an account here learns for how long, and whoever guesses at names learns only what they did themselves.
"""

import hashlib
from datetime import UTC, datetime
from typing import Any

from flask import session

from infra import clock
from tenants.people import rules
from tenants.roc_dates import format_time

_TRIES = "tries"
_MOST_NAMES = 8
_MINUTES = int(rules.LOCKED_FOR.total_seconds()) // 60
REFUSED = (
    "帳號或密碼不正確，或帳號目前不能使用。"
    f"連續輸入錯誤 {rules.FAILURES_BEFORE_LOCK} 次，帳號會暫停 {_MINUTES} 分鐘，暫停期間輸入正確的密碼也不能登入。"
    "忘記密碼時，請洽機構首長或平台維運人員。"
)
_PAUSED = (
    f"這個帳號已連續輸入錯誤 {rules.FAILURES_BEFORE_LOCK} 次，暫停登入 {_MINUTES} 分鐘，"
    "請於 {until} 以後再試；在此之前，輸入正確的密碼也不能登入。急需使用或忘記密碼時，請洽平台維運人員。"
)


def sentence(login: str) -> str:
    """Count one more failure under this name in this browser, and say what follows from it."""
    held: dict[str, list[int]] = session.get(_TRIES, {})
    name, now = _folded(login), clock.now()
    count, until = held.get(name, [0, 0])
    if until and now >= _instant(until):
        count, until = 0, 0
    if not until:
        locked = rules.lock_after_failure(failures=(count := count + 1), now=now)
        until = int(locked.timestamp()) if locked else 0
    newest: list[tuple[str, Any]] = [(key, value) for key, value in held.items() if key != name][1 - _MOST_NAMES :]
    session[_TRIES] = dict(newest) | {name: [count, until]}
    return _PAUSED.format(until=format_time(_after(until))) if until else REFUSED


def _folded(login: str) -> str:
    return hashlib.sha256(rules.normal_login(login).encode()).hexdigest()[:16]


def _after(until: int) -> datetime:
    """The first whole minute at which the lock is over."""
    return _instant(until + 60).replace(second=0)


def _instant(seconds: int) -> datetime:
    return datetime.fromtimestamp(seconds, UTC)
