"""`python -m tests.torture.soak`: ten thousand segments of one connection, and whether memory stays flat.

A clip with sound is played to the recorder as fast as it takes it, under a clock that a count moves. Each segment goes
the whole way: encrypted second by second into the spool, signed, entered, and dropped as after an upload. Prints
`RESULT segments=... sounding=... growth_kb=...` and ends with 1 where memory grew by more than the goal after a first
thousand, or a segment was without sound.
"""

import sys
import tempfile
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from itertools import count
from pathlib import Path

import av
import psutil

from infra.recorded import Recorded
from infra.recording import Limits, record
from infra.streams import Arrival, LiveStream, pictures_of
from infra.timeline import Timeline
from tests.clips import Clip
from tests.workers.edge.disks import BEGAN, CAMERA, new_disk
from workers.edge.open_segments import OpenSegment
from workers.edge.spool import Spool

_SEGMENTS, _SETTLED = 10_000, 1_000
# Few pictures, so that the count of segments is what takes the time.
_RATE, _SECONDS = 5, 4
_MOST_GROWTH_KB = 4_096
_NANOSECOND = 1_000_000_000


@dataclass
class _Sent:
    """A segment of the spool that is in the store as soon as it is whole."""

    spool: Spool
    segment: OpenSegment

    def write(self, data: bytes) -> None:
        self.segment.write(data)

    def mark(self, so_far: Recorded) -> None:
        self.segment.mark(so_far)

    def finish(self, recorded: Recorded) -> None:
        self.spool.drop(self.segment.finish(recorded))

    def leave(self) -> None:
        self.segment.leave()


def main() -> int:
    """Record; 0 when memory stayed flat."""
    with tempfile.TemporaryDirectory() as folder:
        clip = Clip(path=Path(folder) / "clip.mp4", frames=_RATE * _SECONDS, rate=_RATE, key_every=_RATE, audio=True)
        sounding, grown = _recorded(clip.make(), Path(folder))
    said = f"segments={_SEGMENTS} sounding={sounding} growth_kb={grown} goal_kb={_MOST_GROWTH_KB}"
    sys.stdout.write(f"RESULT {said}\n")
    return 0 if grown <= _MOST_GROWTH_KB and sounding == _SEGMENTS else 1


def _recorded(clip: Path, folder: Path) -> tuple[int, int]:
    """How many segments had sound, and how much larger the process is after all than when it had settled."""
    process, settled, made, sounding = psutil.Process(), 0, 0, 0
    disk = new_disk(folder)
    spool, ledger = disk.spool()
    with closing(ledger), av.open(clip) as container:
        stream = LiveStream(container.streams.video[0], container.streams.audio[0], _endless(container))
        kept = record(
            stream,
            limits=Limits(segment_seconds=1),
            timeline=Timeline(wall_us=BEGAN, monotonic_ns=0),
            stopped=lambda: made >= _SEGMENTS,
            begin=lambda started_us: _Sent(spool, spool.begin(CAMERA, started_us, disk.rules)),
        )
        for segment in kept:
            made, sounding = made + 1, sounding + segment.audio
            if made == _SETTLED:
                settled = process.memory_info().rss
        return sounding, (process.memory_info().rss - settled) // 1024


def _endless(container: av.container.InputContainer) -> Iterator[Arrival]:
    """The clip again and again, each picture when its own clock says."""
    for arrival in pictures_of(_rounds(container), container.streams.video[0].index):
        packet = arrival.packet
        arrival.monotonic_ns = max(0, round(packet.dts * packet.time_base * _NANOSECOND))
        yield arrival


def _rounds(container: av.container.InputContainer) -> Iterator[av.Packet]:
    for rounds in count():
        for packet in container.demux(container.streams.video[0], container.streams.audio[0]):
            if packet.size and packet.dts is not None:
                packet.dts = packet.pts = packet.dts + round(rounds * _SECONDS / packet.time_base)
                yield packet
        container.seek(0)


if __name__ == "__main__":
    sys.exit(main())
