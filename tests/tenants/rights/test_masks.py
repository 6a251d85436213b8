"""What a plan of masks may say, and how it is kept: one spelling, one hash."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from infra.masking import WHOLE, Box
from tenants.errors import Invalid
from tenants.rights.masks import MOST_BOXES, Plan, check_plan

pytestmark = pytest.mark.req("DR-28")
SECOND = 1_000_000
ASKED = (100 * SECOND, 200 * SECOND)
BOX = Box(left=0, top=0, width=500, height=500)
PLAN = Plan(from_us=ASKED[0], until_us=ASKED[1], boxes=(BOX,))

boxes = st.builds(
    Box,
    left=st.integers(0, 499),
    top=st.integers(0, 499),
    width=st.integers(1, WHOLE // 2),
    height=st.integers(1, WHOLE // 2),
    from_us=st.none() | st.integers(0, 5),
    until_us=st.none() | st.integers(6, 9),
)


@given(st.lists(boxes, max_size=5), st.booleans())
def test_what_was_kept_is_what_was_said_and_has_the_same_hash(found: list[Box], sound: bool) -> None:  # noqa: FBT001
    plan = Plan(from_us=0, until_us=10, sound=sound, boxes=tuple(found))
    again = Plan.of(plan.to_json())
    assert (again, again.sha256) == (plan, plan.sha256)


def test_a_change_of_anything_is_another_hash() -> None:
    others = [
        replace(PLAN, from_us=101 * SECOND),
        replace(PLAN, sound=True),
        replace(PLAN, boxes=()),
        replace(PLAN, boxes=(replace(BOX, width=501),)),
        replace(PLAN, boxes=(replace(BOX, until_us=150 * SECOND),)),
    ]
    assert len({plan.sha256 for plan in [PLAN, *others]}) == 6


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"from_us": ASKED[0] - 1}, "from_time"),
        ({"until_us": ASKED[1] + 1}, "from_time"),
        ({"from_us": ASKED[1]}, "from_time"),
        ({"boxes": (BOX,) * (MOST_BOXES + 1)}, "boxes"),
        ({"boxes": (replace(BOX, from_us=ASKED[1]),)}, "boxes"),
        ({"boxes": (BOX, replace(BOX, until_us=ASKED[0]))}, "boxes"),
    ],
)
def test_a_plan_stays_in_what_was_asked_and_each_rectangle_in_its_time(wrong: dict[str, object], field: str) -> None:
    with pytest.raises(Invalid) as refused:
        check_plan(replace(PLAN, **wrong), asked_us=ASKED)  # type: ignore[arg-type]
    assert refused.value.field == field


def test_a_part_of_what_was_asked_is_a_plan_too() -> None:
    check_plan(replace(PLAN, from_us=120 * SECOND, until_us=130 * SECOND), asked_us=ASKED)
