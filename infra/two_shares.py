"""A vault that opens only with two shares at once: one that a browser brings, one that lasts while somebody is present.

It lies in the queue's server and lives for seconds. Whoever is present prolongs it; else the second share and all that
was put into it are gone by themselves. Nothing makes it anew but `lay`, so what was emptied stays shut. Each secret is
encrypted under a key of both shares. The second lies there under the master key, so that whoever only reads or prolongs
what is in the server knows neither (infra/decisions/0071).
"""

import hashlib
import hmac
import os
import secrets
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field

import structlog
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from redis.exceptions import RedisError

from infra.kms import Kms
from infra.queues import answering, connection

log = structlog.get_logger(__name__)

_SHARE_BYTES, _NONCE_BYTES = 32, 12
_BROWSER, _PRESENT = "browser", "present"
# Into a vault that is there, and what is there already stays: one that ran out meanwhile is not begun anew.
_PUT = """
if redis.call('exists', KEYS[1]) == 0 then return 0 end
for at = 1, #ARGV, 2 do redis.call('hsetnx', KEYS[1], ARGV[at], ARGV[at + 1]) end
return 1
"""


class NobodyPresent(Exception):
    """The vault is gone: nobody said in time that they are there, or somebody left. What was in it is lost."""


class WrongShare(Exception):
    """The browser's share is not the one, or what lies there was changed. Nothing opens."""


class NotInside(LookupError):
    """Nothing of this name was put into the vault."""


def lay(name: str, *, seconds: float) -> str:
    """Begin an empty vault in place of any other of this name; the browser's share, which is kept nowhere else.

    Where the server does not answer there is no vault, and nothing will open.
    """
    share = secrets.token_urlsafe(_SHARE_BYTES)
    try:
        with connection().pipeline() as together:
            together.delete(_key(name))
            together.hset(_key(name), _BROWSER, _digest(share))
            together.pexpire(_key(name), _milliseconds(seconds))
            together.execute()
    except RedisError:
        log.warning("no vault can be laid now", exc_info=True)
    return share


def prolong(name: str, *, seconds: float) -> None:
    """Somebody is present for so long from now on. A vault that is gone stays gone."""
    try:
        connection().pexpire(_key(name), _milliseconds(seconds))
    except RedisError:
        log.warning("a vault cannot be prolonged now", exc_info=True)


def empty(name: str) -> None:
    """Nobody is present any more."""
    try:
        connection().delete(_key(name))
    except RedisError:
        log.warning("a vault goes by itself", exc_info=True)


@dataclass(frozen=True, kw_only=True)
class Vault:
    """One vault, for who brings the browser's share.

    Everything raises `NobodyPresent`, `WrongShare`, `QueueDown`, and as `Kms.unwrap` does.
    """

    name: str
    share: str = field(repr=False)
    kms: Kms

    def check(self) -> None:
        """Raise as said unless both shares are there. With the first asking the second is drawn."""
        self._box()

    def put(self, secrets_by_name: Mapping[str, bytes]) -> None:
        """Put these in; what is in already stays."""
        box, pairs = self._box(), list[bytes]()
        for what, secret in secrets_by_name.items():
            nonce = os.urandom(_NONCE_BYTES)
            pairs += [_inside(what).encode(), nonce + box.encrypt(nonce, secret, self._bound(what))]
        self._put(*pairs)

    def lacking(self, names: Collection[str]) -> list[str]:
        """Which of these were not put in."""
        self.check()
        fields = list(names)
        found = self._held(*map(_inside, fields)) if fields else []
        return [what for what, held in zip(fields, found, strict=True) if held is None]

    def get(self, what: str) -> bytes:
        """One of them. Raises `NotInside`."""
        box, (sealed,) = self._box(), self._held(_inside(what))
        if sealed is None:
            raise NotInside(what)
        try:
            return box.decrypt(sealed[:_NONCE_BYTES], sealed[_NONCE_BYTES:], self._bound(what))
        except (InvalidTag, ValueError) as error:
            raise WrongShare(self.name) from error

    def _box(self) -> AESGCM:
        """What both shares open together."""
        known, wrapped = self._held(_BROWSER, _PRESENT)
        if known is None:
            raise NobodyPresent(self.name)
        if not hmac.compare_digest(known, _digest(self.share).encode()):
            raise WrongShare(self.name)
        if wrapped is None:
            self._put(_PRESENT.encode(), self.kms.wrap(os.urandom(_SHARE_BYTES), context=self._context))
            (wrapped,) = self._held(_PRESENT)
        if wrapped is None:
            raise NobodyPresent(self.name)
        present = self.kms.unwrap(wrapped, context=self._context)
        kdf = HKDF(algorithm=hashes.SHA256(), length=_SHARE_BYTES, salt=None, info=self._context.encode())
        return AESGCM(kdf.derive(present + self.share.encode()))

    def _held(self, *fields: str) -> list[bytes | None]:
        with answering() as server:
            found = server.hmget(_key(self.name), list(fields))
        return [held if isinstance(held, bytes) else None for held in found]

    def _put(self, *pairs: bytes) -> None:
        with answering() as server:
            if not server.eval(_PUT, 1, _key(self.name), *pairs):
                raise NobodyPresent(self.name)

    @property
    def _context(self) -> str:
        return f"present:{self.name}"

    def _bound(self, what: str) -> bytes:
        return f"{self._context}:{what}".encode()


def _key(name: str) -> str:
    return f"shouyuan.vault:{name}"


def _inside(what: str) -> str:
    return f"of:{what}"


def _digest(share: str) -> str:
    return hashlib.sha256(share.encode()).hexdigest()


def _milliseconds(seconds: float) -> int:
    """At least one: none at all would be refused by the server, and a vault that is laid would stay for ever."""
    return max(int(seconds * 1000), 1)
