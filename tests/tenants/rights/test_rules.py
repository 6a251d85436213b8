"""The statute's periods and grounds (個人資料保護法第三、十、十一、十三條, DR-28, Q-19)."""

from contextlib import nullcontext
from datetime import date, timedelta
from typing import Any

import pytest

from tenants.errors import Invalid
from tenants.rights import rules
from tenants.rights.models import Answer, Right
from tenants.rights.rules import RefusalGround, Told

pytestmark = pytest.mark.req("DR-28")
RECEIVED = date(2026, 11, 20)


@pytest.mark.parametrize(
    ("right", "days"),
    [
        (Right.INQUIRY, 15),
        (Right.INSPECTION, 15),
        (Right.COPY, 15),
        (Right.CORRECTION, 30),
        (Right.STOP, 30),
        (Right.DELETION, 30),
    ],
)
def test_each_right_has_the_statutes_days_and_once_as_many_more(right: Right, days: int) -> None:
    assert rules.due(right, RECEIVED) == RECEIVED + timedelta(days=days)
    assert rules.due(right, RECEIVED, extended=True) == RECEIVED + timedelta(days=2 * days)


def test_the_day_of_receipt_does_not_count() -> None:
    assert rules.due(Right.COPY, RECEIVED) == date(2026, 12, 5)


@pytest.mark.parametrize("right", Right)
def test_that_insiders_may_not_copy_is_no_ground_of_the_statute(right: Right) -> None:
    lawful = rules.grounds_for(right)
    assert {RefusalGround.NOT_THE_PERSON, RefusalGround.NOT_HELD} < lawful
    assert not [ground for ground in lawful if "複製" in rules.GROUND_NAMES[ground]]


def test_a_correction_is_not_refused_on_the_grounds_of_a_copy() -> None:
    told = Told(answer=Answer.REFUSED, refusal_ground=RefusalGround.THIRD_PARTY, reasons="他人在場")
    rules.check_answer(told, right=Right.COPY)
    with pytest.raises(Invalid) as refused:
        rules.check_answer(told, right=Right.CORRECTION)
    assert refused.value.field == "refusal_ground"


@pytest.mark.parametrize("answer", [Answer.REFUSED, Answer.PARTLY])
@pytest.mark.parametrize(
    ("ground", "reasons", "field"), [("", "有理由", "refusal_ground"), ("third_party", " ", "reasons")]
)
def test_what_is_not_granted_names_a_ground_and_its_reasons(
    answer: Answer, ground: str, reasons: str, field: str
) -> None:
    with pytest.raises(Invalid) as refused:
        rules.check_answer(Told(answer=answer, refusal_ground=ground, reasons=reasons), right=Right.COPY)
    assert refused.value.field == field


def test_what_is_granted_needs_no_ground() -> None:
    rules.check_answer(Told(answer=Answer.GRANTED, refusal_ground="", reasons=""), right=Right.COPY)


WHY = "須調取影像並遮蔽"


@pytest.mark.parametrize(
    "wrong",
    [
        {"reason": " ", "extended": False, "today": RECEIVED},
        {"reason": WHY, "extended": True, "today": RECEIVED},
        {"reason": WHY, "extended": False, "today": RECEIVED + timedelta(days=16)},
    ],
    ids=["no reason", "a second time", "too late"],
)
def test_the_period_is_extended_once_in_time_and_with_a_reason(wrong: dict[str, Any]) -> None:
    due_on = rules.due(Right.COPY, RECEIVED)
    with pytest.raises(Invalid):
        rules.check_extension(wrong.pop("reason"), due_on=due_on, **wrong)
    rules.check_extension(WHY, extended=False, due_on=due_on, today=due_on)


def test_others_in_the_picture_are_thought_of_before_it_is_shown_or_copied() -> None:
    with pytest.raises(Invalid) as refused:
        rules.check_review("符合第十條", right=Right.COPY, third_parties=True, masking="")
    assert refused.value.field == "masking"
    rules.check_review("符合第十條", right=Right.COPY, third_parties=True, masking="由廠商遮蔽他童臉部")
    rules.check_review("符合第十一條", right=Right.DELETION, third_parties=True, masking="")
    with pytest.raises(Invalid):
        rules.check_review(" ", right=Right.COPY, third_parties=False, masking="")


@pytest.mark.parametrize(
    ("others", "boxes", "nobody_visible", "is_refused"),
    [(True, 0, False, True), (True, 0, True, False), (True, 1, False, False), (False, 0, False, False)],
    ids=["others and nothing hidden", "said to be out of sight", "hidden", "nobody else in it"],
)
def test_no_mask_at_all_is_confirmed_only_where_nobody_is_to_be_hidden(
    *, others: bool, boxes: int, nobody_visible: bool, is_refused: bool
) -> None:
    with pytest.raises(Invalid, match="遮蔽範圍") if is_refused else nullcontext():
        rules.check_hidden(third_parties=others, boxes=boxes, nobody_visible=nobody_visible)


def test_what_was_granted_is_done_before_the_case_ends() -> None:
    with pytest.raises(Invalid):
        rules.check_closable(answer=Answer.GRANTED, given=False)
    rules.check_closable(answer=Answer.GRANTED, given=True)
    rules.check_closable(answer=Answer.REFUSED, given=False)


@pytest.mark.parametrize(
    ("takes", "opened", "named"),
    [([1], set(), "影像在儲存"), ([1, 2], {1}, "第2軌在儲存"), ([1, 2, 3], {2, 9}, "第1、3軌在儲存")],
)
def test_masks_are_confirmed_with_every_take_opened_and_what_lacks_is_named(
    takes: list[int], opened: set[int], named: str
) -> None:
    with pytest.raises(Invalid, match=named):
        rules.check_opened(takes, opened=opened)
    rules.check_opened(takes, opened=set(takes))


def test_a_request_of_tomorrow_is_refused() -> None:
    with pytest.raises(Invalid) as refused:
        rules.check_received(RECEIVED + timedelta(days=1), today=RECEIVED)
    assert refused.value.field == "received_on"
