"""A segment while it is recorded: encrypted as it comes, and whole on the disk up to its last mark (DR-34).

Three files lie side by side. The body (`.open`) is the encrypted segment without its last chunk and is only appended
to. Two ends (`.end0`, `.end1`) take turns: each holds the chunk that would end the file now, and what a signed line
says of it. After a power cut at any instant one of them is whole and fits to the body, so what is lost is what came
after the last mark, about a second. The box cannot open what it wrote, so nothing is decrypted to mend it.
"""

import hashlib
import json
import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, fields
from datetime import date
from pathlib import Path
from typing import Any

from infra.age_envelopes import Envelope, to_any_of
from infra.age_keys import name_of
from infra.causes import Ended
from infra.growing_envelopes import Growing
from infra.recorded import Recorded
from infra.segment_files import free_box
from workers.edge.configuration import DayRules
from workers.edge.home import sync_folder
from workers.edge.ledger import Entry

OPEN = ".open"
ENDS = (".end0", ".end1")
_OWNER_ONLY = 0o600
_DIGEST_LETTERS = 64
_MEBIBYTE = 1 << 20


@dataclass(frozen=True, kw_only=True)
class Kept:
    """What is whole on the disk: how much of the body, what it holds, and what a line says of plain and day.

    Keys stand there by their names (`infra.age_keys`), since this is written once a second.
    """

    body_bytes: int
    plain_bytes: int
    plain_sha256: str
    day: str
    retention_days: int
    recipient: str
    recorded: Recorded
    # Of a segment whose day nobody knows for sure: those that it was sealed for together, by day.
    days: Mapping[str, tuple[int, str]] = field(default_factory=dict)

    @property
    def is_believed(self) -> bool:
        """Whether it has a day, by a clock that nobody had confirmed."""
        return bool(self.day and self.days)


class OpenSegment:
    """One segment. Every call raises `OSError` when the disk does not take it; then `leave`, and `mended` later."""

    def __init__(
        self,
        body: Path,
        days: Mapping[date, DayRules],
        *,
        enter: Callable[[Kept], Entry],
        believed: date | None = None,
    ) -> None:
        """Make the files, so that they have their names after a power cut as well. `enter` gets the whole segment.

        `days` holds the day on which it begins; or several, while nobody knows which of them that is, or a clock that
        nobody confirmed says that it is the `believed` one (ADR 0046).
        """
        self._days, self._enter, self._believed = days, enter, believed
        self.envelope = _envelope(days)
        self._growing = Growing(self.envelope)
        self._plain_hash, self._plain_bytes = hashlib.sha256(), 0
        self._body_bytes, self._marks = 0, 0
        self._waiting = [self._growing.header]
        self._files: list[int] = []
        try:
            for each in _parts(body):
                self._files.append(os.open(each, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, _OWNER_ONLY))
            sync_folder(body.parent)
        except OSError:  # on a full disk this happens again and again
            self.leave()
            raise

    def write(self, data: bytes) -> None:
        """The next bytes of the MP4. They reach the disk with the next mark, and only encrypted."""
        self._plain_hash.update(data)
        self._plain_bytes += len(data)
        self._waiting += self._growing.add(data)

    def mark(self, so_far: Recorded) -> None:
        """Make everything that was written durable."""
        end = self._end()
        self._append()
        _overwrite(self._files[1 + self._marks % len(ENDS)], _end_text(self._kept(so_far), end))
        self._marks += 1

    def finish(self, recorded: Recorded) -> Entry:
        """Make it a whole file in one piece, durable under its passing name, and enter it."""
        end = self._end()
        self._waiting.append(end)
        self._append()
        self.leave()
        return self._enter(self._kept(recorded))

    def leave(self) -> None:
        """Write no more. What was marked stays, for `mended`."""
        for file in self._files:
            os.close(file)
        self._files = []

    def _end(self) -> bytes:
        """The chunk that would end the file now; something that says nothing comes first where one must."""
        if self._growing.padding:
            self.write(free_box(self._growing.padding))
        return self._growing.end()

    def _append(self) -> None:
        if self._waiting:
            data = b"".join(self._waiting)
            _write_at(self._files[0], self._body_bytes, data)
            self._body_bytes += len(data)
            self._waiting.clear()
            os.fdatasync(self._files[0])

    def _kept(self, recorded: Recorded) -> Kept:
        told = {day.isoformat(): (rules.retention_days, name_of(rules.recipient)) for day, rules in self._days.items()}
        day = self._believed.isoformat() if self._believed is not None else next(iter(told))
        day, (retention_days, recipient) = (day, told[day]) if recorded.is_dated else ("", (0, ""))
        return Kept(
            body_bytes=self._body_bytes,
            plain_bytes=self._plain_bytes,
            plain_sha256=self._plain_hash.hexdigest(),
            day=day,
            retention_days=retention_days,
            recipient=recipient,
            recorded=recorded,
            days={} if recorded.is_dated and self._believed is None else told,
        )


def mended(body: Path) -> Kept | None:
    """Make a body that was cut off a whole file in its place, up to its last mark; None when it never had one.

    Repeatable: the ends stay until `forget`.
    """
    marked = _last_mark(body)
    if marked is None:
        return None
    kept, chunk = marked
    descriptor = os.open(body, os.O_WRONLY)
    try:
        os.ftruncate(descriptor, kept.body_bytes)
        _write_at(descriptor, kept.body_bytes, chunk)
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
    return kept


def written(kept: Kept) -> bytes:
    """What is kept of a whole segment whose day nobody knows, as it lies beside it."""
    return json.dumps(spelled(kept)).encode()


def read_kept(data: bytes) -> Kept:
    """What was `written`. Raises `ValueError` or `KeyError` for anything else."""
    return _read_kept(json.loads(data))


def begun_us(body: Path) -> int | None:
    """Where a body begins that was cut off; None when nothing of it will be mended, or nobody knows its time yet."""
    marked = _last_mark(body)
    return marked[0].recorded.started_us if marked is not None and marked[0].recorded.is_dated else None


def forget(body: Path) -> None:
    """Remove what lies beside a body, and the body where it still has its passing name."""
    for path in _parts(body):
        path.unlink(missing_ok=True)


def digests(path: Path) -> tuple[int, str, str]:
    """Size, SHA-256 and MD5 (with which S3 binds an upload to its content) of a file, in constant memory."""
    sha256, md5, size = hashlib.sha256(), hashlib.md5(usedforsecurity=False), 0
    with path.open("rb") as file:
        while chunk := file.read(_MEBIBYTE):
            sha256.update(chunk)
            md5.update(chunk)
            size += len(chunk)
    return size, sha256.hexdigest(), md5.hexdigest()


def _parts(body: Path) -> list[Path]:
    return [body, *(body.with_suffix(each) for each in ENDS)]


def spelled(kept: Kept) -> dict[str, object]:
    """As an end keeps it. Once a second for each camera, so it copies nothing."""
    return {**vars(kept), "recorded": vars(kept.recorded)}


def _end_text(kept: Kept, chunk: bytes) -> bytes:
    """What one end says: a digest of the rest, the sizes, what is kept, and the chunk. A torn one is known by it."""
    said = json.dumps(spelled(kept)).encode()
    rest = len(said).to_bytes(4, "big") + len(chunk).to_bytes(4, "big") + said + chunk
    return hashlib.sha256(rest).hexdigest().encode() + rest


def _last_mark(body: Path) -> tuple[Kept, bytes] | None:
    size = body.stat().st_size
    whole = [found for end in _parts(body)[1:] if (found := _read_end(end)) and found[0].body_bytes <= size]
    return max(whole, key=lambda found: found[0].plain_bytes) if whole else None


def _read_end(path: Path) -> tuple[Kept, bytes] | None:
    try:
        data = path.read_bytes()
    except FileNotFoundError:
        return None
    head = _DIGEST_LETTERS + 8
    if len(data) < head:
        return None
    said, chunk = (int.from_bytes(data[at : at + 4], "big") for at in (_DIGEST_LETTERS, _DIGEST_LETTERS + 4))
    rest = data[_DIGEST_LETTERS : head + said + chunk]
    if hashlib.sha256(rest).hexdigest().encode() != data[:_DIGEST_LETTERS]:
        return None
    return _read_kept(json.loads(data[head : head + said])), data[head + said : head + said + chunk]


def _read_kept(said: Mapping[str, Any]) -> Kept:
    # What a recorder of an earlier version left behind lacks what came later.
    names = {one.name for one in fields(Recorded)}
    recorded = {name: value for name, value in said["recorded"].items() if name in names}
    recorded["ended_because"] = Ended(recorded["ended_because"])
    days = {day: (int(rules[0]), str(rules[1])) for day, rules in said.get("days", {}).items()}
    return Kept(**{**said, "recorded": Recorded(**recorded), "days": days})


def _envelope(days: Mapping[date, DayRules]) -> Envelope:
    return to_any_of(sorted({rules.recipient for rules in days.values()}))


def _overwrite(descriptor: int, data: bytes) -> None:
    _write_at(descriptor, 0, data)
    os.fdatasync(descriptor)


def _write_at(descriptor: int, offset: int, data: bytes) -> None:
    view = memoryview(data)
    while view:
        written = os.pwrite(descriptor, view, offset)
        offset, view = offset + written, view[written:]
