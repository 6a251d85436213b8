"""Bytes that somebody sent and may need again within the hour, sealed to a key that only a page of theirs holds.

They lie in the queue's server, which lets them go by itself and may lose them at any time: whoever asks goes on
without. What is left there after the page was closed opens for nobody, so no look into the server tells anything.
"""

from uuid import uuid4

import structlog
from redis.exceptions import RedisError

from infra import age, clock
from infra.queues import connection

log = structlog.get_logger(__name__)

LIVES_SECONDS = 60 * 60
# Of the largest scans no more than a gigabyte lies there, and nobody fills it for all others.
MOST, MOST_OF_ONE = 50, 3
_ALL = "shouyuan.kept"


def keep(owner: str, plain: bytes, *, kind: age.Kind) -> str:
    """A ticket to get the bytes back with, for this owner alone; empty where they cannot be kept now.

    Only the ticket opens them. Of one owner the oldest go where there would be too many.
    """
    identity, number = age.new_identity(kind), uuid4().hex
    try:
        if not _makes_room(owner):
            return ""
        connection().set(_name(owner, number), age.encrypt(plain, identity.recipient), ex=LIVES_SECONDS)
        _note(owner, number)
    except RedisError:
        log.warning("nothing can be kept for a page now", exc_info=True)
        return ""
    return f"{number}.{identity.secret}"


def kept(owner: str, ticket: str) -> bytes | None:
    """The bytes, for another hour; None where this owner has none of that ticket."""
    number, _, secret = ticket.partition(".")
    try:
        sealed = connection().getex(_name(owner, number), ex=LIVES_SECONDS)
        if not isinstance(sealed, bytes):
            return None
        _note(owner, number)
        return age.decrypt(sealed, secret)
    except (RedisError, age.CannotDecrypt):
        return None


def forget(owner: str, ticket: str) -> None:
    """Let the bytes go before their hour is over."""
    number = ticket.partition(".")[0]
    try:
        connection().delete(_name(owner, number))
        connection().zrem(_ALL, _member(owner, number))
    except RedisError:
        log.warning("what was kept for a page goes by itself", exc_info=True)


def _makes_room(owner: str) -> bool:
    server, now = connection(), clock.now().timestamp()
    server.zremrangebyscore(_ALL, 0, now)
    members = [member.decode() for member in server.zrange(_ALL, 0, -1) if isinstance(member, bytes)]
    own = [member for member in members if member.startswith(f"{owner}/")]
    gone = own[: max(0, len(own) - MOST_OF_ONE + 1)]  # the list is in order of age
    for member in gone:
        forget(owner, member.rpartition("/")[2])
    return len(members) - len(gone) < MOST


def _note(owner: str, number: str) -> None:
    connection().zadd(_ALL, {_member(owner, number): clock.now().timestamp() + LIVES_SECONDS})


def _member(owner: str, number: str) -> str:
    return f"{owner}/{number}"


def _name(owner: str, number: str) -> str:
    return f"{_ALL}:{_member(owner, number)}"
