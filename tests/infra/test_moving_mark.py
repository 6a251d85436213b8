"""The mark in the picture: what it says, where it stands, and that it can be read again."""

from itertools import pairwise

import av
import pytest
from PIL import Image, ImageFilter

from infra.letters import letter_size
from infra.moving_mark import BadMark, Mark, Stamp
from tests.infra.reading_marks import luma, read

T0 = 1_795_000_000_000_000  # 民國115年11月18日 19:06:40 in Taipei
SECOND = 1_000_000
MARK = Mark(viewer="V7K3M2", case="115-0001", session="S9F2QX")
SIZE = (1280, 720)


def burnt(shade: int, taken_us: int, *, stripes: bool = False) -> Image.Image:
    frame = av.VideoFrame(*SIZE, "yuv420p")
    for plane in frame.planes:
        light = bytes(235 if stripes and at // 9 % 2 else shade for at in range(plane.line_size))
        plane.update(light * plane.height)
    Stamp(MARK, width=SIZE[0], height=SIZE[1]).burn(frame, taken_us)
    return luma(frame)


def read_from(picture: Image.Image, taken_us: int) -> list[str]:
    lines = MARK.lines(taken_us)
    letter = letter_size(max(map(len, lines)), within=int(SIZE[0] * 0.62), at_most=SIZE[1] // 20)
    plate = max(map(len, lines)) * letter[0] + letter[1] // 4 * 2, 2 * (letter[1] + letter[1] // 4) + letter[1] // 4
    at = MARK.place(taken_us, (SIZE[0] - plate[0], SIZE[1] - plate[1]))
    return read(picture, at=at, columns=tuple(map(len, lines)), letter=letter)


@pytest.mark.req("DR-13", "KH-6-2i")
@pytest.mark.parametrize("shade", [16, 80, 160, 235])
def test_who_looks_at_which_case_and_when_the_picture_was_taken_is_read_on_any_background(shade: int) -> None:
    found = read_from(burnt(shade, T0 + 3 * SECOND), T0 + 3 * SECOND)

    assert found == ["V7K3M2 115-0001", "115/11/18 19:06:43 S9F2QX"]


@pytest.mark.req("DR-13")
@pytest.mark.parametrize("shade", [16, 235])
def test_a_small_and_blurred_photo_of_the_screen_is_still_read(shade: int) -> None:
    screen = burnt(shade, T0, stripes=True)
    photo = screen.resize((SIZE[0] // 2, SIZE[1] // 2), Image.Resampling.BILINEAR).filter(ImageFilter.GaussianBlur(0.7))

    assert read_from(photo.resize(SIZE, Image.Resampling.BICUBIC), T0) == list(MARK.lines(T0))


@pytest.mark.req("DR-13")
def test_the_mark_moves_every_two_seconds_and_is_in_each_ninth_of_the_picture_within_eighteen() -> None:
    room = (600, 600)
    places = [MARK.place(T0 - T0 % (18 * SECOND) + step * 2 * SECOND, room) for step in range(900)]

    assert all(earlier != later for earlier, later in pairwise(places))
    for turn in range(0, 900, 9):
        assert len({(min(x, 599) // 200, min(y, 599) // 200) for x, y in places[turn : turn + 9]}) >= 8
    for along in zip(*places, strict=True):
        assert min(along) <= 5, "an edge"
        assert max(along) >= 595, "the other edge"
    assert any(250 < x < 350 and 250 < y < 350 for x, y in places), "the middle"


def test_its_way_depends_on_the_session_alone() -> None:
    other = Mark(viewer="V0", case="1", session=MARK.session)
    third = Mark(viewer=MARK.viewer, case=MARK.case, session="S9F2QY")
    times = [T0 + step * 2 * SECOND for step in range(20)]

    assert [MARK.place(at, (500, 400)) for at in times] == [other.place(at, (500, 400)) for at in times]
    assert [MARK.place(at, (500, 400)) for at in times] != [third.place(at, (500, 400)) for at in times]


def test_the_picture_behind_the_mark_stays_visible_and_the_rest_is_untouched() -> None:
    dark, light = burnt(80, T0), burnt(200, T0)

    assert dark.getbbox() is not None
    differing = sum(one != two for one, two in zip(dark.tobytes(), light.tobytes(), strict=True))
    assert differing > SIZE[0] * SIZE[1] * 95 // 100, "only the letters hide what lies behind"
    untouched = light.histogram()[200]
    assert untouched > SIZE[0] * SIZE[1] * 90 // 100


@pytest.mark.parametrize("code", ["", "v7k3", "調閱-115", "A" * 17, "A B", "A\nB", "-1"])
def test_a_code_that_cannot_be_drawn_is_refused(code: str) -> None:
    with pytest.raises(BadMark):
        Mark(viewer=code, case="115-0001", session="S1")
