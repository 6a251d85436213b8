"""Opening what a camera sends, from real RTSP servers and from things that are none."""

import io
import socket
import threading
from array import array
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from itertools import islice, pairwise
from pathlib import Path

import av
import pytest

from infra import streams
from infra.causes import GapCause
from infra.recording import Limits
from infra.sound_conversion import Converter
from infra.stack.cameras import Picture, RtspCameras
from infra.stack.processes import free_port
from infra.streams import Arrival, StreamFault, open_stream, pictures_of
from tests.clips import Clip
from tests.components import real_component
from tests.infra.sinks import amid, cut


@pytest.fixture
def reordered(tmp_path: Path) -> Iterator[tuple[RtspCameras, Path]]:
    """A camera whose frames are reordered, as good encoders do, and the clip it sends."""
    clip = Clip(path=tmp_path / "clip.mp4", frames=20, b_frames=2, key_every=10).make()
    with real_component():
        cameras = RtspCameras(tmp_path / "cameras", picture=Picture(clip=clip), count=1)
    yield cameras, clip
    cameras.stop()


@contextmanager
def answering(*answers: bytes, hangs_up: bool = True) -> Iterator[int]:
    """A port on which somebody gives one answer after the other to whoever calls, and then hangs up, or is silent."""
    with socket.create_server(("127.0.0.1", 0)) as server, ExitStack() as held:

        def serve() -> None:
            while True:
                try:
                    connection, _ = server.accept()
                except OSError:
                    return
                for answer in answers:
                    connection.recv(4096)
                    connection.sendall(answer)
                if hangs_up:
                    connection.close()
                else:
                    held.enter_context(connection)

        thread = threading.Thread(target=serve, daemon=True)
        thread.start()
        try:
            yield server.getsockname()[1]
        finally:
            server.shutdown(socket.SHUT_RDWR)
            thread.join(5)


def fault_of(address: str) -> GapCause:
    with pytest.raises(StreamFault) as fault, open_stream(address, audio=True):
        pass
    return fault.value.cause


def test_the_first_key_frame_of_a_stream_with_reordered_frames_is_not_lost(
    reordered: tuple[RtspCameras, Path],
) -> None:
    camera, clip = reordered
    seen: list[tuple[int, int, bool]] = []

    def watch(arrivals: Iterator[Arrival]) -> None:
        seen.extend((one.packet.dts, one.packet.pts, one.packet.is_keyframe) for one in arrivals)

    with open_stream(camera.url(), audio=False) as stream, pytest.raises(StreamFault) as fault:
        watch(stream.arrivals)
    assert fault.value.cause is GapCause.STREAM_ENDED
    with av.open(clip) as file:
        original = [packet for packet in file.demux(video=0) if packet.size]
    assert len(seen) == len(original)
    assert seen[0][2]
    # The same distances as in the clip, whatever the camera's clock began with.
    base = 90_000 * original[0].time_base
    shown = [round((packet.pts - original[0].pts) * base) for packet in original]
    assert [pts - seen[0][1] for _, pts, _ in seen] == shown
    assert all(pts >= dts for dts, pts, _ in seen)


@pytest.mark.req("KH-3-11")
@pytest.mark.parametrize("codec", ["alaw", "mulaw"])
def test_telephone_sound_becomes_aac_beside_the_picture(tmp_path: Path, codec: str) -> None:
    with real_component():
        cameras = RtspCameras(tmp_path, picture=Picture(audio=codec), count=1)
    try:
        with open_stream(cameras.url(), audio=True) as stream:
            some = replace(stream, arrivals=islice(stream.arrivals, 60))
            (one,) = cut(some, limits=Limits(), timeline=amid())
    finally:
        cameras.stop()
    assert one.audio
    with av.open(io.BytesIO(one.plain)) as file:
        assert file.streams.audio[0].codec_context.name == "aac"
        heard = array("f", b"".join(bytes(frame.planes[0]) for frame in file.decode(audio=0)))
    assert len(heard) > 1024
    assert max(heard) > 0.01, "it is not silence"


@pytest.mark.req("DR-16", "KH-3-11")
def test_a_camera_whose_sound_goes_on_without_a_picture_stands_still(tmp_path: Path) -> None:
    with av.open(Clip(path=tmp_path / "clip.mp4", frames=700, audio=True).make()) as file:
        video, sound = file.streams.video[0], file.streams.audio[0]
        mixed = [packet for packet in file.demux(video, sound) if packet.size]
        pictures = [packet for packet in mixed if packet.stream is video][:5]
        heard = [packet for packet in mixed if packet.stream is sound]
        arrivals = pictures_of(iter([*pictures, *heard]), video.index)
        assert [one.packet for one in islice(arrivals, 5)] == pictures
        with pytest.raises(StreamFault) as fault:
            next(arrivals)
    assert fault.value.cause is GapCause.STREAM_STALLED


@pytest.mark.req("KH-3-11")
def test_each_picture_comes_with_the_sound_before_it(tmp_path: Path) -> None:
    with av.open(Clip(path=tmp_path / "clip.mp4", frames=20, audio=True).make()) as file:
        video, sound = file.streams.video[0], file.streams.audio[0]
        mixed = [packet for packet in file.demux(video, sound) if packet.size]
        until = max(number for number, packet in enumerate(mixed) if packet.stream is video)
        arrivals = list(pictures_of(iter(mixed), video.index))
    assert [packet for one in arrivals for packet in (*one.sound, one.packet)] == mixed[: until + 1]
    assert len(arrivals) == 20


@pytest.mark.req("KH-3-11")
def test_a_fault_of_the_sound_never_stops_the_picture(tmp_path: Path) -> None:
    converter = Converter()
    with av.open(Clip(path=tmp_path / "clip.mp4", audio=True).make()) as file:
        (broken,) = islice((packet for packet in file.demux(audio=0) if packet.size), 1)
        broken.pts = None
        assert list(converter.convert(broken)) == []
        assert list(converter.convert(broken)) == []


def test_h265_is_recorded_as_it_is(tmp_path: Path) -> None:
    with real_component():
        cameras = RtspCameras(tmp_path, picture=Picture(codec="h265"), count=1)
    try:
        with open_stream(cameras.url(), audio=False) as stream:
            assert stream.video.codec_context.name == "hevc"
            assert next(stream.arrivals).packet.is_keyframe
    finally:
        cameras.stop()


@pytest.mark.req("DR-17")
def test_a_camera_that_comes_back_with_another_codec_is_recorded_in_it(tmp_path: Path) -> None:
    with real_component():
        cameras = RtspCameras(tmp_path, picture=Picture(audio="aac"), count=1)
    recorded = []
    try:
        for codec in ("h264", "h265"):
            with open_stream(cameras.url(), audio=True) as stream:
                some = replace(stream, arrivals=islice(stream.arrivals, 60))
                recorded += cut(some, limits=Limits(), timeline=amid())
            if codec == "h264":
                cameras.change(Picture(codec="h265", audio="aac"))
    finally:
        cameras.stop()
    assert [(one.codec, one.audio) for one in recorded] == [("h264", True), ("hevc", True)]
    for one in recorded:
        with av.open(io.BytesIO(one.plain)) as file:
            assert len(list(file.decode(video=0))) == one.packets


def test_a_path_that_the_camera_does_not_have_is_a_refusal(rtsp: RtspCameras) -> None:
    assert fault_of(rtsp.url(99)) is GapCause.CAMERA_REFUSED


def test_a_wrong_password_is_a_refusal() -> None:
    denied = b'RTSP/1.0 401 Unauthorized\r\nCSeq: 1\r\nWWW-Authenticate: Basic realm="cam"\r\n\r\n'
    with answering(*[denied] * 3) as port:
        assert fault_of(f"rtsp://admin:wrong@127.0.0.1:{port}/cam0") is GapCause.CAMERA_REFUSED


def test_nobody_at_the_address_is_unreachable() -> None:
    assert fault_of(f"rtsp://127.0.0.1:{free_port()}/cam0") is GapCause.CAMERA_UNREACHABLE


def test_a_web_server_in_place_of_a_camera_is_named_as_such() -> None:
    with answering(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n") as port:
        assert fault_of(f"rtsp://127.0.0.1:{port}/") is GapCause.NOT_A_CAMERA
    assert fault_of("http://127.0.0.1/stream") is GapCause.NOT_A_CAMERA


@pytest.mark.req("KH-5-3b")
@pytest.mark.parametrize("answers", [0, 1, 2])
def test_a_camera_that_hangs_up_while_it_is_opened_is_no_other_service(answers: int) -> None:
    said = b"RTSP/1.0 200 OK\r\nCSeq: %d\r\nPublic: OPTIONS, DESCRIBE\r\n\r\n"
    with answering(*[said % number for number in range(1, answers + 1)]) as port:
        assert fault_of(f"rtsp://127.0.0.1:{port}/cam0") is GapCause.CAMERA_UNREACHABLE


def test_somebody_who_accepts_and_never_answers_does_not_hold_us(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(streams, "OPEN_SECONDS", 0.5)
    with answering(hangs_up=False) as port:
        assert fault_of(f"rtsp://127.0.0.1:{port}/cam0") is GapCause.CAMERA_UNREACHABLE


def test_a_file_without_video_is_named_as_such(tmp_path: Path) -> None:
    with av.open(tmp_path / "sound.mp4", "w") as out:
        sound = out.add_stream("aac", rate=8000, layout="mono")
        frame = av.AudioFrame(format="fltp", layout="mono", samples=1024)
        frame.planes[0].update(bytes(frame.planes[0].buffer_size))
        frame.sample_rate, frame.pts = 8000, 0
        out.mux(sound.encode(frame))
        out.mux(sound.encode(None))
    assert fault_of(f"clip:{tmp_path}/sound.mp4") is GapCause.NO_VIDEO


def test_a_clip_goes_on_from_its_beginning_with_rising_timestamps(tmp_path: Path) -> None:
    clip = Clip(path=tmp_path / "clip.mp4", frames=5, rate=25, b_frames=2).make()
    with open_stream(f"clip:{clip}", audio=False) as stream:
        seen = [arrival.packet.dts for arrival in islice(stream.arrivals, 12)]
    steps = {after - before for before, after in pairwise(seen)}
    assert len(steps) == 1, "no jump where the clip begins again"
    assert steps.pop() > 0
