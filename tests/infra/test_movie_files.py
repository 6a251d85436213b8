"""Films written from front to back: their sums without reading them again, large numbers, and whatever is no film."""

import hashlib
import io
import random
import struct
import zlib
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import av
import pytest

from infra import movie_files
from infra.joining import Part, Unreadable
from infra.manifest import instant
from infra.sums import CHUNK_BYTES
from tenants.disclosures.packages.verify import started_us
from tests.infra.test_joining import FOUR, SECOND, T0, clip_of, decodes, digests, joined
from tests.made_segments import Made, clip, pictures

pytestmark = pytest.mark.req("DR-25", "KH-6-1d")
HOUR = 3600 * SECOND


def with_tables(made: Made) -> Made:
    """The same samples as a film with its tables behind, as another program would keep it."""
    buffer = io.BytesIO()
    with av.open(io.BytesIO(made.plain)) as source, av.open(buffer, "w", format="mp4") as out:
        into = {each.index: out.add_stream_from_template(each, opaque=True) for each in source.streams}
        for packet in source.demux():
            if packet.size:
                packet.stream = into[packet.stream_index]
                out.mux(packet)
    return replace(made, plain=buffer.getvalue())


def times(film: bytes) -> list[tuple[int, float, float, bool]]:
    """Of each packet its stream, when it is decoded and shown, and whether it is a key frame."""
    with av.open(io.BytesIO(film)) as source:
        return sorted(
            (
                packet.stream_index,
                float(packet.dts * packet.time_base),
                float(packet.pts * packet.time_base),
                packet.is_keyframe,
            )
            for packet in source.demux()
            if packet.size
        )


def films(tmp_path: Path, made: list[Made], *, apart_us: int = FOUR) -> tuple[list[Part], list[bytes]]:
    result = joined(
        tmp_path, [clip_of(one, T0 + number * apart_us) for number, one in enumerate(made)], until_us=T0 + 100 * HOUR
    )
    return result.parts, [file.read_bytes() for file in result.files]


def test_the_sums_of_a_film_are_known_when_it_is_written(tmp_path: Path) -> None:
    noise = clip(4, size=(640, 480))
    (part,), (film,) = films(tmp_path, [noise] * 12)

    assert (part.sums.bytes, part.sums.sha256) == (len(film), hashlib.sha256(film).hexdigest())
    assert part.sums.crc == zlib.crc32(film)
    cut = [film[at : at + CHUNK_BYTES] for at in range(0, len(film), CHUNK_BYTES)]
    assert list(part.sums.chunks) == [hashlib.sha256(each).hexdigest() for each in cut]


@pytest.mark.parametrize("b_frames", [0, 2])
def test_large_numbers_say_the_same_as_small_ones(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, b_frames: int
) -> None:
    made = [clip(4, b_frames=b_frames, audio=True)] * 3
    _, (small,) = films(tmp_path, made)
    monkeypatch.setattr(movie_files, "_LONG", 2)

    _, (large,) = films(tmp_path, made)

    assert b"co64" in large
    assert b"co64" not in small
    assert times(large) == times(small)
    assert digests(pictures(large)) == digests(pictures(small))


def test_a_window_of_days_keeps_its_time(tmp_path: Path) -> None:
    (part,), (film,) = films(tmp_path, [clip(4), clip(4)], apart_us=90 * HOUR)

    assert part.ended_us - part.started_us == 90 * HOUR + FOUR
    assert times(film)[40][2] == pytest.approx(90 * 3600, abs=0.001)
    with av.open(io.BytesIO(film)) as source:
        assert source.duration == pytest.approx(90 * HOUR + FOUR, abs=1000)


@pytest.mark.parametrize("kind", [{}, {"audio": True, "b_frames": 2}, {"codec": "libx265"}], ids=str)
def test_segments_with_tables_are_joined_as_those_in_fragments(tmp_path: Path, kind: dict[str, object]) -> None:
    made = clip(4, **kind)  # type: ignore[arg-type]
    _, (expected,) = films(tmp_path, [made, made])

    _, (film,) = films(tmp_path, [with_tables(made)] * 2)

    assert digests(pictures(film)) == digests(pictures(expected))
    assert [each[2] for each in times(film)] == pytest.approx([each[2] for each in times(expected)], abs=0.001)


@pytest.mark.req("DR-07")
def test_a_sample_that_is_cut_off_is_none(tmp_path: Path) -> None:
    made = clip(4)

    _, (film,) = films(tmp_path, [replace(made, plain=made.plain[: len(made.plain) * 3 // 4])])

    found = pictures(film)
    assert 20 < len(found) < 40
    assert found == list(made.pictures[: len(found)])


@pytest.mark.req("DR-07")
@pytest.mark.parametrize("tables", [False, True])
def test_changed_headers_are_read_or_named_and_nothing_else(tmp_path: Path, tables: bool) -> None:  # noqa: FBT001
    dice = random.Random(7)  # noqa: S311 - the same bytes in every run
    made = clip(2, audio=True)
    plain = with_tables(made).plain if tables else made.plain
    begins = plain.index(b"moov")
    for _turn in range(150):
        changed = bytearray(plain)
        for _byte in range(dice.randrange(1, 4)):
            changed[min(begins + dice.randrange(1200), len(changed) - 1)] = dice.choice([0, 1, 127, 255])
        try:
            films(tmp_path, [replace(made, plain=bytes(changed))])
        except Unreadable:
            continue


@pytest.mark.parametrize("late_us", [0, FOUR], ids=["from the window's start", "later"])
def test_a_film_says_which_instant_its_time_zero_is(tmp_path: Path, late_us: int) -> None:
    """ONVIF's `cstb`: 100-nanosecond intervals since 1601, of the origin of the timeline."""
    result = joined(tmp_path, [clip_of(clip(4), T0 + late_us)])
    film = result.files[0].read_bytes()

    at = film.index(b"cstb") + 4
    count, track, ticks = struct.unpack(">IIQ", film[at : at + 16])
    said = datetime(1601, 1, 1, tzinfo=UTC) + timedelta(microseconds=ticks // 10)
    assert (count, track, ticks % 10) == (1, 1, 0)
    assert said == instant(T0)
    assert started_us(film[:4096]) == T0
    shown = times(film)[0][2]
    assert said + timedelta(seconds=shown) == instant(result.parts[0].started_us), "wherever its first picture lies"
    decodes(result.files[0])
