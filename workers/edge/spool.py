"""Encrypted segments on the box's disk, from the moment they are recorded until the store has them.

Nothing plain reaches the disk. The order is fixed: cipher and signed line, both synchronised, then both renamed, then
the folder synchronised, then the row. Whatever was cut off before the row is found again from the files when the
camera's process starts, because a renamed cipher always has its line beside it.
"""

import hashlib
import json
import os
from collections.abc import Mapping
from datetime import date
from pathlib import Path
from uuid import UUID, uuid4

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from infra import age
from infra.clock import civil_day
from infra.manifest import VERSION, BadManifest, ManifestLine, SignedLine, instant, parse, signed
from infra.recording import Recorded
from workers.edge.configuration import DayRules
from workers.edge.home import Home, Identity, sync_folder
from workers.edge.ledger import Entry, Ledger, State

CLOCK_OFFSET = "clock_offset_us"
_CIPHER, _LINE, _PASSING = ".age", ".line", ".new"


class NoDayKey(Exception):
    """The box holds no key for the day on which the segment began; it is not kept, since nothing plain may be."""


class Spool:
    """The spool of one home, as one process sees it."""

    def __init__(self, home: Home, identity: Identity, key: Ed25519PrivateKey, ledger: Ledger) -> None:
        self._home, self._identity, self._key, self._ledger = home, identity, key, ledger

    def keep(self, camera_id: UUID, recorded: Recorded, days: Mapping[date, DayRules]) -> Entry:
        """Encrypt, sign and make durable. Raises `NoDayKey`, or `OSError` when the disk does not take it."""
        day = civil_day(instant(recorded.started_us))
        if day not in days:
            raise NoDayKey(day.isoformat())
        cipher = age.encrypt(recorded.plain, days[day].recipient)
        line = self._line(camera_id, recorded, cipher, days[day], day)
        held = signed(line, self._key)
        folder = self._home.spool / str(camera_id)
        if not folder.exists():
            folder.mkdir()
            sync_folder(self._home.spool)
        names = {folder / f"{line.segment_id}{_LINE}": _text(held), folder / f"{line.segment_id}{_CIPHER}": cipher}
        try:
            for path, data in names.items():
                _write_synced(_passing(path), data)
        except OSError:
            for path in names:  # what a full disk took of it must not keep the disk full
                _passing(path).unlink(missing_ok=True)
            raise
        for path in names:
            _passing(path).rename(path)
        sync_folder(folder)
        entry = Entry(line.segment_id, camera_id, day, line.started_us, line.ended_us)
        self._ledger.enter(entry, key_interval_ms=recorded.key_interval_ms)
        return entry

    def recover(self, camera_id: UUID) -> int:
        """Make index and files of one camera agree after a crash; how many segments were found again.

        Only the camera's own process writes in its folder, and it calls this before it records.
        """
        folder = self._home.spool / str(camera_id)
        known = self._ledger.known(camera_id)
        self._finish_renames(folder)
        found = {UUID(path.stem) for path in folder.glob(f"*{_CIPHER}")}
        again = sorted(filter(None, (self._entry(camera_id, one) for one in found - known.keys())), key=_by_time)
        for entry in again:
            self._ledger.enter(entry)
        for entry, state in known.values():
            if state is State.SPOOLED and entry.segment_id not in found:
                self._ledger.lose(entry)
        return len(again)

    def _finish_renames(self, folder: Path) -> None:
        """Both files were whole before the first was renamed: a line in place proves its cipher, the rest is torn."""
        for path in folder.glob(f"*{_CIPHER}{_PASSING}"):
            cipher = path.with_name(path.name.removesuffix(_PASSING))
            if cipher.with_suffix(_LINE).exists():
                path.rename(cipher)
        for path in folder.glob(f"*{_PASSING}"):
            path.unlink()
        for path in folder.glob(f"*{_LINE}"):
            if not path.with_suffix(_CIPHER).exists():
                path.unlink()
        if folder.exists():
            sync_folder(folder)

    def line_of(self, entry: Entry) -> SignedLine:
        """The signed line of a spooled segment. Raises `OSError` when it cannot be read."""
        held = json.loads(self._path(entry, _LINE).read_text(encoding="utf-8"))
        return SignedLine(held["line"], held["signature"])

    def cipher_path(self, entry: Entry) -> Path:
        """Where the encrypted bytes lie."""
        return self._path(entry, _CIPHER)

    def is_intact(self, entry: Entry) -> bool:
        """Whether the encrypted bytes are still those that were signed; a disk may change them without a word."""
        held = parse(self.line_of(entry).line)
        return hashlib.sha256(self.cipher_path(entry).read_bytes()).hexdigest() == held.cipher_sha256

    def drop(self, entry: Entry) -> None:
        """Remove a segment that is safely in the store. A crash in between leaves it marked, to be dropped again."""
        self._ledger.mark([entry.segment_id], State.STORED)
        self._path(entry, _CIPHER).unlink(missing_ok=True)
        self._path(entry, _LINE).unlink(missing_ok=True)
        self._ledger.forget(entry.segment_id)

    def _path(self, entry: Entry, kind: str) -> Path:
        return self._home.spool / str(entry.camera_id) / f"{entry.segment_id}{kind}"

    def _entry(self, camera_id: UUID, segment_id: UUID) -> Entry | None:
        path = self._home.spool / str(camera_id) / f"{segment_id}{_LINE}"
        try:
            line = parse(json.loads(path.read_text(encoding="utf-8"))["line"])
        except (OSError, ValueError, KeyError, BadManifest):
            return None  # it stays where it is for a person to look at
        return Entry(segment_id, camera_id, line.civil_day, line.started_us, line.ended_us)

    def _line(self, camera_id: UUID, recorded: Recorded, cipher: bytes, rules: DayRules, day: date) -> ManifestLine:
        offset = self._ledger.fact(CLOCK_OFFSET)
        return ManifestLine(
            v=VERSION,
            segment_id=uuid4(),
            tenant_id=self._identity.tenant_id,
            site_id=self._identity.site_id,
            camera_id=camera_id,
            device_id=self._identity.device_id,
            civil_day=day,
            retention_days=rules.retention_days,
            recipient=rules.recipient,
            started_us=recorded.started_us,
            ended_us=recorded.ended_us,
            monotonic_ns=recorded.monotonic_ns,
            media_ms=recorded.media_ms,
            clock_offset_us=offset or 0,
            clock_source="none" if offset is None else "server",
            codec=recorded.codec,
            width=recorded.width,
            height=recorded.height,
            audio=recorded.audio,
            packets=recorded.packets,
            plain_bytes=len(recorded.plain),
            plain_sha256=hashlib.sha256(recorded.plain).hexdigest(),
            cipher_bytes=len(cipher),
            cipher_sha256=hashlib.sha256(cipher).hexdigest(),
            cipher_md5=hashlib.md5(cipher, usedforsecurity=False).hexdigest(),  # as S3 binds an upload to its content
            ended_because=recorded.ended_because,
        )


def _text(held: SignedLine) -> bytes:
    return json.dumps({"line": held.line, "signature": held.signature}).encode()


def _passing(path: Path) -> Path:
    return path.with_name(path.name + _PASSING)


def _write_synced(path: Path, data: bytes) -> None:
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())


def _by_time(entry: Entry) -> int:
    return entry.started_us
