"""Sound beside the picture: nothing is lost where segments meet, and it stays in its place whatever the clocks do."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import av
import pytest

from infra.causes import Ended
from infra.recording import Limits
from infra.streams import Arrival
from infra.timeline import Timeline
from tests.infra.sinks import Cut, cut
from tests.infra.sounding import Sample, Sounding, heard_in
from tests.infra.test_recording import NOON, packets_in

HOURS = 149 * 3600
KINDS = ["aac", "pcm_alaw", "pcm_mulaw"]
# A tick of the picture's clock and one of the sound's, and what a file rounds.
CLOSE = 0.001
# How many frames of sound two seconds have.
WHOLE = pytest.approx(15, abs=1)


def recorded(camera: Sounding, *, seconds: int = 2) -> list[Cut]:
    line = Timeline(wall_us=NOON, monotonic_ns=0)
    return cut(camera.stream(), limits=Limits(segment_seconds=seconds), timeline=line)


def heard(segments: Sequence[Cut]) -> list[Sample]:
    """The sound of all segments, by its distance from the first picture of the first."""
    begun, found = 0.0, []
    for one in segments:
        found += [Sample(data=each.data, at=begun + each.at) for each in heard_in(one.plain)]
        begun += len(packets_in(one.plain)) / 10
    return found


def check_whole(camera: Sounding, segments: Sequence[Cut]) -> None:
    """Nothing is missing or doubled of what was sent from the first picture on, and all of it is in its place."""
    found = heard(segments)
    assert len(found) > 60
    assert [each.data for each in found] == [each.data for each in camera.sent]
    assert [each.at for each in found] == pytest.approx([each.at for each in camera.sent], abs=CLOSE)


@pytest.mark.req("KH-3-11")
@pytest.mark.parametrize("late", [-0.3, 0, 0.07, 0.4, 1.7])
@pytest.mark.parametrize("sound", KINDS)
def test_no_sound_is_missing_or_doubled_or_moved_where_segments_meet(tmp_path: Path, sound: str, late: float) -> None:
    camera = Sounding(tmp_path, sound=sound, late=late)
    segments = recorded(camera)
    assert len(segments) >= 5
    assert all(one.audio for one in segments)
    check_whole(camera, segments)


@pytest.mark.req("KH-3-11", "DR-18")
@pytest.mark.parametrize("sound", KINDS)
@pytest.mark.parametrize("hours", [HOURS, -HOURS])
@pytest.mark.parametrize("apart", [-0.25, 0, 0.25])
def test_a_jump_of_picture_and_sound_leaves_the_sound_in_its_place(
    tmp_path: Path, sound: str, hours: int, apart: float
) -> None:
    """Also where the one jumps a little before the other."""
    camera = Sounding(
        tmp_path,
        sound=sound,
        picture_jumps=lambda at: hours if at >= 4.45 else 0,
        sound_jumps=lambda at: hours if at >= 4.45 + apart else 0,
    )
    segments = recorded(camera, seconds=60)
    assert [one.ended_because for one in segments] == [Ended.TIMESTAMP_JUMP, Ended.STOPPED]
    check_whole(camera, segments)


@pytest.mark.req("KH-3-11", "DR-18")
@pytest.mark.parametrize("jumps", [(HOURS, 0), (0, HOURS), (0, -HOURS)])
def test_a_jump_of_only_one_leaves_the_sound_in_its_place(tmp_path: Path, jumps: tuple[int, int]) -> None:
    picture, sound = ((lambda at, by=each: by if at >= 4.45 else 0) for each in jumps)
    camera = Sounding(tmp_path, picture_jumps=picture, sound_jumps=sound)
    check_whole(camera, recorded(camera))


def test_many_jumps_lose_no_sound(tmp_path: Path) -> None:
    def jumps(at: float) -> int:
        return (int(at) % 3 - 1) * HOURS

    camera = Sounding(tmp_path, picture_jumps=jumps, sound_jumps=jumps)
    check_whole(camera, recorded(camera))


@pytest.mark.parametrize("late", [0, 0.2])
def test_sound_that_pauses_comes_back_beside_its_picture(tmp_path: Path, late: float) -> None:
    camera = Sounding(tmp_path, seconds=30, late=late, silent=lambda at: 4.2 <= at < 18.6)
    segments = recorded(camera, seconds=4)
    check_whole(camera, segments)
    assert [one.audio for one in segments] == [True, True, False, False, True, True, True, True]


def test_the_picture_of_a_segment_waits_only_for_sound_that_is_its_own(tmp_path: Path) -> None:
    """Sound that ended long ago puts nothing before the picture, and a little puts as much before it as is there."""
    camera = Sounding(tmp_path, seconds=30, late=0.2, silent=lambda at: at >= 4.2)
    for one in recorded(camera, seconds=4)[3:]:
        assert one.media_ms == len(packets_in(one.plain)) * 100


@pytest.mark.parametrize("late", [3, 7])
def test_sound_that_comes_far_too_late_is_kept_all_the_same(tmp_path: Path, late: float) -> None:
    camera = Sounding(tmp_path, late=late)
    found = [each.data for each in heard(recorded(camera))]
    assert found[-len(camera.sent) :] == [each.data for each in camera.sent]
    assert len(found) <= len(camera.sent) + 1, "what an encoder puts before its first sound"


@pytest.mark.req("KH-3-11")
@pytest.mark.parametrize("sound", ["pcm_alaw", "pcm_mulaw"])
def test_sound_that_no_mp4_holds_leaves_the_picture_whole(tmp_path: Path, sound: str) -> None:
    camera = Sounding(tmp_path, sound=sound)
    stream = replace(camera.stream(), audio=camera.sound_source.streams.audio[0])
    segments = cut(stream, limits=Limits(segment_seconds=2), timeline=Timeline(wall_us=NOON, monotonic_ns=0))
    assert [(one.audio, one.ended_because) for one in segments[:2]] == [(False, Ended.FULL)] * 2
    assert sum(len(packets_in(one.plain)) for one in segments) == 120


def framed(packet: "av.Packet") -> "av.Packet":
    """It says that it is framed as in a broadcast (ADTS), and is not."""
    return instead(packet, b"\xff\xf1" + bytes(30))


def short(packet: "av.Packet") -> "av.Packet":
    """It has not even the bytes that say what comes."""
    return instead(packet, b"\xff")


def too_close(packet: "av.Packet") -> "av.Packet":
    """Its clock is finer than the file's, and it comes no later than the one before."""
    made = instead(packet, bytes(packet))
    made.time_base, made.dts, made.pts = Fraction(1, 90_000), 0, 0
    return made


def instead(packet: "av.Packet", data: bytes) -> "av.Packet":
    made = av.Packet(data)
    made.dts, made.pts, made.time_base = packet.dts, packet.pts, packet.time_base
    return made


def spoilt(camera: Sounding, spoil: Callable[["av.Packet"], "av.Packet"], *, since: float) -> list[Cut]:
    """Segments of two seconds, where the sound from then on until the sixth second is spoilt."""
    whole = camera.stream()

    def arrivals() -> Iterator[Arrival]:
        for arrival in whole.arrivals:
            is_bad = since <= arrival.monotonic_ns / 1e9 < 6
            yield replace(arrival, sound=[spoil(one) for one in arrival.sound]) if is_bad else arrival

    stream = replace(whole, arrivals=arrivals())
    return cut(stream, limits=Limits(segment_seconds=2), timeline=Timeline(wall_us=NOON, monotonic_ns=0))


@pytest.mark.req("KH-3-11")
def test_sound_that_is_framed_in_the_middle_ends_no_picture(tmp_path: Path) -> None:
    segments = spoilt(Sounding(tmp_path), framed, since=5)
    assert [len(packets_in(one.plain)) for one in segments] == [20] * 6
    assert [one.ended_because for one in segments] == [Ended.FULL] * 5 + [Ended.STOPPED]
    assert all(one.audio for one in segments)


@pytest.mark.req("KH-3-11")
@pytest.mark.parametrize(("spoil", "left"), [(framed, 0), (short, WHOLE), (too_close, pytest.approx(6, abs=5))])
def test_sound_that_the_file_does_not_take_ends_no_picture_and_comes_back_with_the_next(
    tmp_path: Path, spoil: Callable[["av.Packet"], "av.Packet"], left: object
) -> None:
    segments = spoilt(Sounding(tmp_path), spoil, since=4)
    assert sum(len(packets_in(one.plain)) for one in segments) == 120
    assert [one.ended_because for one in segments] == [Ended.FULL] * 5 + [Ended.STOPPED]
    counted = [len(heard_in(one.plain)) for one in segments]
    assert counted == [WHOLE, WHOLE, left, WHOLE, WHOLE, WHOLE]
    assert [one.audio for one in segments] == [count > 0 for count in counted]
