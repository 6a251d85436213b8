"""What the rules say of a case: each part of it there, lacking, or not owed (journey U1)."""

from dataclasses import replace
from datetime import date, datetime, timedelta

import pytest

from infra.clock import TAIPEI
from tenants.compliance.sampling.facts import CaseFacts, Check, Signed, Verdict, lines
from tenants.profiles import profile
from tenants.roc_dates import format_date

KH, TY = (profile(code, date(2026, 9, 1)) for code in ("KH_PRESCHOOL", "TY_ELEMENTARY"))
NOON = datetime(2026, 9, 1, 12, tzinfo=TAIPEI)
TODAY = date(2026, 11, 1)
ORDER = ("申請人", "承辦人", "處室主管", "園長")
THERE, LACKING, NOT_OWED = Verdict.THERE, Verdict.LACKING, Verdict.NOT_OWED

WHOLE = CaseFacts(
    official=False,
    decided_at=NOON,
    form_missing=0,
    order=ORDER,
    signed=[Signed(box=box, at=NOON + timedelta(hours=hour), acting="") for hour, box in enumerate(ORDER)],
    panel_required=True,
    must_attend=("educator_rep", "parent_rep"),
    attended={"educator_rep": 1, "parent_rep": 1, "head": 1},
    viewings=1,
    accompanied=1,
    lines=["115-0001"],
    left=False,
    copy_made_at=None,
    copy_review_on=None,
    copy_ended_at=None,
    replied_at=NOON,
    answer_by=None,
)


def said(facts: CaseFacts, rule: object = KH) -> dict[Check, Verdict]:
    return {line.check: line.verdict for line in lines(facts, rule, today=TODAY)}  # type: ignore[arg-type]


@pytest.mark.req("KH-A1-16", "KH-6-Pc", "KH-6-4a")
def test_a_case_in_order_lacks_nothing() -> None:
    assert Verdict.LACKING not in said(WHOLE).values()
    assert [said(WHOLE)[each] for each in (Check.RETAINED_COPY, Check.REVIEW)] == [NOT_OWED, NOT_OWED]


@pytest.mark.req("KH-A1-16")
def test_signatures_out_of_their_order_are_lacking_and_both_orders_are_told() -> None:
    swapped = [WHOLE.signed[0], WHOLE.signed[2], WHOLE.signed[1], WHOLE.signed[3]]
    line = next(each for each in lines(replace(WHOLE, signed=swapped), KH, today=TODAY) if each.check == "signatures")
    assert (line.verdict, line.article) == (LACKING, KH.article("insider_access"))
    assert "應依序為申請人、承辦人、處室主管、園長" in line.words
    assert said(replace(WHOLE, signed=WHOLE.signed[:3]))[Check.SIGNATURES] is LACKING


@pytest.mark.req("KH-6-Pc")
def test_a_panel_without_a_parent_or_without_a_resolution_is_lacking() -> None:
    assert said(replace(WHOLE, attended={"educator_rep": 2}))[Check.PANEL] is LACKING
    assert said(replace(WHOLE, attended=None))[Check.PANEL] is LACKING
    assert said(replace(WHOLE, panel_required=False, attended=None), TY)[Check.PANEL] is NOT_OWED


@pytest.mark.parametrize(
    ("changes", "check"),
    [
        ({"form_missing": 1}, Check.FORM),
        ({"accompanied": 0}, Check.ACCOMPANIMENT),
        ({"lines": []}, Check.REGISTER),
        ({"left": True}, Check.RETAINED_COPY),
        ({"left": True, "copy_made_at": NOON, "copy_review_on": date(2026, 10, 31)}, Check.REVIEW),
        ({"replied_at": None}, Check.REPLY),
        ({"replied_at": None, "decided_at": None, "official": True, "answer_by": date(2026, 10, 30)}, Check.REPLY),
    ],
)
def test_each_gap_is_found_under_its_name(changes: dict[str, object], check: Check) -> None:
    assert said(replace(WHOLE, **changes))[check] is LACKING  # type: ignore[arg-type]


def test_a_case_that_nobody_has_decided_owes_nothing_yet() -> None:
    fresh = replace(WHOLE, decided_at=None, signed=WHOLE.signed[:1], attended=None, viewings=0, accompanied=0, lines=[])
    assert LACKING not in said(replace(fresh, replied_at=None)).values()


@pytest.mark.parametrize("decided_at", [None, NOON])
def test_an_answer_lacks_only_once_its_day_is_over(decided_at: datetime | None) -> None:
    waits = replace(WHOLE, official=True, decided_at=decided_at, replied_at=None, answer_by=TODAY)
    line = next(each for each in lines(waits, KH, today=TODAY) if each.check == "reply")
    assert (line.verdict, line.words) == (NOT_OWED, f"尚未函復，尚在期限 {format_date(TODAY)} 內")
    assert said(replace(waits, answer_by=TODAY - timedelta(days=1)))[Check.REPLY] is LACKING


def test_a_review_that_is_not_due_and_a_copy_that_was_ended_are_in_order() -> None:
    kept = replace(WHOLE, left=True, copy_made_at=NOON, copy_review_on=TODAY)
    assert said(kept)[Check.REVIEW] is THERE
    ended = replace(kept, copy_review_on=date(2026, 10, 1), copy_ended_at=NOON)
    assert said(ended)[Check.REVIEW] is THERE
