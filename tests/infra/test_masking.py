"""What a rectangle hides is black in every picture that it lies on, and nothing else of any picture changes."""

import av
import pytest
from hypothesis import given
from hypothesis import strategies as st

from infra.burning import Viewing
from infra.masking import WHOLE, Box, Masks
from tests.infra.watching import CANVAS, FOUR, SECOND, T0, all_of, seen, three

pytestmark = pytest.mark.req("DR-28")
SIZE = (64, 36)
MIDDLE = Box(left=250, top=250, width=500, height=500)
BLACK, NO_COLOUR = 16, 128


def white() -> av.VideoFrame:
    frame = av.VideoFrame(*SIZE, format="yuv420p")
    for plane, value in zip(frame.planes, (235, 90, 200), strict=True):
        plane.update(bytes([value]) * plane.buffer_size)
    return frame


def covered(*boxes: Box, taken_us: int = T0) -> av.VideoFrame:
    frame = white()
    Masks(boxes, width=SIZE[0], height=SIZE[1]).cover(frame, taken_us)
    return frame


def value(frame: av.VideoFrame, plane: int, column: int, row: int) -> int:
    return memoryview(frame.planes[plane])[row * frame.planes[plane].line_size + column]


@given(
    left=st.integers(0, WHOLE - 1),
    top=st.integers(0, WHOLE - 1),
    wide=st.integers(1, WHOLE),
    high=st.integers(1, WHOLE),
)
def test_brightness_and_colour_are_gone_inside_and_untouched_beyond_a_rim(
    left: int, top: int, wide: int, high: int
) -> None:
    box = Box(left=left, top=top, width=min(wide, WHOLE - left), height=min(high, WHOLE - top))
    frame = covered(box)
    for row in range(SIZE[1]):
        for column in range(SIZE[0]):
            across, down = (column + 0.5) * WHOLE / SIZE[0], (row + 0.5) * WHOLE / SIZE[1]
            inside = left <= across < left + box.width and top <= down < top + box.height
            rim = 2.5 * WHOLE / SIZE[0], 2.5 * WHOLE / SIZE[1]
            beyond = not (
                left - rim[0] <= across <= left + box.width + rim[0]
                and top - rim[1] <= down <= top + box.height + rim[1]
            )
            luma, blue = value(frame, 0, column, row), value(frame, 1, column // 2, row // 2)
            assert not inside or (luma, blue) == (BLACK, NO_COLOUR)
            assert not beyond or (luma, blue) == (235, 90)


@pytest.mark.parametrize(
    ("at_us", "hidden"), [(T0 - 1, False), (T0, True), (T0 + SECOND - 1, True), (T0 + SECOND, False)]
)
def test_one_between_two_instants_lies_on_the_pictures_of_that_time(at_us: int, *, hidden: bool) -> None:
    box = Box(left=0, top=0, width=WHOLE, height=WHOLE, from_us=T0, until_us=T0 + SECOND)
    assert (value(covered(box, taken_us=at_us), 0, 30, 20) == BLACK) is hidden


@pytest.mark.parametrize(
    "wrong",
    [
        {"left": -1},
        {"top": -1},
        {"width": 0},
        {"height": 0},
        {"left": 600},
        {"top": 501},
        {"from_us": T0, "until_us": T0},
    ],
)
def test_one_that_hides_nothing_or_reaches_outside_is_refused(wrong: dict[str, int]) -> None:
    with pytest.raises(ValueError, match="a rectangle"):
        Box(**({"left": 250, "top": 250, "width": 500, "height": 500} | wrong))


def test_in_a_film_the_middle_is_black_while_it_is_hidden_and_at_no_other_time() -> None:
    hidden = Box(left=250, top=250, width=500, height=500, from_us=T0 + SECOND, until_us=T0 + 3 * SECOND)
    session = Viewing(three(), from_us=T0, until_us=T0 + FOUR, mark=None, canvas=CANVAS, boxes=[hidden])
    shown = seen(session, *all_of(session))
    middle = [each.picture.getpixel((CANVAS.width // 2, CANVAS.height // 2)) for each in shown]
    assert len(middle) == 40
    assert all(shade < 24 for shade in middle[10:30])  # type: ignore[operator]
    assert all(shade > 24 for shade in middle[:10] + middle[30:])  # type: ignore[operator]
