"""`python -m tests.torture.soak`: ten thousand segments of one connection, and whether memory stays flat.

A clip is played to the recorder as fast as it takes it, under a clock that a count moves. Prints
`RESULT segments=... growth_kb=...` and ends with 1 where memory grew by more than the goal after a first thousand.
"""

import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import av
import psutil

from infra.recording import Limits, record
from infra.streams import Arrival, LiveStream
from infra.timeline import Timeline
from tests.clips import Clip
from tests.infra.sinks import Nowhere

_SEGMENTS, _SETTLED = 10_000, 1_000
_RATE = 10
_MOST_GROWTH_KB = 4_096
_NOON_US = 1_795_147_200_000_000
_STEP_NS = 1_000_000_000 // _RATE


def main() -> int:
    """Record; 0 when memory stayed flat."""
    with tempfile.TemporaryDirectory() as folder:
        clip = Clip(path=Path(folder) / "clip.ts", frames=_RATE * 2, rate=_RATE, key_every=_RATE).make()
        grown = _grown_kb(clip)
    sys.stdout.write(f"RESULT segments={_SEGMENTS} growth_kb={grown} goal_kb={_MOST_GROWTH_KB}\n")
    return 0 if grown <= _MOST_GROWTH_KB else 1


def _grown_kb(clip: Path) -> int:
    """How much larger the process is after so many segments than when it had settled."""
    process, settled, made = psutil.Process(), 0, 0
    with av.open(clip) as container:
        stream = LiveStream(container.streams.video[0], None, _endless(container))
        kept = record(
            stream,
            limits=Limits(segment_seconds=1),
            timeline=Timeline(wall_us=_NOON_US, monotonic_ns=0),
            stopped=lambda: made >= _SEGMENTS,
            begin=lambda _started_us: Nowhere(),
        )
        for _segment in kept:
            made += 1
            if made == _SETTLED:
                settled = process.memory_info().rss
    return (process.memory_info().rss - settled) // 1024


def _endless(container: av.container.InputContainer) -> Iterator[Arrival]:
    number, ticks = 0, 0
    while True:
        for packet in container.demux(video=0):
            if not packet.size:
                continue
            packet.dts = packet.pts = ticks
            ticks += round(1 / (_RATE * packet.time_base))
            yield Arrival(packet, number * _STEP_NS, is_video=True)
            number += 1
        container.seek(0)


if __name__ == "__main__":
    sys.exit(main())
