"""Viewing sessions of footage as it really is: with gaps, damaged, of changing size, slow, recorded twice."""

import io
import statistics
from collections.abc import Callable
from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import av
import pytest

from infra.burning import Gap, takes
from infra.film import Canvas
from infra.joining import Clip
from infra.letters import letter_size
from tests import clips as files
from tests.infra.reading_marks import read
from tests.infra.watching import (
    FOUR,
    GREY,
    MARK,
    SECOND,
    SIZE,
    T0,
    all_of,
    clip_of,
    numbers,
    seen,
    three,
    viewing,
    written_on,
)
from tests.made_segments import Made, clip


@pytest.mark.req("DR-07")
def test_a_gap_is_as_long_as_it_was_and_says_so_in_the_picture() -> None:
    size = (640, 360)
    clips = [
        clip_of(clip(4, size=size), T0),
        clip_of(clip(4, size=size, first=40), T0 + 10 * SECOND),
    ]
    session = viewing(clips, until_us=T0 + 17 * SECOND, canvas=Canvas(width=640, height=360, sound=False))

    shown = seen(session, *all_of(session))

    assert session.gaps == (Gap(T0 + FOUR, T0 + 10 * SECOND), Gap(T0 + 14 * SECOND, T0 + 17 * SECOND))
    cards = [each for each in shown if 4 <= each.second < 10]
    assert [each.second for each in cards] == pytest.approx([4, 5, 6, 7, 8, 9], abs=0.001)
    assert numbers((each for each in shown if 10 <= each.second < 14), first=40) == list(range(40, 80))
    text = "19:06:44 - 19:06:50"
    letter = letter_size(len(text), within=512, at_most=18)
    at = (640 - len(text) * letter[0] - letter[1] // 4 * 2) // 2, 180 + 45 // 2
    read_on = [read(card.picture, at=at, columns=(len(text),), letter=letter) for card in cards]
    assert read_on.count([text]) >= 4, "the moving mark may cover it for a moment"
    for card in cards:
        assert statistics.median(card.picture.tobytes()) == pytest.approx(GREY, abs=3)
        assert written_on(card.picture, T0 + round(card.second) * SECOND) == list(
            MARK.lines(T0 + round(card.second) * SECOND)
        ), "the time runs on"


def test_a_window_without_any_recording_is_a_card_from_end_to_end() -> None:
    session = viewing([], until_us=T0 + 3 * SECOND)

    assert [each.second for each in seen(session, *all_of(session))] == [0, 1, 2]
    assert session.gaps == (Gap(T0, T0 + 3 * SECOND),)


def test_pictures_of_another_size_are_fitted_in_with_their_proportions() -> None:
    clips = [
        clip_of(clip(4, size=SIZE), T0),
        clip_of(clip(4, size=(180, 180), first=40), T0 + FOUR),
        clip_of(clip(4, size=(640, 360), first=80), T0 + 2 * FOUR),
    ]
    session = viewing(clips)

    shown = seen(session, *all_of(session))

    assert {each.picture.size for each in shown} == {SIZE}
    assert len(shown) == 120
    square = [shown[at].picture for at in range(40, 80)]
    assert statistics.median(picture.getpixel((5, 90)) for picture in square) == pytest.approx(16, abs=3)
    inside = {statistics.median(picture.crop((80, 10, 240, 170)).tobytes()) // 8 for picture in square}
    assert len(inside) > 5, "the picture moves between the black edges"


def test_a_camera_that_uses_the_full_range_of_brightness_looks_as_it_did() -> None:
    buffer = io.BytesIO()
    with av.open(buffer, "w", format="mp4") as out:
        video = out.add_stream("libx264", rate=10)
        video.width, video.height, video.pix_fmt = *SIZE, "yuvj420p"
        for _number in range(10):
            frame = av.VideoFrame(*SIZE, "yuvj420p")
            for plane, value in zip(frame.planes, (255, 128, 128), strict=True):
                plane.update(bytes([value]) * plane.buffer_size)
            out.mux(video.encode(frame))
        out.mux(video.encode(None))
    clips = [Clip(started_us=T0, ended_us=T0 + SECOND, media_ms=1000, read=buffer.getvalue)]
    session = viewing(clips, until_us=T0 + SECOND)

    white = seen(session, *all_of(session))[0].picture

    assert statistics.median(white.tobytes()) == pytest.approx(235, abs=1)


def test_the_canvas_is_the_largest_picture_within_what_a_screen_shows() -> None:
    assert Canvas.holding([(704, 576), (1280, 720)], sound=True) == Canvas(width=1280, height=720, sound=True)
    assert Canvas.holding([(3840, 2160)], sound=False) == Canvas(width=1920, height=1080, sound=False)
    assert Canvas.holding([], sound=False) == Canvas(width=1280, height=720, sound=False)


def test_a_camera_that_sends_fewer_pictures_than_it_says_keeps_wall_time() -> None:
    clips = [clip_of(clip(4, size=SIZE, first=40 * at), T0 + at * 5 * SECOND, span_us=5 * SECOND) for at in range(2)]
    session = viewing(clips, until_us=T0 + 10 * SECOND)

    shown = seen(session, *all_of(session))

    assert numbers(shown, first=0) == list(range(80))
    assert [each.second for each in shown] == pytest.approx([at / 8 for at in range(80)], abs=0.001)


def test_a_piece_of_a_slow_camera_begins_with_the_picture_that_was_on_the_screen(tmp_path: Path) -> None:
    plain = files.Clip(path=tmp_path / "slow.mp4", frames=4, rate=1, key_every=2, size=SIZE).make().read_bytes()
    slow = [Clip(started_us=T0, ended_us=T0 + 12 * SECOND, media_ms=6000, read=lambda: plain)]  # one each two seconds
    session = viewing(slow, from_us=T0 + SECOND, until_us=T0 + 8 * SECOND)

    made = all_of(session)

    shown = seen(session, *made)
    assert [each.second for each in shown] == pytest.approx([0, 1, 2, 3, 4, 5, 6], abs=0.001)
    lights = [statistics.median(each.picture.tobytes()) for each in shown]
    assert lights == pytest.approx([GREY, 7, 7, 14, 14, 21, 21], abs=10), "and never one from before the window"
    assert [each.pictures for each in made] == [1, 1, 1, 0]


def broken(made: Made, how: Callable[[bytes], bytes], started_us: int = T0) -> Clip:
    return replace(clip_of(made, started_us), read=lambda: how(made.plain))


def without_packet(made: Made, number: int) -> bytes:
    packet = made.pictures[number]
    return made.plain.replace(packet, b"\xff" * len(packet))


@pytest.mark.req("DR-07")
def test_a_segment_that_is_no_video_is_a_card_and_a_fault() -> None:
    good = clip(4, size=SIZE)
    session = viewing(
        [broken(good, lambda _plain: b"no video at all"), clip_of(good, T0 + FOUR)], until_us=T0 + 8 * SECOND
    )

    made = all_of(session)

    assert [[fault.code for fault in each.faults] for each in made] == [["unreadable"], ["unreadable"], [], []]
    assert made[0].faults[0].at_us == T0
    shown = seen(session, *made)
    assert [each.second for each in shown[:5]] == pytest.approx([0, 1, 2, 3, 4], abs=0.001)
    assert numbers(shown[4:], first=0) == list(range(40))


@pytest.mark.req("DR-07")
def test_a_segment_that_breaks_off_shows_what_it_has_and_then_a_card() -> None:
    good = clip(4, size=SIZE)
    session = viewing([broken(good, lambda plain: plain[: len(plain) * 6 // 10])], until_us=T0 + 4 * SECOND)

    made = all_of(session)

    shown = seen(session, *made)
    taken = sum(each.pictures for each in made)
    assert 15 <= taken <= 30
    assert numbers(shown[:taken], first=0) == list(range(taken))
    assert all(statistics.median(each.picture.tobytes()) == pytest.approx(GREY, abs=3) for each in shown[taken:])
    assert shown[-1].second == pytest.approx(3, abs=0.001)
    assert "broken_off" in {fault.code for fault in made[1].faults}


def test_a_segment_without_a_picture_is_a_card_and_a_fault() -> None:
    good = clip(4, size=SIZE)
    session = viewing([broken(good, lambda plain: plain[: plain.index(b"moof") - 4])], until_us=T0 + 2 * SECOND)

    made = session.piece(1)

    assert made.pictures == 0
    assert {fault.code for fault in made.faults} <= {"unreadable", "broken_off"}
    assert made.faults
    assert len(seen(session, made)) == 2


def test_a_damaged_key_frame_costs_the_pictures_that_need_it_and_is_told() -> None:
    good = clip(4, size=SIZE, gop=15)
    session = viewing([broken(good, lambda _plain: without_packet(good, 0))], until_us=T0 + 4 * SECOND)

    made = all_of(session)

    assert [[fault.code for fault in each.faults] for each in made] == [["picture"], []]
    shown = seen(session, *made)
    assert [each.second for each in shown[:2]] == [0, 1]
    assert all(statistics.median(each.picture.tobytes()) == pytest.approx(GREY, abs=3) for each in shown[:2])
    assert numbers(shown[2:], first=15) == list(range(15, 40))


class Tampered(Exception):
    """What a caller's own check raises."""


@pytest.mark.req("DR-07")
def test_what_the_keeper_of_the_segments_refuses_is_not_swallowed() -> None:
    def refused() -> bytes:
        raise Tampered

    session = viewing([replace(three()[0], read=refused)])

    with pytest.raises(Tampered):
        session.piece(1)


def test_what_was_recorded_twice_because_a_clock_was_set_back_is_watched_apart() -> None:
    made = clip(4, size=SIZE)
    twice = [clip_of(made, T0 + at * SECOND) for at in (0, 4, 2, 6)]

    first, second = takes(twice)

    assert [one.started_us - T0 for one in first] == [0, FOUR]
    assert [one.started_us - T0 for one in second] == [2 * SECOND, 6 * SECOND]
    with pytest.raises(ValueError, match="follow"):
        viewing(twice)


def test_a_few_milliseconds_of_overlap_lose_no_picture() -> None:
    clips = [clip_of(clip(4, size=SIZE, first=40 * at), T0 + at * (FOUR - 150_000)) for at in range(2)]
    session = viewing(clips, until_us=T0 + 8 * SECOND)

    shown = seen(session, *all_of(session))

    assert sorted(numbers((each for each in shown if each.second < 7.8), first=0)) == list(range(80))
    assert all(later.second > one.second for one, later in pairwise(shown))
