"""Whether a camera's picture is fit: made pictures, and what becomes of a key frame of a stream that is recorded."""

import random
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from fractions import Fraction
from types import SimpleNamespace
from typing import Any

import av
import pytest

from infra.causes import PictureFault
from infra.clock import now
from infra.key_frames import WIDTH, NoPicture, small
from infra.manifest import microseconds
from infra.stack.cameras import RtspCameras
from infra.streams import Arrival, LiveStream
from tests.workers.edge.conftest import Box
from tests.workers.edge.disks import CAMERA, Disk
from workers.edge.picture import kept
from workers.edge.picture.judging import confirmed, judge, lacks_colour
from workers.edge.picture.look import Look, look
from workers.edge.picture.measuring import COLUMNS, ROWS, STEPS, Measures, measure, read
from workers.edge.picture.watching import HOUR_SECONDS, Watcher

pytestmark = pytest.mark.req("KH-3-8", "KH-3-9", "DR-36")
SIZE = (640, 360)
_ROOM = random.Random(7)  # noqa: S311 - the same room in every run
_THINGS = [
    (_ROOM.randrange(640), _ROOM.randrange(360), _ROOM.randrange(20, 150), _ROOM.randrange(20, 100), 40 + 7 * number)
    for number in range(25)
]
_GRAIN = [_ROOM.randrange(-12, 12) for _ in range(4096)]


def room(x: int, y: int) -> int:
    """Boxes of many shades, with some grain."""
    shade = next((c for a, b, w, h, c in reversed(_THINGS) if a <= x < a + w and b <= y < b + h), 110)
    return max(16, min(235, shade + _GRAIN[(x % 64) * 64 + y % 64]))


def drawn(shade: Callable[[int, int], int]) -> av.VideoFrame:
    frame = av.VideoFrame(*SIZE, "yuv420p")
    plane = frame.planes[0]
    rows = bytearray(plane.line_size * SIZE[1])
    for y in range(SIZE[1]):
        rows[y * plane.line_size : y * plane.line_size + SIZE[0]] = bytes(shade(x, y) for x in range(SIZE[0]))
    plane.update(bytes(rows))
    for colour in frame.planes[1:]:
        colour.update(b"\x80" * (colour.line_size * colour.height))
    return frame


def key_frame(frame: av.VideoFrame) -> bytes:
    """As a camera sends it, with its parameter sets."""
    encoder: Any = av.CodecContext.create("libx264", "w")
    encoder.width, encoder.height, encoder.pix_fmt = *SIZE, "yuv420p"
    encoder.time_base, encoder.options = Fraction(1, 25), {"preset": "ultrafast"}
    return b"".join(bytes(packet) for packet in [*encoder.encode(frame), *encoder.encode(None)])


def measured(frame: av.VideoFrame) -> Measures:
    shown = small("h264", b"", key_frame(frame))
    return measure(shown)


def soft(frame: av.VideoFrame) -> av.VideoFrame:
    """Out of focus."""
    tiny = frame.reformat(width=32, height=18, interpolation="AREA")
    return tiny.reformat(width=SIZE[0], height=SIZE[1], interpolation="BILINEAR")


@pytest.fixture(scope="module")
def reference() -> Measures:
    return measured(drawn(room))


@pytest.mark.parametrize(
    ("fault", "shade"),
    [
        (None, room),
        (None, lambda x, y: max(16, room(x, y) - 25)),
        (PictureFault.DARK, lambda x, y: 17 + room(x, y) // 128),
        (PictureFault.BLOCKED, lambda x, y: 90 + (x + y) % 3),
        (PictureFault.MOVED, lambda x, y: room(x + 80, y)),
        (PictureFault.MOVED, lambda x, y: 60 + 120 * (x * x // 9000 % 2) * (y > 200)),
    ],
    ids=["as accepted", "a cloud", "dark", "covered", "turned a little", "elsewhere"],
)
def test_a_made_picture_is_judged(
    reference: Measures, fault: PictureFault | None, shade: Callable[[int, int], int]
) -> None:
    found = judge(measured(drawn(shade)), reference, same_as_before=False)
    assert found.faults == ({fault} if fault else set())


def test_a_picture_out_of_focus_is_blurred_and_not_moved(reference: Measures) -> None:
    assert judge(measured(soft(drawn(room))), reference, same_as_before=False).faults == {PictureFault.BLURRED}


def test_without_a_reference_only_what_is_wrong_by_itself_is_said(reference: Measures) -> None:
    assert judge(measured(soft(drawn(room))), None, same_as_before=False).faults == set()
    assert judge(reference, None, same_as_before=True).faults == {PictureFault.STILL}


def test_at_night_a_picture_is_not_compared_with_one_of_the_day(reference: Measures) -> None:
    night = judge(measured(drawn(lambda x, y: 20 + room(SIZE[0] - x, y) // 4)), reference, same_as_before=False)
    assert (night.faults, night.where) == (frozenset(), None)


def test_what_is_kept_of_a_reference_is_a_small_grid_of_steps(reference: Measures, disk: Disk) -> None:
    kept.keep_reference(disk.home, CAMERA, reference, at=now())
    held = kept.reference(disk.home, CAMERA)
    assert held is not None
    assert held[1] == reference == read(reference.document())
    assert (len(reference.edges), COLUMNS, ROWS) == (576, 32, 18)
    assert set(reference.edges) <= set(range(STEPS + 1))
    assert not [path for path in disk.home.folder.rglob("*") if path.is_file() and path.suffix != ".json"]


def test_what_is_no_picture_is_told_apart_and_harms_nobody() -> None:
    with pytest.raises(NoPicture):
        small("h264", b"", b"\0\0\0\1\x65nonsense")
    assert look("h264", b"", b"nonsense") is None
    assert look("no such codec", b"", b"") is None


def test_a_process_looks_at_a_frame_as_we_do(reference: Measures) -> None:
    found = look("h264", b"", key_frame(drawn(room)))
    assert found is not None
    assert found.measures == reference
    assert small("h264", b"", key_frame(drawn(room))).width == WIDTH


class Hours:
    """A watcher whose clock is set by the test, and which is handed what each look gives."""

    def __init__(self, disk: Disk) -> None:
        self.at, self.looks = 0.0, 0
        self.next: Look | None = None
        self.disk = disk
        self.watcher = Watcher(disk.home, CAMERA, clock=lambda: self.at, looking=self._look)

    def _look(self, _codec: str, _extradata: bytes, _data: bytes) -> Look | None:
        self.looks += 1
        return self.next

    def show(self, measures: Measures, *, digest: str) -> list[str]:
        """One look; the faults that a heartbeat then says."""
        faults: list[str] = self.told(measures, digest=digest)["faults"]
        return faults

    def told(self, measures: Measures, *, digest: str = "", at: datetime | None = None) -> dict[str, Any]:
        """One look; all that a heartbeat then says."""
        self.next = Look(measures, digest)
        self.watcher.take("h264", b"", b"", at or now())
        held = kept.health(self.disk.home, CAMERA)
        assert held is not None
        return held


DARK = Measures(brightness=2.0, contrast=0.1, sharpness=0.0, colour=0, edges=(0,) * (COLUMNS * ROWS))


def test_a_fault_is_said_once_two_looks_agree_and_no_longer_than_they_do(disk: Disk, reference: Measures) -> None:
    hours = Hours(disk)
    assert hours.show(reference, digest="a") == []
    assert hours.show(DARK, digest="b") == [], "somebody may have stood before it"
    assert hours.show(DARK, digest="c") == ["dark"]
    assert hours.show(reference, digest="d") == []
    assert confirmed({PictureFault.DARK}, {PictureFault.MOVED}) == set()


def coloured(shade: Callable[[int, int], int], hue: Callable[[int], int]) -> av.VideoFrame:
    """The room, its columns in the hues given."""
    frame = drawn(shade)
    for plane in frame.planes[1:]:
        row = bytes(hue(x) for x in range(plane.line_size))
        plane.update(row * plane.height)
    return frame


@pytest.mark.parametrize(
    ("hue", "is_colourless"),
    [(lambda _x: 128, True), (lambda _x: 140, True), (lambda x: 128 + 8 * (x < 40), False)],
    ids=["grey", "violet everywhere", "a curtain"],
)
def test_one_hue_everywhere_is_no_colour(hue: Callable[[int], int], *, is_colourless: bool) -> None:
    assert lacks_colour(measured(coloured(room, hue))) == is_colourless


def test_since_when_a_picture_has_no_colour_is_told_over_a_restart_and_not_guessed_over_a_long_silence(
    disk: Disk, reference: Measures
) -> None:
    eleven = datetime(2026, 11, 20, 3, tzinfo=UTC)
    bright = replace(reference, colour=90)
    hours = Hours(disk)
    since = [
        hours.told(reference, at=eleven)["colourless_since_us"],
        Hours(disk).told(reference, at=eleven + timedelta(hours=1))["colourless_since_us"],
        hours.told(reference, at=eleven + timedelta(hours=5))["colourless_since_us"],
        hours.told(bright, at=eleven + timedelta(hours=6))["colourless_since_us"],
        hours.told(DARK, at=eleven + timedelta(hours=7))["colourless_since_us"],
    ]
    began = microseconds(eleven)
    assert since == [began, began, microseconds(eleven + timedelta(hours=5)), None, None]


def test_a_picture_that_is_the_same_in_every_point_stands_still(disk: Disk, reference: Measures) -> None:
    hours = Hours(disk)
    hours.show(reference, digest="a")
    hours.show(reference, digest="a")
    assert hours.show(reference, digest="a") == ["still"]


def packets(hours: Hours, times: list[float]) -> Iterator[Arrival]:
    for at in times:
        hours.at = at
        for is_keyframe in (True, False):
            packet = Frame(b"frame")
            packet.is_keyframe = is_keyframe
            yield Arrival(packet, 0)


class Frame(bytes):
    """A packet as far as the watcher looks at it."""

    is_keyframe: bool


def test_a_key_frame_an_hour_is_taken_and_every_packet_passes(disk: Disk, monkeypatch: pytest.MonkeyPatch) -> None:
    hours = Hours(disk)
    taken: list[float] = []
    monkeypatch.setattr(hours.watcher, "take", lambda *_arguments: taken.append(hours.at))
    context = SimpleNamespace(codec_context=SimpleNamespace(name="h264", extradata=None))
    times = [float(at) for at in range(0, 3 * int(HOUR_SECONDS), 10)]
    stream = hours.watcher.watched(LiveStream(context, None, packets(hours, times)))
    assert len(list(stream.arrivals)) == 2 * len(times)
    assert len(taken) == 3


def test_a_look_that_fails_is_nothing_to_the_recording(disk: Disk) -> None:
    def broken(_codec: str, _extradata: bytes, _data: bytes) -> Look | None:
        raise OSError("no process")

    Watcher(disk.home, CAMERA, looking=broken).take("h264", b"", b"", now())
    assert kept.health(disk.home, CAMERA) is None


def test_a_person_accepts_what_a_live_camera_shows(box: Box, cameras: RtspCameras) -> None:
    box.watch("C-GATE", cameras.url(0))
    done = box.command("picture", "accept", "C-GATE")
    assert (done.returncode, "基準" in done.stdout) == (0, True), done.stdout + done.stderr
    assert kept.reference(box.home, box.site.of.cameras["C-GATE"]) is not None
    assert box.command("picture", "accept", "C-NONE").returncode == 1
