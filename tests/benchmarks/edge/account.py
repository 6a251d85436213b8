"""What both did while they were measured: a figure counts only where everybody recorded, and ours sent."""

from collections.abc import Sequence
from contextlib import closing
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from uuid import UUID

from infra import clock
from infra.manifest import instant, microseconds
from tenants.footage.rules import Window
from tests.benchmarks.edge import clip
from tests.benchmarks.edge.box import Box
from tests.benchmarks.edge.peers import SEGMENT_SECONDS
from tests.smoke.outside import Database
from workers.edge.ledger import Ledger, State

# A cut waits for the next key frame, and what it made for encryption and disk.
_SLACK_SECONDS = 10
_LEAST_SHARE = 0.5
# All that were sent, and those that lack what the peers write beside the picture.
_COUNTED = "true", "not audio"
_SENT = "select count(*) filter (where {}) from segments where confirmed_at between %s and %s"
_SENT += " and state in ('confirmed', 'stored')"


class NotMeasured(Exception):
    """Somebody did not do what was to be measured."""


@dataclass(frozen=True, kw_only=True)
class Account:
    """A moment, and how many bytes lay in the folder of each peer then."""

    at: datetime
    written: Sequence[int]


def taken(peers: Path) -> Account:
    """What stands now."""
    folders = sorted(peers.iterdir(), key=lambda one: int(one.name))
    sizes = [sum(path.stat().st_size for path in folder.glob("*.mp4")) for folder in folders]
    return Account(at=clock.now(), written=sizes)


def check(before: Account, after: Account, box: Box, database: Database) -> None:
    """Raise `NotMeasured` unless each camera was recorded and sent, and each peer wrote, from the one to the other."""
    count, seconds = len(after.written), (after.at - before.at).total_seconds()
    with closing(Ledger(box.home / "ledger.sqlite3")) as ledger:
        for camera in box.cameras[:count]:
            _check_camera(ledger, database, UUID(camera), Window(before.at, after.at))
    sent, silent = (database.one(_SENT.format(what), before.at, after.at) for what in _COUNTED)
    if sent < count or silent:
        raise NotMeasured(f"{count} cameras, {sent} segments sent in {seconds:.0f} s, {silent} of them without sound")
    least = clip.BYTES_A_SECOND * seconds * _LEAST_SHARE
    for number, (was, grown) in enumerate(zip(before.written, after.written, strict=True)):
        if grown - was < least:
            raise NotMeasured(f"ffmpeg {number} wrote {grown - was} bytes in {seconds:.0f} s")


def waiting(box: Box) -> int:
    """How many segments were not sent yet."""
    with closing(Ledger(box.home / "ledger.sqlite3")) as ledger:
        return ledger.count(State.SPOOLED)


def _check_camera(ledger: Ledger, database: Database, camera_id: UUID, window: Window) -> None:
    """Recorded from before it began, without a gap, up to a cut that is no longer ago than a segment."""
    began_us = microseconds(window.started_at)
    query = "select min(started_at) from segments where camera_id = %s and ended_at > %s"
    known = [instant(one.started_us) for one, _state in ledger.known(camera_id).values() if one.ended_us > began_us]
    sent = database.one(query, camera_id, window.started_at)
    first = min([*known, *([sent] if sent is not None else [])], default=window.ended_at)
    state, since = ledger.state_of(camera_id), instant(ledger.recording_since_us(camera_id))
    until = instant(state.recorded_until_us or 0)
    lags = (window.ended_at - until).total_seconds() - SEGMENT_SECONDS
    if state.cause is not None or max(first, since) > window.started_at or lags > _SLACK_SECONDS:
        raise NotMeasured(f"camera {camera_id}: {state.cause}, from {max(first, since)} to {until} of {window}")
