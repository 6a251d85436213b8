"""When footage is sent and in which order, as the server last said.

An older server says nothing: at once, and the oldest first. The server works out when nothing is sent in bulk, since it
knows the calendar; the box compares instants only. What a case or a hold waits for is sent first and at any time.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any
from uuid import UUID

_MICROSECOND = 1_000_000
_OLDEST_SECONDS = 24 * 3600
# Whatever the line gives, a batch is over before its links to the store run out, which are good for 15 minutes.
BATCH_SECONDS = 300


@dataclass(frozen=True)
class Span:
    """Part of what one camera recorded, in microseconds since 1970, half-open."""

    camera_id: UUID
    started_us: int
    ended_us: int


@dataclass(frozen=True, kw_only=True)
class SendingRules:
    """The server's word. `closed` are the spans in which nothing is sent in bulk, as microseconds since 1970.

    No footage waits longer than `oldest_seconds`, whatever `closed` says.
    """

    bytes_per_second: int | None = None
    closed: Sequence[tuple[int, int]] = ()
    oldest_seconds: int = _OLDEST_SECONDS
    newest_first: bool = False
    requested: Sequence[Span] = ()

    @property
    def batch_bytes(self) -> int | None:
        """How much one batch may hold; None is any."""
        return self.bytes_per_second * BATCH_SECONDS if self.bytes_per_second is not None else None


AT_ONCE = SendingRules()


class Sending(StrEnum):
    """Whether footage is sent in bulk now. The last two: it should wait, and does not, since it could be lost."""

    OPEN = "open"
    WAITS = "waits"
    DISK_SHORT = "disk_short"
    TOO_OLD = "too_old"


def parse(document: dict[str, Any]) -> SendingRules:
    """The config's part about sending. Raises `ValueError`, `TypeError` or `KeyError` for what cannot be read."""
    speed = document.get("bytes_per_second")
    return SendingRules(
        bytes_per_second=int(speed) if speed is not None else None,
        closed=tuple((int(begins), int(ends)) for begins, ends in document.get("closed", ())),
        oldest_seconds=int(document.get("oldest_seconds", _OLDEST_SECONDS)),
        newest_first=bool(document.get("newest_first", False)),
        requested=tuple(
            Span(UUID(one["camera_id"]), int(one["started_us"]), int(one["ended_us"]))
            for one in document.get("requested", ())
        ),
    )


def sending(rules: SendingRules, now_us: int, *, is_short: bool, oldest_us: int | None) -> Sending:
    """Whether to send in bulk now: closed hours count for nothing while the disk runs short or footage is old."""
    if not any(begins <= now_us < ends for begins, ends in rules.closed):
        return Sending.OPEN
    if is_short:
        return Sending.DISK_SHORT
    if oldest_us is not None and now_us - oldest_us > rules.oldest_seconds * _MICROSECOND:
        return Sending.TOO_OLD
    return Sending.WAITS


def fitting(sizes: Iterable[int], most_bytes: int | None) -> int:
    """How many of these, in their order, make one batch: at least one, so that a large segment goes too."""
    taken = total = 0
    for size in sizes:
        total += size
        if taken and most_bytes is not None and total > most_bytes:
            break
        taken += 1
    return taken
