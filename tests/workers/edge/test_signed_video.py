"""Video that its camera signed: every unit of the stream goes through recorder, spool and joiner as it came."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import partial
from itertools import islice
from pathlib import Path
from tempfile import TemporaryDirectory

import av
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from infra import age
from infra.joining import Clip as Segment
from infra.joining import Part, join
from infra.manifest import parse
from infra.recording import Limits, record
from infra.signing_units import Framework
from infra.stack.cameras import Picture, RtspCameras
from infra.streams import Arrival, LiveStream, open_stream
from infra.timeline import Timeline
from tests.components import real_component
from tests.infra.sinks import amid, cut
from tests.made_segments import EXPORTED
from tests.signed_video import AXIS, FRAMES, ONVIF, packets, samples, sei, stream, units_of
from tests.workers.edge.disks import BEGAN, CAMERA, new_disk
from workers.edge.ledger import State

pytestmark = pytest.mark.req("DR-07", "DR-25", "KH-6-1d")

TENTH_NS, SECOND = 100_000_000, 1_000_000
# What a signature may be made of, and above all what looks like the beginning of another unit.
PAYLOADS = st.lists(
    st.sampled_from([b"\x00\x00\x00", b"\x00\x00\x01", b"\x00\x00\x03", b"\xff" * 300, b"\x80", b"tlv"]), max_size=8
).map(b"".join)
SIGNED = st.lists(st.tuples(st.integers(0, FRAMES - 1), st.sampled_from([AXIS, ONVIF]), PAYLOADS), max_size=12)


@dataclass(frozen=True)
class Kept:
    """What the camera sent, picture by picture, and what of it lies in the box's spool."""

    sent: list[list[bytes]]
    segments: list[Segment]


def keep(folder: Path, codec: str, signed: Iterable[tuple[int, bytes, bytes]]) -> Kept:
    """Record a signed stream into the spool, and open what it holds with the day's secret, which no box has."""
    signing: dict[int, list[bytes]] = defaultdict(list)
    for number, uuid, payload in signed:
        signing[number].append(sei(codec, uuid, payload))
    disk = new_disk(folder)
    spool, ledger = disk.spool()
    sent: list[list[bytes]] = []
    with av.open(stream(codec, signing)) as source:
        recording = record(
            LiveStream(source.streams.video[0], None, _arrivals(source, sent)),
            limits=Limits(segment_seconds=2),
            timeline=Timeline(wall_us=BEGAN, monotonic_ns=0),
            stopped=lambda: False,
            begin=lambda started_us: spool.begin(CAMERA, started_us, disk.rules),
        )
        assert len(list(recording)) > 1
    segments = []
    for entry in ledger.segments(State.SPOOLED, limit=10):
        plain = age.decrypt(spool.cipher_path(entry).read_bytes(), disk.day_key.secret)
        line = parse(spool.line_of(entry).line)
        span = {"started_us": line.started_us, "ended_us": line.ended_us}
        segments.append(Segment(**span, media_ms=line.media_ms, read=partial(bytes, plain)))
    ledger.close()
    flat = [unit for units in sent for unit in units]
    assert all(unit in flat for units in signing.values() for unit in units), "they were in what the camera sent"
    return Kept(sent, segments)


def _arrivals(source: object, sent: list[list[bytes]]) -> Iterator[Arrival]:
    for number, packet in enumerate(packets(source)):
        sent.append(units_of(bytes(packet)))
        yield Arrival(packet, number * TENTH_NS)


def film(kept: Kept, folder: Path, *, from_us: int = BEGAN, until_us: int = BEGAN + 60 * SECOND) -> Part:
    (part,) = join(kept.segments, from_us=from_us, until_us=until_us, scratch=folder, exported=EXPORTED)
    return part


@pytest.mark.parametrize("codec", ["h264", "hevc"])
@settings(max_examples=15)
@given(signed=SIGNED)
def test_every_unit_goes_through_as_it_came(codec: str, signed: list[tuple[int, bytes, bytes]]) -> None:
    with TemporaryDirectory() as name:
        folder = Path(name)
        kept = keep(folder, codec, signed)
        assert [units for one in kept.segments for units in samples(one.read())] == kept.sent, "in the spool"

        part = film(kept, folder)
        with part.file as whole:
            assert samples(whole.read()) == kept.sent, "in the film"
        assert sum(part.signing.values()) == len(signed)


def test_a_film_of_a_window_holds_what_of_it_the_camera_sent(tmp_path: Path) -> None:
    kept = keep(tmp_path, "h264", [(number, ONVIF, bytes([number]) * 40) for number in range(FRAMES)])

    part = film(kept, tmp_path, from_us=BEGAN + 1_500_000, until_us=BEGAN + 3_200_000)

    with part.file as whole:
        held = samples(whole.read())
    first = kept.sent.index(held[0])
    assert held == kept.sent[first : first + len(held)]
    assert 0 < len(held) < FRAMES
    assert part.signing == {Framework.ONVIF: len(held)}


def test_over_a_real_rtsp_server_the_units_arrive_as_the_camera_made_them(tmp_path: Path) -> None:
    made = [sei("h264", AXIS, b"\x00\x00\x01" * number) for number in range(FRAMES)]
    clip = tmp_path / "signed.mp4"
    clip.write_bytes(stream("h264", {number: [unit] for number, unit in enumerate(made)}, kind="mp4").getvalue())
    with real_component():
        cameras = RtspCameras(tmp_path / "cameras", picture=Picture(clip=clip), count=1)
    try:
        with open_stream(cameras.url(), audio=False) as live:
            some = LiveStream(live.video, None, islice(live.arrivals, 20))
            (one,) = cut(some, limits=Limits(), timeline=amid())
    finally:
        cameras.stop()
    seen = [unit for units in samples(one.plain) for unit in units if unit in made]
    assert len(seen) == one.packets
    assert seen == made[made.index(seen[0]) :][: len(seen)]
