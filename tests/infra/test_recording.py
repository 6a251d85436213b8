"""Cutting a stream into segments; long because one way of playing packets to the recorder by hand serves every test."""

import io
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from fractions import Fraction
from itertools import chain, pairwise
from pathlib import Path
from typing import Any

import av
import psutil
import pytest
from hypothesis import given
from hypothesis import strategies as st

from infra.causes import Ended, GapCause
from infra.manifest import microseconds
from infra.media_clocks import MediaClock
from infra.parameter_sets import parameter_sets
from infra.recording import Limits
from infra.rtp_watch import RtpWatch
from infra.streams import Arrival, LiveStream, StreamFault, pictures_of
from infra.timeline import Timeline
from tests.clips import Clip
from tests.infra.sinks import Cut, cut

NOON = microseconds(datetime(2026, 11, 20, 4, 0, tzinfo=UTC))
TENTH = 100_000_000
SHARED = Path(__file__).parents[3] / "shared" / "data"


def packets_of(path: Path) -> tuple[Any, list[Any]]:
    container = av.open(path)
    return container, [packet for packet in container.demux(video=0) if packet.size]


def played(packets: Iterable[Any], *, first_ns: int = 0) -> Iterator[Arrival]:
    """Each packet a tenth of a second after the one before, as a camera with ten frames a second sends them."""
    for number, packet in enumerate(packets):
        yield Arrival(packet, first_ns + number * TENTH)


def all_of(stream: LiveStream, *, seconds: int = 2, timeline: Timeline | None = None) -> list[Cut]:
    line = timeline or Timeline(wall_us=NOON, monotonic_ns=0)
    return cut(stream, limits=Limits(segment_seconds=seconds), timeline=line)


def content(recorded: Iterable[Cut]) -> list[bytes]:
    """The samples of all segments, in order."""
    found: list[bytes] = []
    for one in recorded:
        found += packets_in(one.plain)
    return found


def packets_in(mp4: bytes) -> list[bytes]:
    with av.open(io.BytesIO(mp4)) as file:
        return [bytes(packet) for packet in file.demux(video=0) if packet.size]


def frames(one: Cut) -> int:
    with av.open(io.BytesIO(one.plain)) as file:
        return len(list(file.decode(video=0)))


@pytest.mark.parametrize("codec", ["libx264", "libx265"])
@pytest.mark.parametrize("b_frames", [0, 2])
def test_no_sample_is_missing_or_doubled_where_one_segment_follows_another(
    tmp_path: Path, b_frames: int, codec: str
) -> None:
    clip = Clip(path=tmp_path / "clip.mp4", frames=90, b_frames=b_frames, codec=codec)
    container, packets = packets_of(clip.make())
    original = [bytes(packet) for packet in packets]
    recorded = all_of(LiveStream(container.streams.video[0], None, played(packets)))
    assert len(recorded) >= 4
    assert content(recorded) == original
    assert sum(frames(one) for one in recorded) == 90


@pytest.mark.req("DR-17")
def test_a_segment_begins_where_the_one_before_ended_and_with_a_key_frame(tmp_path: Path) -> None:
    container, packets = packets_of(Clip(path=tmp_path / "clip.ts", frames=100).make())
    recorded = all_of(LiveStream(container.streams.video[0], None, played(packets)))
    assert all(before.ended_us == after.started_us for before, after in pairwise(recorded))
    for one in recorded:
        with av.open(io.BytesIO(one.plain)) as file:
            assert next(packet for packet in file.demux(video=0)).is_keyframe
    assert (recorded[0].started_us, recorded[-1].ended_us) == (NOON, NOON + 10_000_000)
    assert {one.ended_because for one in recorded} == {Ended.FULL, Ended.STOPPED}


def test_wall_time_and_media_time_are_kept_apart(tmp_path: Path) -> None:
    """A camera that declares ten frames a second and sends eight."""
    container, packets = packets_of(Clip(path=tmp_path / "clip.ts", frames=40).make())
    slow = (Arrival(packet, number * 125_000_000) for number, packet in enumerate(packets))
    (one,) = all_of(LiveStream(container.streams.video[0], None, slow), seconds=60)
    assert one.media_ms == 4000
    assert one.ended_us - one.started_us == 39 * 125_000 + 100_000


def test_what_was_buffered_while_connecting_is_dated_when_it_was_taken(tmp_path: Path) -> None:
    """Twenty frames come at once, two seconds after the first was taken; then one every tenth of a second."""
    container, packets = packets_of(Clip(path=tmp_path / "clip.ts", frames=60).make())
    burst = [Arrival(packet, 20 * TENTH) for packet in packets[:20]]
    live = played(packets[20:], first_ns=20 * TENTH)
    recorded = all_of(LiveStream(container.streams.video[0], None, chain(burst, live)), seconds=60)
    assert recorded[0].started_us == NOON
    assert recorded[0].ended_us == NOON + 6_000_000


def test_a_change_of_resolution_begins_a_new_segment_and_loses_no_frame(tmp_path: Path) -> None:
    container, wide = packets_of(Clip(path=tmp_path / "wide.ts", frames=30, size=(320, 180)).make())
    other, narrow = packets_of(Clip(path=tmp_path / "narrow.ts", frames=30, size=(160, 120)).make())
    shift = wide[-1].dts + wide[-1].duration - narrow[0].dts
    for packet in narrow:
        packet.dts, packet.pts = packet.dts + shift, packet.pts + shift
    recorded = all_of(LiveStream(container.streams.video[0], None, played([*wide, *narrow])), seconds=60)
    assert [(one.width, one.height, frames(one)) for one in recorded] == [(320, 180, 30), (160, 120, 30)]
    assert recorded[0].ended_because is Ended.STREAM_CHANGED
    assert recorded[0].ended_us == recorded[1].started_us
    other.close()


@pytest.mark.req("DR-17")
@pytest.mark.parametrize("codecs", [("libx264", "libx265"), ("libx265", "libx264")])
def test_a_change_of_codec_begins_a_new_segment_and_loses_no_frame(tmp_path: Path, codecs: tuple[str, str]) -> None:
    one, two = (Clip(path=tmp_path / f"{codec}.ts", frames=30, codec=codec).make() for codec in codecs)
    (container, before), (other, after) = packets_of(one), packets_of(two)
    for number, packet in enumerate(after):
        packet.dts = packet.pts = before[-1].dts + (number + 1) * before[-1].duration
    recorded = all_of(LiveStream(container.streams.video[0], None, played([*before, *after])), seconds=60)
    names = [{"libx264": "h264", "libx265": "hevc"}[codec] for codec in codecs]
    assert [(each.codec, frames(each), each.ended_because) for each in recorded] == [
        (names[0], 30, Ended.STREAM_CHANGED),
        (names[1], 30, Ended.STOPPED),
    ]
    assert recorded[0].ended_us == recorded[1].started_us
    other.close()


@pytest.mark.req("KH-5-1a")
@pytest.mark.parametrize(("codec", "lost"), [("libx264", 0), ("libx264", 1), ("libx265", 1), ("libx265", 2)])
def test_a_lost_parameter_set_is_no_change_of_the_stream(tmp_path: Path, codec: str, lost: int) -> None:
    container, packets = packets_of(Clip(path=tmp_path / "clip.ts", frames=60, codec=codec).make())
    whole = bytes(packets[20])
    name = container.streams.video[0].codec_context.name
    sets = [b"\x00\x00\x00\x01" + unit for unit in parameter_sets(name, whole).split(b"\x00\x00\x00\x01")[1:]]
    torn, held = av.Packet(whole.replace(sets[lost].lstrip(b"\x00"), b"", 1)), packets[20]
    torn.pts, torn.dts, torn.duration, torn.time_base = held.pts, held.dts, held.duration, held.time_base
    torn.stream, torn.is_keyframe, packets[20] = held.stream, True, torn
    (one,) = all_of(LiveStream(container.streams.video[0], None, played(packets)), seconds=60)
    assert frames(one) == one.packets == 60


@pytest.mark.parametrize(("at", "counted"), [(19, [1, 0, 0]), (20, [0, 1, 0]), (21, [0, 1, 0])])
def test_what_is_lost_of_a_key_frame_is_of_the_segment_it_begins(tmp_path: Path, at: int, counted: list[int]) -> None:
    container, packets = packets_of(Clip(path=tmp_path / "clip.ts", frames=60).make())
    losses = RtpWatch()

    def arrivals() -> Iterator[Arrival]:
        for number, arrival in enumerate(played(packets)):
            losses.lost += number == at  # it is said before the frame is handed on
            yield arrival

    stream = LiveStream(container.streams.video[0], None, arrivals(), losses)
    assert [one.lost_packets for one in all_of(stream, seconds=2)] == counted


def test_a_jump_of_the_cameras_clock_costs_no_frame_and_invents_no_time(tmp_path: Path) -> None:
    container, packets = packets_of(Clip(path=tmp_path / "clip.ts", frames=60).make())
    for packet in packets[30:]:
        packet.dts, packet.pts = packet.dts + 90_000 * 149 * 3600, packet.pts + 90_000 * 149 * 3600
    recorded = all_of(LiveStream(container.streams.video[0], None, played(packets)), seconds=60)
    assert [(one.packets, one.media_ms, one.ended_because) for one in recorded] == [
        (40, 4000, Ended.TIMESTAMP_JUMP),
        (20, 2000, Ended.STOPPED),
    ]


@given(st.permutations(range(6)))
def test_small_disorder_of_timestamps_is_put_right(order: list[int]) -> None:
    clock, seen = MediaClock(Fraction(1, 90_000)), []
    for number in order:
        packet = av.Packet(b"x")
        packet.dts = packet.pts = 9000 * number
        packet.duration = 9000
        assert not clock.straighten(packet)
        seen.append(packet.dts)
    assert all(before < after for before, after in pairwise(seen))


def test_a_segment_ends_with_the_civil_day_in_taipei(tmp_path: Path) -> None:
    midnight = microseconds(datetime(2026, 11, 20, 16, 0, tzinfo=UTC))
    container, packets = packets_of(Clip(path=tmp_path / "clip.ts", frames=80, key_every=10).make())
    line = Timeline(wall_us=midnight - 3_500_000, monotonic_ns=0)
    limits = Limits(segment_seconds=60, phase_us=30_000_000)
    stream = LiveStream(container.streams.video[0], None, played(packets))
    recorded = cut(stream, limits=limits, timeline=line)
    assert [one.ended_because for one in recorded] == [Ended.DAY_END, Ended.STOPPED]
    assert 0 <= recorded[1].started_us - midnight < 1_000_000


@pytest.mark.req("DR-18")
def test_what_is_recorded_without_a_time_is_cut_where_the_time_becomes_known_and_goes_on_there(tmp_path: Path) -> None:
    container, packets = packets_of(Clip(path=tmp_path / "clip.ts", frames=80, key_every=10).make())
    line = Timeline.undated(0)

    def told_in_the_middle() -> Iterator[Arrival]:
        for number, arrival in enumerate(played(packets)):
            if number == 35:
                line.date(NOON)
            yield arrival

    stream = LiveStream(container.streams.video[0], None, told_in_the_middle())
    one, two = cut(stream, limits=Limits(segment_seconds=60, phase_us=30_000_000), timeline=line)
    assert (one.ended_because, one.is_dated, two.is_dated) == (Ended.TIME_KNOWN, False, True)
    assert (one.started_us, two.started_us) == (0, one.ended_us + NOON)
    assert len(content([one, two])) == len(packets)


def test_a_camera_that_sends_no_key_frame_is_a_fault_and_not_a_segment(tmp_path: Path) -> None:
    container, packets = packets_of(Clip(path=tmp_path / "clip.ts", frames=60, key_every=60).make())
    with pytest.raises(StreamFault) as fault:
        all_of(LiveStream(container.streams.video[0], None, played(packets[1:] * 10)))
    assert fault.value.cause is GapCause.NO_KEY_FRAME


def test_what_was_recorded_before_a_fault_is_kept(tmp_path: Path) -> None:
    container, packets = packets_of(Clip(path=tmp_path / "clip.ts", frames=30).make())

    def dies() -> Iterator[Arrival]:
        yield from played(packets)
        raise StreamFault(GapCause.STREAM_STALLED)

    kept: list[Cut] = []
    stream = LiveStream(container.streams.video[0], None, dies())
    with pytest.raises(StreamFault):
        cut(stream, limits=Limits(), timeline=Timeline(wall_us=NOON, monotonic_ns=0), into=kept)
    assert [(one.packets, one.ended_because) for one in kept] == [(30, Ended.STREAM_STALLED)]
    assert kept[0].ended_us == NOON + 3_000_000


@pytest.mark.req("DR-34")
@pytest.mark.parametrize("b_frames", [0, 2])
def test_what_was_marked_plays_for_as_long_as_the_mark_says_and_a_second_at_most_is_missing(
    tmp_path: Path, b_frames: int
) -> None:
    """Key frames are four seconds apart: fragments end without one."""
    container, packets = packets_of(
        Clip(path=tmp_path / "clip.mp4", frames=100, key_every=40, b_frames=b_frames).make()
    )
    (one,) = all_of(LiveStream(container.streams.video[0], None, played(packets)), seconds=60)
    assert len(one.marks) >= 8
    ends = [one.started_us, *(so_far.ended_us for _size, so_far in one.marks), one.ended_us]
    assert max(after - before for before, after in pairwise(ends)) <= 1_200_000
    for size, so_far in one.marks:
        assert len(packets_in(one.plain[:size])) == so_far.packets
        assert so_far.media_ms == so_far.packets * 100
        assert so_far.ended_us == NOON + so_far.packets * 100_000
        assert so_far.ended_because is Ended.CUT_OFF


@pytest.mark.req("DR-34", "KH-3-11")
@pytest.mark.parametrize("late", [0, 3, 30])
def test_a_mark_says_no_more_than_the_file_holds_however_late_its_sound_comes(tmp_path: Path, late: int) -> None:
    with av.open(Clip(path=tmp_path / "clip.mp4", frames=80, audio=True).make()) as container:
        video, sound = container.streams.video[0], container.streams.audio[0]
        frames = [packet for packet in container.demux(video) if packet.size]
        container.seek(0)
        sounds = [packet for packet in container.demux(sound) if packet.size]
        arrivals = []
        for number, frame in enumerate(frames):
            come = [one for one in sounds if number - 1 < one.pts * one.time_base * 10 + late <= number]
            arrivals.append(Arrival(frame, number * TENTH, come))
        (one,) = all_of(LiveStream(video, sound, iter(arrivals)), seconds=600)
    assert one.marks
    for size, so_far in one.marks:
        held = packets_in(one.plain[:size])
        assert (len(held), so_far.media_ms) == (so_far.packets, so_far.packets * 100)
        assert so_far.ended_us <= NOON + len(held) * 100_000


@pytest.mark.req("KH-3-11")
@pytest.mark.parametrize("asked", [True, False])
def test_sound_is_kept_only_when_asked_for(tmp_path: Path, asked: bool) -> None:  # noqa: FBT001 - both are tried
    with av.open(Clip(path=tmp_path / "clip.mp4", frames=40, audio=True).make()) as container:
        video, sound = container.streams.video[0], container.streams.audio[0]
        arrivals = pictures_of(container.demux(video, sound), video.index)
        (one,) = all_of(LiveStream(video, sound if asked else None, arrivals), seconds=600)
    assert one.audio is asked
    with av.open(io.BytesIO(one.plain)) as file:
        assert len(file.streams.audio) == int(asked)
        assert frames(one) == 40


@pytest.mark.req("DR-18")
@given(st.lists(st.tuples(st.integers(-86400, 86400), st.integers(0, 3600)), min_size=1, max_size=20))
def test_no_step_of_the_wall_clock_makes_spans_overlap(steps: list[tuple[int, int]]) -> None:
    """Each recording begins with whatever the wall clock says then, and lasts some time."""
    monotonic_ns, wall_us, ended_us = 10**12, NOON, 0
    for step, length in steps:
        wall_us += step * 1_000_000
        line = Timeline(wall_us=wall_us, monotonic_ns=monotonic_ns, not_before_us=ended_us)
        started_us = line.at(monotonic_ns - 3_000_000_000)
        monotonic_ns += length * 1_000_000_000
        wall_us += length * 1_000_000
        assert started_us >= ended_us
        ended_us = line.at(monotonic_ns)
        assert ended_us >= started_us


@pytest.mark.skipif(not SHARED.exists(), reason="the real clips lie beside the project, not in it")
@pytest.mark.parametrize("name", ["corridor-person.mp4", "gate-cars.mp4"])
def test_real_clips_come_through_whole(name: str) -> None:
    container, packets = packets_of(SHARED / name)
    original = [bytes(packet) for packet in packets]
    recorded = all_of(LiveStream(container.streams.video[0], None, played(packets)), seconds=10)
    assert content(recorded) == original


def test_memory_stays_flat_over_many_segments(tmp_path: Path) -> None:
    path = Clip(path=tmp_path / "clip.ts", frames=40).make()
    sizes: list[int] = []
    for _ in range(4):
        for _ in range(100):
            container, packets = packets_of(path)
            all_of(LiveStream(container.streams.video[0], None, played(packets)))
            container.close()
        sizes.append(psutil.Process().memory_info().rss)
    assert sizes[-1] - sizes[0] < 8 * 1024 * 1024
