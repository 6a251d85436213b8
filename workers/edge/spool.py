"""Encrypted segments on the box's disk, from their first second until the store has them.

Nothing plain reaches the disk. A segment grows under a passing name (`open_segments`). Once it is whole the order is
fixed: its signed line, synchronised; then line and cipher renamed, in this order; then the folder synchronised, then
the row. Whatever was cut off before the row is found again from the files when the camera's process starts: a line
whose digest fits proves the cipher beside it, and without one the segment is mended up to its last mark.
"""

import json
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import asdict
from datetime import date
from functools import partial
from pathlib import Path
from uuid import UUID, uuid4

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from infra.clock import civil_day
from infra.manifest import VERSION, BadManifest, ManifestLine, SignedLine, instant, parse, signed
from workers.edge.clocks.readings import Readings, Worth
from workers.edge.configuration import DayRules
from workers.edge.home import Home, Identity, sync_folder
from workers.edge.ledger import Entry, Ledger, State
from workers.edge.open_segments import ENDS, OPEN, Kept, OpenSegment, begun_us, digests, mended
from workers.edge.undated import files
from workers.edge.undated.files import CIPHER, LINE

# Beside the camera's own segments, since each folder has one process that writes in it.
_CARD = "card"


class NoDayKey(Exception):
    """The box holds no key for the day on which the segment began; it is not kept, since nothing plain may be."""


class Spool:
    """The spool of one home, as one process sees it: one that records, or that fetches from cameras' cards."""

    def __init__(
        self, home: Home, identity: Identity, key: Ed25519PrivateKey, ledger: Ledger, *, of_card: bool = False
    ) -> None:
        self._home, self._identity, self._key, self._ledger = home, identity, key, ledger
        self._readings, self._of_card = Readings(ledger), of_card

    def check(self) -> None:
        """Raise `SpoolMissing` when what lies under the spool's name is another folder, such as a bare mount point."""
        self._home.check_spool()

    def begin(self, camera_id: UUID, started_us: int, days: Mapping[date, DayRules]) -> OpenSegment:
        """Where a segment goes that starts then. Raises `NoDayKey`, or `OSError` when the disk does not take it."""
        day = civil_day(instant(started_us))
        if day not in days:
            raise NoDayKey(day.isoformat())
        body = self.new_body(camera_id)
        return OpenSegment(body, {day: days[day]}, enter=partial(self._enter, camera_id, body))

    def new_body(self, camera_id: UUID) -> Path:
        """Under which passing name the next segment of a camera goes. Raises `SpoolMissing`."""
        return self._made_folder(camera_id) / f"{uuid4()}{OPEN}"

    def recover(self, camera_id: UUID) -> int:
        """Make index and files of one camera agree after a crash; how many segments were found again.

        Only the camera's own process writes in its folder, and it calls this while it records nothing. Raises
        `SpoolMissing` before anything is given up for lost.
        """
        self._home.check_spool()
        folder = self._folder(camera_id, of_card=self._of_card)
        every = self._ledger.known(camera_id)
        known = {one: held for one, held in every.items() if held[0].recovered == self._of_card}
        files.finish_renames(folder)
        found = {UUID(path.stem) for path in folder.glob(f"*{CIPHER}")}
        again = sorted(filter(None, (self._entry(camera_id, one) for one in found - known.keys())), key=_by_time)
        for entry in again:
            self._ledger.enter(entry, found_again=True)
        mended = self._mend(camera_id, folder)
        for entry, state in known.values():
            if state is State.SPOOLED and entry.segment_id not in found:
                self._ledger.lose(entry)
        return len(again) + mended

    def cut_off_us(self, camera_id: UUID) -> int | None:
        """Where footage begins that `recover` will find again, also on a disk that takes nothing; None without any."""
        folder = self._folder(camera_id, of_card=self._of_card)
        begun = [one for one in map(begun_us, folder.glob(f"*{OPEN}")) if one is not None]
        whole = (UUID(path.stem) for path in folder.glob(f"*{CIPHER}"))
        lacking = [self._entry(camera_id, one) for one in set(whole) - self._ledger.known(camera_id).keys()]
        return min([*begun, *(entry.started_us for entry in lacking if entry is not None)], default=None)

    def _mend(self, camera_id: UUID, folder: Path) -> int:
        """What was still being recorded, up to its last mark; how many were."""
        kept = {body: mended(body) for body in folder.glob(f"*{OPEN}")}
        whole = [(body, one) for body, one in kept.items() if one is not None]
        for body, one in sorted(whole, key=lambda each: each[1].recorded.started_us):
            if one.recorded.is_dated and not one.is_believed:
                self._enter(camera_id, body, one, found_again=True)
            else:
                files.lay_down(body, one)
        for body in kept.keys() - {body for body, _one in whole}:
            files.clear(body)
        for end in (path for each in ENDS for path in folder.glob(f"*{each}")):
            end.unlink()
        return len(whole)

    def _enter(self, camera_id: UUID, body: Path, kept: Kept, *, found_again: bool = False) -> Entry:
        """Sign what is whole and durable under its passing name, give it its name, and enter it."""
        line = self.sign(camera_id, body, kept, self._readings.worth(kept.recorded, camera_id))
        entry = self._entry_of(line)
        self._ledger.enter(entry, key_interval_ms=kept.recorded.key_interval_ms, found_again=found_again)
        return entry

    def sign(self, camera_id: UUID, body: Path, kept: Kept, worth: Worth) -> ManifestLine:
        """Write the line of what is whole and durable under a passing name, and give both their names."""
        line = self._line(camera_id, body, kept, worth)
        path = body.with_suffix(LINE)
        files.write_durably(path, _text(signed(line, self._key)))
        body.rename(body.with_suffix(CIPHER))
        sync_folder(body.parent)
        files.clear(body)
        return line

    def line_of(self, entry: Entry) -> SignedLine:
        """The signed line of a spooled segment. Raises `OSError` or `ValueError` when it cannot be read."""
        held = json.loads(self._path(entry, LINE).read_text(encoding="utf-8"))
        if not isinstance(held, dict) or {type(held.get(name)) for name in ("line", "signature")} != {str}:
            raise ValueError("this is no signed line")
        return SignedLine(held["line"], held["signature"])

    def cipher_path(self, entry: Entry) -> Path:
        """Where the encrypted bytes lie."""
        return self._path(entry, CIPHER)

    def is_gone(self, entry: Entry) -> bool:
        """Whether the encrypted bytes are no more, on a disk that is there; what cannot be read now is not gone.

        Raises `SpoolMissing`.
        """
        self._home.check_spool()
        try:
            self.cipher_path(entry).lstat()
        except FileNotFoundError:
            self._home.check_spool()  # nor did the disk go in between
            return True
        except OSError:
            return False
        return False

    def is_intact(self, entry: Entry) -> bool:
        """Whether the encrypted bytes are still those that were signed; a disk may change them without a word.

        Raises `OSError` when nobody can tell.
        """
        held = parse(self.line_of(entry).line)
        return digests(self.cipher_path(entry))[1] == held.cipher_sha256

    def drop(self, entry: Entry) -> None:
        """Remove a segment that is safely in the store. A crash in between leaves it marked, to be dropped again."""
        with suppress(OSError):  # on a full disk the index gets room by what is removed here
            self._ledger.mark([entry.segment_id], State.STORED)
        self._path(entry, CIPHER).unlink(missing_ok=True)
        self._path(entry, LINE).unlink(missing_ok=True)
        self._ledger.forget(entry.segment_id)

    def _path(self, entry: Entry, kind: str) -> Path:
        return self._folder(entry.camera_id, of_card=entry.recovered) / f"{entry.segment_id}{kind}"

    def _folder(self, camera_id: UUID, *, of_card: bool) -> Path:
        folder = self._home.spool / str(camera_id)
        return folder / _CARD if of_card else folder

    def _made_folder(self, camera_id: UUID) -> Path:
        own, folder = self._home.folder_of(camera_id), self._folder(camera_id, of_card=self._of_card)
        if not folder.exists():
            folder.mkdir()
            sync_folder(own)
        return folder

    def _entry(self, camera_id: UUID, segment_id: UUID) -> Entry | None:
        path = self._folder(camera_id, of_card=self._of_card) / f"{segment_id}{LINE}"
        try:
            line = parse(json.loads(path.read_text(encoding="utf-8"))["line"])
        except (OSError, ValueError, KeyError, BadManifest):
            return None  # it stays where it is for a person to look at
        return self._entry_of(line)

    def _entry_of(self, line: ManifestLine) -> Entry:
        return Entry(
            line.segment_id,
            line.camera_id,
            line.civil_day,
            line.started_us,
            line.ended_us,
            line.cipher_bytes,
            recovered=self._of_card,
        )

    def _line(self, camera_id: UUID, body: Path, kept: Kept, worth: Worth) -> ManifestLine:
        recorded = kept.recorded
        cipher_bytes, cipher_sha256, cipher_md5 = digests(body)
        return ManifestLine(
            v=VERSION,
            segment_id=UUID(body.stem),
            tenant_id=self._identity.tenant_id,
            site_id=self._identity.site_id,
            camera_id=camera_id,
            device_id=self._identity.device_id,
            civil_day=date.fromisoformat(kept.day),
            retention_days=kept.retention_days,
            recipient=kept.recipient,
            started_us=recorded.started_us,
            ended_us=recorded.ended_us,
            monotonic_ns=recorded.monotonic_ns,
            media_ms=recorded.media_ms,
            codec=recorded.codec,
            width=recorded.width,
            height=recorded.height,
            audio=recorded.audio,
            packets=recorded.packets,
            plain_bytes=kept.plain_bytes,
            plain_sha256=kept.plain_sha256,
            cipher_bytes=cipher_bytes,
            cipher_sha256=cipher_sha256,
            cipher_md5=cipher_md5,
            ended_because=recorded.ended_because,
            boot_id=UUID(recorded.boot_id),
            wall_us=recorded.wall_us,
            lost_packets=recorded.lost_packets,
            notes=recorded.notes,
            **asdict(worth),
        )


def _text(held: SignedLine) -> bytes:
    return json.dumps({"line": held.line, "signature": held.signature}).encode()


def _by_time(entry: Entry) -> int:
    return entry.started_us
