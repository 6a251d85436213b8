"""What the recorder cuts, the joiner puts together again: the very samples, decodable, on wall time."""

import io
import subprocess
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

import av
import pytest

from infra.excerpts import Excerpt, Shot
from infra.joining import Clip as Segment
from infra.joining import join
from infra.manifest import microseconds
from infra.recording import Limits
from infra.streams import Arrival, LiveStream
from infra.timeline import Timeline
from tests.clips import Clip
from tests.infra.sinks import Cut, cut
from tests.infra.sounding import Sounding, heard_in
from tests.made_segments import EXPORTED, pictures

NOON = microseconds(datetime(2026, 11, 20, 4, 0, tzinfo=UTC))
TENTH = 100_000_000


def clips_of(recorded: Sequence[Cut]) -> list[Segment]:
    return [
        Segment(started_us=one.started_us, ended_us=one.ended_us, media_ms=one.media_ms, read=lambda one=one: one.plain)
        for one in recorded
    ]


def sounding(camera: Sounding) -> list[Cut]:
    line = Timeline(wall_us=NOON, monotonic_ns=0)
    return cut(camera.stream(), limits=Limits(segment_seconds=2), timeline=line)


@pytest.mark.req("DR-07", "DR-25", "KH-6-1d")
@pytest.mark.parametrize(("kind", "b_frames"), [("ts", 0), ("ts", 2), ("mp4", 2)])
def test_a_recorded_stream_comes_back_as_one_file(tmp_path: Path, kind: str, b_frames: int) -> None:
    with av.open(Clip(path=tmp_path / f"clip.{kind}", frames=120, b_frames=b_frames).make()) as source:
        packets = [packet for packet in source.demux(video=0) if packet.size]
        arrivals = (Arrival(packet, number * TENTH) for number, packet in enumerate(packets))
        recorded = cut(
            LiveStream(source.streams.video[0], None, arrivals),
            limits=Limits(segment_seconds=4),
            timeline=Timeline(wall_us=NOON, monotonic_ns=0),
        )
    parts = list(
        join(clips_of(recorded), from_us=NOON, until_us=NOON + 60_000_000, scratch=tmp_path, exported=EXPORTED)
    )

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


@pytest.mark.req("DR-07", "KH-3-11")
@pytest.mark.parametrize("sound", ["aac", "pcm_alaw"])
@pytest.mark.parametrize("late", [-0.3, 0, 0.07, 1.7])
def test_the_sound_of_a_recorded_stream_comes_back_whole_and_in_its_place(
    tmp_path: Path, sound: str, late: float
) -> None:
    camera = Sounding(tmp_path, sound=sound, late=late)
    recorded = sounding(camera)
    window = {"from_us": NOON, "until_us": NOON + 60_000_000}

    (part,) = join(clips_of(recorded), **window, scratch=tmp_path, exported=EXPORTED)

    assert len(recorded) >= 5
    with part.file as file:
        found = heard_in(file.read())
    assert [each.data for each in found] == [each.data for each in camera.sent]
    assert [each.at for each in found] == pytest.approx([each.at for each in camera.sent], abs=0.001)


@pytest.mark.req("DR-07", "KH-3-11")
@pytest.mark.parametrize("late", [0, 0.07, 1.7])
def test_a_segment_whose_sound_begins_before_its_picture_is_seen_and_heard_at_its_time(
    tmp_path: Path, late: float
) -> None:
    one = clips_of(sounding(Sounding(tmp_path, late=late)))[2]
    begins = heard_in(bytes(one.read()))[0].at
    excerpt = Excerpt(one, from_us=one.started_us - 200_000, until_us=one.ended_us, sound=True)

    shots = [shot.taken_us for shot in excerpt.shots() if isinstance(shot, Shot)]

    assert shots == [one.started_us + number * 100_000 for number in range(20)]
    assert begins < 0 if late else begins == pytest.approx(0, abs=0.13)
    assert excerpt.heard[0][0] - one.started_us == pytest.approx(max(begins * 1e6, -500_000), abs=130_000)
    assert not excerpt.faults
