"""An exported film bears ONVIF's boxes of who exported what and when it begins, and plays as before."""

import struct
from datetime import UTC, datetime
from pathlib import Path

import pytest

from infra.boxes import boxes
from infra.export_boxes import Exported, side_information
from infra.joining import join
from tests.infra.test_joining import FOUR, SECOND, T0, clip_of, decodes, digests
from tests.made_segments import EXPORTED, clip, pictures

BEGINS = datetime(1601, 1, 1, tzinfo=UTC)


def film(tmp_path: Path, *, audio: bool = False) -> Path:
    """Two segments joined, of a window that begins within the first."""
    made = [clip(4, audio=audio, first=number * 40) for number in range(2)]
    clips = [clip_of(one, T0 + number * FOUR) for number, one in enumerate(made)]
    origin = T0 + SECOND
    (part,) = join(
        clips,
        from_us=origin,
        until_us=T0 + 8 * SECOND,
        scratch=tmp_path,
        exported=EXPORTED,
    )
    path = tmp_path / f"film.{part.suffix}"
    with part.file as source:
        path.write_bytes(source.read())
    return path


def meta(path: Path) -> dict[bytes, bytes]:
    """What lies in the one box beside the pictures."""
    (found,) = [content for kind, content in boxes(memoryview(path.read_bytes())) if kind == b"meta"]
    return {kind: bytes(content) for kind, content in boxes(found[4:])}


@pytest.mark.req("KH-6-1d", "DR-07")
@pytest.mark.parametrize(("audio", "tracks"), [(False, 1), (True, 2)])
def test_a_film_says_who_exported_it_which_camera_it_is_and_when_it_begins(
    tmp_path: Path, *, audio: bool, tracks: int
) -> None:
    found = meta(film(tmp_path, audio=audio))
    assert list(found) == [b"hdlr", b"suep", b"cstb"]
    suep = found[b"suep"]
    assert suep[:4] == b"\x01\0\0\0", "version 1"
    unit, url, mac, rest = suep[4:].split(b"\0", 3)
    assert (unit.decode(), url, mac) == (EXPORTED.unit, b"", b"")
    at, operator, count = struct.unpack(">QcI", rest[:13])
    assert (at - 2_082_844_800, operator, count) == (EXPORTED.at_us // SECOND, b"\0", tracks)
    first = rest[13:]
    assert struct.unpack(">H", first[:2]) == (1,)
    assert first[2:].split(b"\0")[:4] == ["前門".encode(), b"", b"", b"C-GATE"]

    starts = found[b"cstb"]
    assert struct.unpack(">I", starts[:4]) == (tracks,)
    number, ticks = struct.unpack(">IQ", starts[4:16])
    since = datetime.fromtimestamp(0, UTC) - BEGINS
    assert (number, ticks) == (1, (int(since.total_seconds()) * SECOND + T0 + SECOND) * 10)
    assert len(starts) == 4 + 12 * tracks


@pytest.mark.req("KH-6-1d", "DR-25")
def test_it_plays_as_before_and_no_sample_changed(tmp_path: Path) -> None:
    path = film(tmp_path)
    decodes(path)
    bare = [clip(4, first=number * 40) for number in range(2)]
    source = digests([packet for one in bare for packet in one.pictures])
    assert set(digests(pictures(path.read_bytes()))) <= set(source)


def test_a_name_with_an_end_in_it_ends_nothing() -> None:
    odd = Exported(unit="a\0b", at_us=0, source="", line="")
    assert b"ab\0" in side_information(0, tracks=1, exported=odd)
