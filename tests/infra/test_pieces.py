"""A joined film cut into pieces for a browser, looked at with ffmpeg from outside."""

from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

import pytest

from infra.joining import Clip
from infra.pieces import cut
from infra.playlists import INIT, Piece, playlist
from tests.infra.test_joining import FOUR, SECOND, T0, clip_of, decodes, digests, joined
from tests.made_segments import Made, clip, pictures


@dataclass(frozen=True)
class Cut:
    """The pieces of a film, and what was kept under which name."""

    pieces: tuple[Piece, ...]
    kept: dict[str, bytes]

    def alone(self, piece: Piece) -> bytes:
        return self.kept[INIT] + self.kept[f"{piece.number}.m4s"]


def pieces_of(tmp_path: Path, clips: list[Clip], *, from_us: int = T0, until_us: int = T0 + 60 * SECOND) -> Cut:
    """Of the one film that the clips make."""
    made = joined(tmp_path, clips, from_us=from_us, until_us=until_us)
    (part,), (path,) = made.parts, made.files
    kept: dict[str, bytes] = {}
    with path.open("rb") as film:
        return Cut(cut(film, started_us=part.started_us, keep=kept.__setitem__), kept)


def decoded_alone(tmp_path: Path, found: Cut) -> None:
    for piece in found.pieces:
        path = tmp_path / f"piece-{piece.number}.mp4"
        path.write_bytes(found.alone(piece))
        decodes(path)


def first_offset(piece: bytes) -> int:
    """By how much the first frame of a piece is shown later than it is decoded (ISO/IEC 14496-12, 8.8.8)."""
    at = piece.index(b"trun") + 4
    flags = int.from_bytes(piece[at + 1 : at + 4], "big")
    assert flags & 0x800, "no frame has an offset"
    at += 8 + 4 * sum(bool(flags & bit) for bit in (0x1, 0x4, 0x100, 0x200, 0x400))
    return int.from_bytes(piece[at : at + 4], "big", signed=True)


@pytest.mark.req("DR-07")
@pytest.mark.parametrize("b_frames", [0, 2])
def test_a_gap_stays_a_gap_in_the_playlist(tmp_path: Path, b_frames: int) -> None:
    made = clip(4, audio=True, b_frames=b_frames)

    found = pieces_of(tmp_path, [clip_of(made, T0), clip_of(made, T0 + 10 * SECOND)])

    assert [(piece.started_us - T0, piece.duration_ms, piece.after_gap) for piece in found.pieces] == [
        (0, 4000, False),
        (10 * SECOND, 4000, True),
    ]
    decoded_alone(tmp_path, found)
    text = playlist(found.pieces)
    assert text.count("#EXT-X-DISCONTINUITY") == 1
    assert "#EXT-X-PROGRAM-DATE-TIME:2026-11-18T11:06:50.000Z\n#EXTINF:4.000,\n2.m4s" in text


@pytest.mark.req("DR-12")
def test_pieces_play_by_themselves_and_hold_no_frame_from_outside_the_window(tmp_path: Path) -> None:
    made = [clip(6, audio=True, b_frames=2, first=number * 60) for number in range(3)]
    clips = [clip_of(one, T0 + number * 6 * SECOND, span_us=6 * SECOND) for number, one in enumerate(made)]

    found = pieces_of(tmp_path, clips, from_us=T0 + 1_530_000, until_us=T0 + 17_200_000)

    source = digests([packet for one in made for packet in one.pictures])
    held = digests([packet for piece in found.pieces for packet in pictures(found.alone(piece))])
    assert held == source[20 : 20 + len(held)], "pieces begin with the key frame at two seconds"
    assert 148 <= len(held) <= 152, "and go on until the window's end"
    decoded_alone(tmp_path, found)
    assert first_offset(found.kept["1.m4s"]) == 0, "a browser would stall at a hole before the first frame"
    assert found.pieces[0].started_us == pytest.approx(T0 + 2 * SECOND, abs=1000)
    assert len(found.pieces) == 2
    for earlier, later in pairwise(found.pieces):
        assert later.started_us - earlier.started_us == pytest.approx(earlier.duration_ms * 1000, abs=2000)
        assert earlier.duration_ms >= 8000


def test_a_gap_at_the_windows_start_is_before_the_first_piece(tmp_path: Path) -> None:
    found = pieces_of(tmp_path, [clip_of(clip(4, audio=True), T0 + 5 * SECOND)])

    assert [(piece.started_us - T0, piece.after_gap) for piece in found.pieces] == [(5 * SECOND, False)]
    assert len(pictures(found.alone(found.pieces[0]))) == 40


def test_a_stall_of_the_picture_alone_is_no_gap(tmp_path: Path) -> None:
    made, stalled = clip(4, audio=True), clip(1, audio=True)
    clips = [clip_of(made, T0), clip_of(stalled, T0 + FOUR, span_us=SECOND), clip_of(made, T0 + 5 * SECOND)]

    found = pieces_of(tmp_path, clips)

    assert [piece.after_gap for piece in found.pieces] == [False] * len(found.pieces)


def test_a_window_without_a_key_frame_has_no_piece(tmp_path: Path) -> None:
    made: Made = clip(4, gop=40)

    found = pieces_of(tmp_path, [clip_of(made, T0)], from_us=T0 + SECOND, until_us=T0 + 3 * SECOND)

    assert (found.pieces, found.kept) == ((), {})
