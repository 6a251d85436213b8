"""The pieces of a viewing session, decoded again: which pictures are in them, when, and what is written on each."""

import io
from dataclasses import replace
from pathlib import Path
from typing import Any

import av
import pytest

from infra.burning import PIECE_US, NoSuchPiece
from infra.film import Canvas
from infra.joining import Clip
from infra.playlists import playlist
from tests import clips as files
from tests.infra.watching import (
    CANVAS,
    FOUR,
    MARK,
    SECOND,
    SIZE,
    T0,
    all_of,
    clip_of,
    numbers,
    seen,
    sound,
    three,
    viewing,
    written_on,
)
from tests.made_segments import clip


@pytest.mark.req("DR-12", "KH-6-3a")
@pytest.mark.parametrize(
    "kind",
    [{}, {"b_frames": 2}, {"codec": "libx265"}, {"audio": True, "gop": 40}],
    ids=["h264", "b-frames", "h265", "one key frame"],
)
def test_a_session_shows_every_picture_of_the_window_and_no_other(kind: dict[str, Any]) -> None:
    session = viewing(three(**kind), from_us=T0 + 1_530_000, until_us=T0 + 9_400_000)

    made = all_of(session)

    shown = seen(session, *made)
    assert numbers(shown, first=16) == list(range(16, 94)), "from 1.6 s to 9.3 s; the one at 9.4 s is too late"
    assert [each.second for each in shown] == pytest.approx([0.07 + at / 10 for at in range(78)], abs=0.001)
    assert sum(each.pictures for each in made) == 78
    assert [fault for each in made for fault in each.faults] == []


@pytest.mark.req("DR-12", "KH-6-3a")
def test_each_piece_alone_holds_the_pictures_of_its_own_seconds() -> None:
    session = viewing(three(b_frames=2), from_us=T0 + 1_530_000, until_us=T0 + 9_400_000)

    for piece, made in zip(session.pieces, all_of(session), strict=True):
        first = (piece.started_us - T0 - 1_530_000) / SECOND
        times = [each.second for each in seen(session, made)]
        assert all(first <= second < first + piece.duration_ms / 1000 for second in times)
        assert len(times) == made.pictures > 0


@pytest.mark.req("DR-12")
def test_a_window_that_begins_and_ends_with_a_picture_has_the_first_and_not_the_last() -> None:
    session = viewing(three(), from_us=T0 + 2 * SECOND, until_us=T0 + 2 * SECOND + 100_000)

    assert numbers(seen(session, *all_of(session)), first=20) == [20]


@pytest.mark.parametrize("kind", [{}, {"codec": "libx265", "b_frames": 2, "audio": True}], ids=["h264", "h265"])
def test_a_player_that_seeks_gets_what_one_that_plays_through_gets(kind: dict[str, Any]) -> None:
    canvas = replace(CANVAS, sound=True)
    played = all_of(viewing(three(**kind), canvas=canvas))

    for number in (5, 2, 6):
        assert viewing(three(**kind), canvas=canvas).piece(number).data == played[number - 1].data


def test_the_header_is_the_same_for_each_piece_and_says_what_every_browser_plays() -> None:
    session = viewing(three(codec="libx265"))

    with av.open(io.BytesIO(session.init() + session.piece(4).data)) as source:
        context = source.streams.video[0].codec_context
        assert (context.name, context.pix_fmt, context.has_b_frames) == ("h264", "yuv420p", False)
        assert (context.width, context.height) == SIZE
    assert session.init() == viewing(three()).init()


@pytest.mark.req("DR-13", "KH-6-2i")
def test_every_picture_names_the_viewer_the_case_the_session_and_its_own_time() -> None:
    size = (640, 360)
    canvas = Canvas(width=640, height=360, sound=False)
    made = clip(2.5, size=size)
    session = viewing([clip_of(made, T0, span_us=2_500_000)], until_us=T0 + 2_500_000, canvas=canvas)

    shown = seen(session, *all_of(session))

    assert len(shown) == 25
    for at, each in enumerate(shown):
        taken_us = T0 + at * SECOND // 10
        assert written_on(each.picture, taken_us) == list(MARK.lines(taken_us))
    assert MARK.lines(T0) == ("V7K3M2 115-0001", "115/11/18 19:06:40 S9F2QX")


class Still(files.Clip):
    """A scene in which nothing moves."""

    def _picture(self, number: int) -> av.VideoFrame:
        frame = super()._picture(20)
        frame.pts = number
        return frame


def test_the_mark_leaves_no_trace_where_it_stood_before(tmp_path: Path) -> None:
    plain = Still(path=tmp_path / "still.mp4", frames=60, key_every=60, size=SIZE).make().read_bytes()
    session = viewing([Clip(started_us=T0, ended_us=T0 + 6 * SECOND, media_ms=6000, read=lambda: plain)])

    shown = seen(session, session.piece(1), session.piece(2), session.piece(3))

    assert len(shown) == 60
    for each in shown:
        hidden = sum(abs(value - 140) > 12 for value in each.picture.tobytes())
        assert 0 < hidden < SIZE[0] * SIZE[1] / 10


@pytest.mark.req("DR-12")
def test_sound_is_in_step_and_silent_outside_the_window() -> None:
    silent, loud = clip(4, size=SIZE), clip(4, size=SIZE, audio=True)
    clips = [clip_of(silent, T0), clip_of(loud, T0 + FOUR), clip_of(loud, T0 + 2 * FOUR)]
    session = viewing(clips, until_us=T0 + 9_500_000, canvas=replace(CANVAS, sound=True))

    made = all_of(session)

    level = sound(session, *made)
    assert level(0, 3.95) < 0.01
    for start in [*range(410, 795), *range(810, 948)]:  # the source's own encoder fades in and out
        here = level(start / 100, start / 100 + 0.012)
        assert here == pytest.approx(0.35, abs=0.04), "a sine of half the height, also where pieces meet"
    assert level(9.505, 9.51) < 0.05


def test_a_session_without_sound_has_no_track_for_it() -> None:
    session = viewing(three(audio=True))

    with av.open(io.BytesIO(session.init() + session.piece(1).data)) as source:
        assert [stream.type for stream in source.streams] == ["video"]


@pytest.mark.req("DR-12")
def test_a_piece_reads_no_segment_but_those_of_its_own_seconds() -> None:
    taken: list[int] = []

    def noted(at: int, one: Clip) -> Clip:
        return replace(one, read=lambda: (taken.append(at), one.read())[1])

    session = viewing([noted(at, one) for at, one in enumerate(three())], from_us=T0 + SECOND)
    found = []
    for piece in session.pieces:
        taken.clear()
        session.piece(piece.number)
        found.append(tuple(taken))

    assert found == [(0,), (0, 1), (1,), (1, 2), (2,), (2,)]


@pytest.mark.req("DR-12")
@pytest.mark.parametrize("number", [0, -1, 7, 10**9])
def test_there_is_no_piece_beyond_the_window(number: int) -> None:
    with pytest.raises(NoSuchPiece):
        viewing(three()).piece(number)


def test_the_playlist_says_when_each_piece_was_taken_and_is_one_timeline() -> None:
    session = viewing(three(), from_us=T0 + 500_000, until_us=T0 + 5_250_000)

    text = playlist(session.pieces)

    assert "#EXT-X-DISCONTINUITY" not in text
    assert "#EXT-X-PROGRAM-DATE-TIME:2026-11-18T11:06:42.500Z\n#EXTINF:2.000,\n2.m4s" in text
    assert "#EXTINF:0.750,\n3.m4s" in text
    assert PIECE_US == 2 * SECOND
