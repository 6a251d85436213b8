"""What comes back of a mail that a server took and could not deliver (RFC 3464), and the address to which it comes.

The address is the mail's own and signed: whoever did not relay or receive that one mail cannot say that it came back.
What arrives at it is written by strangers, so that of all of it two words are read, from as little as is needed.
"""

import binascii
import hashlib
import hmac
from base64 import b32decode, b32encode
from dataclasses import dataclass, field
from email import policy
from email.errors import MessageError
from email.message import Message
from email.parser import BytesParser
from uuid import UUID

# A report quotes the mail, and ours are short; what is longer is cut, and its words stand in front.
MOST_BYTES = 256 * 1024
# A report has three parts, and a block for each address of which there is one.
_MOST_PARTS = 10
_TENANT_BYTES, _MAIL_BYTES, _MAC_BYTES = 4, 16, 10
_REPORT, _STATUS = "multipart/report", "message/delivery-status"
_LOCAL = 64  # RFC 5321: octets of what stands before the @
_TOKEN = 48


class BadReturnAddress(ValueError):
    """The address for what comes back is none, or too long to be a mail's own."""


@dataclass(frozen=True)
class ReturnAddresses:
    """Addresses like `bounces+TOKEN@school.example`, one a mail; `base` is that without the token."""

    base: str
    key: bytes = field(repr=False)

    def __post_init__(self) -> None:
        """Raises `BadReturnAddress`."""
        local, at, domain = self.base.rpartition("@")
        if not (local and at and domain) or "+" in local or len(local) + 1 + _TOKEN > _LOCAL:
            raise BadReturnAddress("use a short address without a plus, such as bounces@school.example")

    def of(self, *, tenant_id: UUID, mail_id: UUID) -> str:
        """The address of one mail: its id and the first bytes of its institution's, signed."""
        said = tenant_id.bytes[:_TENANT_BYTES] + mail_id.bytes
        token = b32encode(said + self._mac(said)).decode().lower()
        local, _, domain = self.base.rpartition("@")
        return f"{local}+{token}@{domain}"

    def read(self, address: str) -> tuple[bytes, UUID] | None:
        """The first bytes of the institution's id, and the mail's; None for an address that we did not make."""
        token = address.strip("<> \t\r\n").rpartition("@")[0].rpartition("+")[2].upper()
        if len(token) != _TOKEN or not token.isascii():
            return None
        try:
            known = b32decode(token)
        except binascii.Error:
            return None
        said, mac = known[:-_MAC_BYTES], known[-_MAC_BYTES:]
        if not hmac.compare_digest(mac, self._mac(said)):
            return None
        return said[:_TENANT_BYTES], UUID(bytes=said[_TENANT_BYTES:])

    def _mac(self, said: bytes) -> bytes:
        return hmac.digest(self.key, b"shouyuan bounce\0" + said, hashlib.sha256)[:_MAC_BYTES]


def is_final(raw: bytes) -> bool:
    """Whether a message is a report that a mail will never be delivered. Raises nothing, whatever it is given.

    A delay, a receipt, an answer of somebody who is on holiday and anything that cannot be read are no such report.
    """
    try:
        message = BytesParser(policy=policy.compat32).parsebytes(raw[:MOST_BYTES])
        return any(_failed(block) for block in _blocks(message))
    except (MessageError, ValueError, LookupError, TypeError, AttributeError, RecursionError):
        return False


def _blocks(report: Message) -> list[Message]:
    """Of a report what it says of each address. Only the parts right beneath it are looked at."""
    parts = report.get_payload()
    if report.get_content_type() != _REPORT or not isinstance(parts, list):
        return []
    said = [part for part in parts[:_MOST_PARTS] if isinstance(part, Message) and part.get_content_type() == _STATUS]
    blocks = said[0].get_payload() if said else []
    # The first block is about the report itself.
    return [each for each in blocks[1:_MOST_PARTS] if isinstance(each, Message)] if isinstance(blocks, list) else []


def _failed(block: Message) -> bool:
    action, status = (str(block.get(name, "")).strip().lower() for name in ("Action", "Status"))
    return action == "failed" and status.startswith("5.")
