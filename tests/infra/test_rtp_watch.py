"""Packets that a camera sent and nobody got, and packets that are another session's, over a real RTSP line."""

import logging
from collections.abc import Iterator
from dataclasses import replace
from itertools import islice
from pathlib import Path

import pytest

from infra import streams
from infra.causes import Ended, GapCause
from infra.manifest import Note
from infra.recording import Limits
from infra.rtp_watch import watching
from infra.stack.cameras import Picture, RtspCameras
from infra.streams import Arrival, StreamFault, open_stream
from infra.timeline import Timeline
from tests.components import real_component
from tests.infra.sinks import Cut, cut
from tests.rtsp_line import RtspLine

QUICK = Limits(segment_seconds=1)


def test_what_ffmpeg_says_of_an_address_reaches_no_terminal(capsys: pytest.CaptureFixture[str]) -> None:
    with watching():
        logging.getLogger("libav.tcp").error("Connection to tcp://192.0.2.3:554 failed")
    logging.getLogger("libav.rtsp").error("method DESCRIBE failed: 401 Unauthorized")
    assert capsys.readouterr().err == ""


@pytest.fixture
def line(tmp_path: Path) -> Iterator[RtspLine]:
    """The line to a camera whose frames take several packets each."""
    with real_component():
        cameras = RtspCameras(tmp_path / "camera", picture=Picture(key_every=5, size="640x480"), count=1)
    made = RtspLine(cameras.port)
    yield made
    made.shut()
    cameras.stop()


def address(line: RtspLine) -> str:
    return f"rtsp://127.0.0.1:{line.port}/cam0"


@pytest.mark.req("KH-5-3a")
def test_each_lost_packet_is_counted_and_the_stream_goes_on(line: RtspLine) -> None:
    with open_stream(address(line), audio=False) as stream:
        assert len(list(islice(stream.arrivals, 10))) == 10
        assert stream.losses.lost == 0
        line.lose(3)
        for _arrival in islice(stream.arrivals, 40):
            if stream.losses.lost:
                break
        assert (stream.losses.lost, line.lost) == (3, 3)
        assert len(list(islice(stream.arrivals, 10))) == 10
        assert stream.losses.lost == 3


@pytest.mark.req("KH-5-3a")
def test_lost_packets_are_said_of_the_segment_that_lacks_them(line: RtspLine) -> None:
    """They go right after the key frame that begins the second segment, and so with a second of it still to come."""
    found: list[Cut] = []

    def arrivals(coming: Iterator[Arrival]) -> Iterator[Arrival]:
        is_lost = False
        for arrival in islice(coming, 60):
            yield arrival
            if found and not is_lost:
                line.lose(2)
                is_lost = True

    with open_stream(address(line), audio=False) as stream:
        coming = replace(stream, arrivals=arrivals(stream.arrivals))
        cut(coming, limits=QUICK, timeline=Timeline.now(), into=found)
    assert len(found) > 2
    assert [one.lost_packets for one in found] == [0, 2, *[0] * (len(found) - 2)]


@pytest.mark.req("KH-5-3a")
def test_what_is_lost_while_the_stream_is_opened_is_said_of_the_first_segment(line: RtspLine) -> None:
    """FFmpeg reads half a second ahead to learn the streams, and hands these pictures out afterwards."""
    line.lose(2, after=6)
    with open_stream(address(line), audio=False) as stream:
        assert stream.losses.lost == line.lost == 2, "before the first picture was handed out"
        coming = replace(stream, arrivals=islice(stream.arrivals, 40))
        found = cut(coming, limits=QUICK, timeline=Timeline.now())
    assert [one.lost_packets for one in found] == [2, *[0] * (len(found) - 1)]


@pytest.mark.req("KH-5-3b")
@pytest.mark.parametrize("seq", [5, 40_000])
def test_packets_of_another_session_end_the_connection_with_that_cause(line: RtspLine, seq: int) -> None:
    with open_stream(address(line), audio=False) as stream:
        list(islice(stream.arrivals, 5))
        line.take_over(seq=seq)
        with pytest.raises(StreamFault) as fault:
            list(islice(stream.arrivals, 300))
    assert fault.value.cause is GapCause.CAMERA_SESSION_CHANGED


@pytest.mark.req("DR-18")
def test_a_camera_whose_clock_jumps_by_hours_is_read_on_and_its_segment_says_so(line: RtspLine) -> None:
    def arrivals(coming: Iterator[Arrival]) -> Iterator[Arrival]:
        for number, arrival in enumerate(islice(coming, 60)):
            if number == 20:
                line.jump(3)
            yield arrival

    with open_stream(address(line), audio=False) as stream:
        coming = replace(stream, arrivals=arrivals(stream.arrivals))
        found = cut(coming, limits=QUICK, timeline=Timeline.now())
        assert not stream.losses.is_foreign
    (jumped,) = [one for one in found if one.ended_because is Ended.TIMESTAMP_JUMP]
    assert jumped.notes == Note.TIMESTAMP_JUMP == "timestamp_jump"
    assert found[-1] is not jumped, "and the recording goes on"


@pytest.mark.req("KH-5-3a", "KH-5-3b")
def test_a_camera_that_plays_and_then_sends_nothing_has_stalled(
    line: RtspLine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(streams, "READ_SECONDS", 1.5)
    with open_stream(address(line), audio=False) as stream:
        assert len(list(islice(stream.arrivals, 5))) == 5
        line.hold()
        with pytest.raises(StreamFault) as fault:
            list(islice(stream.arrivals, 300))
    assert fault.value.cause is GapCause.STREAM_STALLED
