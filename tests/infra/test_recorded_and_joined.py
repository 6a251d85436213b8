"""What the recorder cuts, the joiner puts together again: the very samples, decodable, on wall time."""

import io
import subprocess
from datetime import UTC, datetime
from pathlib import Path

import av
import pytest

from infra.joining import Clip as Segment
from infra.joining import join
from infra.manifest import microseconds
from infra.recording import Limits
from infra.streams import Arrival, LiveStream
from infra.timeline import Timeline
from tests.clips import Clip
from tests.infra.sinks import cut
from tests.made_segments import EXPORTED, pictures

NOON = microseconds(datetime(2026, 11, 20, 4, 0, tzinfo=UTC))
TENTH = 100_000_000


@pytest.mark.req("DR-07", "DR-25", "KH-6-1d")
@pytest.mark.parametrize(("kind", "b_frames"), [("ts", 0), ("ts", 2), ("mp4", 2)])
def test_a_recorded_stream_comes_back_as_one_file(tmp_path: Path, kind: str, b_frames: int) -> None:
    with av.open(Clip(path=tmp_path / f"clip.{kind}", frames=120, b_frames=b_frames).make()) as source:
        packets = [packet for packet in source.demux(video=0) if packet.size]
        arrivals = (Arrival(packet, number * TENTH, is_video=True) for number, packet in enumerate(packets))
        recorded = cut(
            LiveStream(source.streams.video[0], None, arrivals),
            limits=Limits(segment_seconds=4),
            timeline=Timeline(wall_us=NOON, monotonic_ns=0),
        )
    segments = [
        Segment(started_us=one.started_us, ended_us=one.ended_us, media_ms=one.media_ms, read=lambda one=one: one.plain)
        for one in recorded
    ]

    parts = list(join(segments, from_us=NOON, until_us=NOON + 60_000_000, scratch=tmp_path, exported=EXPORTED))

    assert len(recorded) >= 3
    assert len(parts) == 1
    with parts[0].file as file:
        whole = file.read()
    assert pictures(whole) == [packet for one in recorded for packet in pictures(one.plain)]
    assert (parts[0].started_us, parts[0].ended_us) == pytest.approx((NOON, recorded[-1].ended_us), abs=1000)
    with av.open(io.BytesIO(whole)) as played:
        assert len(list(played.decode(video=0))) == 120
    path = tmp_path / "whole.mp4"
    path.write_bytes(whole)
    command = ["ffmpeg", "-v", "error", "-xerror", "-i", str(path), "-enc_time_base", "-1", "-f", "null", "-"]
    done = subprocess.run(command, capture_output=True, check=False, text=True)  # noqa: S603 - our own words
    assert (done.returncode, done.stderr) == (0, "")
