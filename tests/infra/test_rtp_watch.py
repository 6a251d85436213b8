"""Packets that a camera sent and nobody got, and packets that are another session's, over a real RTSP line."""

from collections.abc import Iterator
from dataclasses import replace
from itertools import islice
from pathlib import Path

import pytest

from infra.causes import GapCause
from infra.recording import Limits
from infra.stack.cameras import Picture, RtspCameras
from infra.streams import StreamFault, open_stream
from infra.timeline import Timeline
from tests.components import real_component
from tests.infra.sinks import cut
from tests.rtsp_line import RtspLine

QUICK = Limits(segment_seconds=1)


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
    with open_stream(address(line), audio=False) as stream:
        list(islice(stream.arrivals, 5))
        line.lose(2)
        found = cut(replace(stream, arrivals=islice(stream.arrivals, 60)), limits=QUICK, timeline=Timeline.now())
    assert len(found) > 2
    assert sum(one.lost_packets for one in found) == 2
    assert sorted(one.lost_packets for one in found)[-2:] in ([0, 2], [1, 1])


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
def test_a_camera_whose_clock_jumps_by_hours_is_read_on(line: RtspLine) -> None:
    with open_stream(address(line), audio=False) as stream:
        list(islice(stream.arrivals, 5))
        line.jump(3)
        assert len(list(islice(stream.arrivals, 20))) == 20
        assert not stream.losses.is_foreign
