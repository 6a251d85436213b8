"""The copy for reference as pure rules: what it may hold, when it is reviewed, and when it goes by itself."""

from dataclasses import replace
from datetime import date, datetime, timedelta
from uuid import uuid4

import pytest

from infra import clock
from infra.manifest import microseconds
from tenants.disclosures.packages.manifest import ApprovedWindow
from tenants.disclosures.packages.parts import ClockOffset, PackagePart
from tenants.disclosures.retained import rules
from tenants.errors import Invalid, Tampered
from tenants.profiles import profile
from tenants.retention.models import EXCEPTIONS, HoldBasis
from tenants.retention.rules import Grounds
from tests.factories.retained import BY_LAW, NEEDED

START = datetime.fromisoformat("2026-11-18T10:05:00+08:00")
WINDOW = ApprovedWindow(
    id=uuid4(),
    camera_id=uuid4(),
    camera="前門",
    code="C-GATE",
    asked_from=START - timedelta(minutes=5),
    asked_until=START + timedelta(minutes=30),
    started_at=START,
    ended_at=START + timedelta(minutes=15),
)
PART = PackagePart(
    number=1,
    file="C-GATE-1.mp4",
    window_id=WINDOW.id,
    camera_id=WINDOW.camera_id,
    camera="前門",
    started_us=microseconds(WINDOW.started_at),
    ended_us=microseconds(WINDOW.ended_at),
    pre_roll_ms=0,
    bytes=1,
    sha256="0" * 64,
    codec="h264",
    width=1,
    height=1,
    audio=False,
    sound="",
    browser_copy="",
    gaps=(),
    segments=(),
    clock=ClockOffset(least_us=0, most_us=0),
    signing=(),
)
OLDEST, TODAY = date(2026, 11, 18), date(2027, 5, 20)


@pytest.mark.req("KH-6-4a", "TY-5-3a")
@pytest.mark.parametrize(
    "changed",
    [
        {"ended_us": PART.ended_us + 1},
        {"started_us": PART.started_us - 1},
        {"camera_id": uuid4()},
        {"window_id": uuid4()},
    ],
    ids=lambda changed: next(iter(changed)),
)
def test_nothing_is_kept_beyond_what_was_approved(changed: dict[str, object]) -> None:
    rules.check_within([PART], [WINDOW])
    with pytest.raises(Tampered, match="超出核准"):
        rules.check_within([PART, replace(PART, **changed)], [WINDOW])  # type: ignore[arg-type]


@pytest.mark.req("KH-6-4b", "TY-5-3b", "KH-5-4a")
@pytest.mark.parametrize(
    ("made_on", "oldest", "review"),
    [
        (date(2026, 11, 20), date(2026, 11, 18), date(2027, 5, 20)),
        (date(2026, 8, 31), date(2026, 8, 20), date(2027, 2, 28)),
        (date(2027, 9, 1), date(2026, 11, 18), date(2027, 11, 17)),  # its year is over before six months are
        (date(2027, 11, 18), date(2026, 11, 18), date(2027, 11, 18)),
    ],
)
def test_a_copy_is_reviewed_after_six_months_and_before_its_year_is_over(
    made_on: date, oldest: date, review: date
) -> None:
    assert rules.first_review(made_on=made_on, oldest=oldest) == review


@pytest.mark.req("KH-5-4a", "TY-4-4a", "KH-5-4b")
def test_a_copy_goes_by_itself_on_the_last_day_of_its_year_unless_a_law_keeps_it() -> None:
    goes = rules.goes_at(oldest=START, basis=HoldBasis.REQUEST)
    assert goes is not None
    assert clock.civil_day(goes) == date(2027, 11, 18)
    assert goes == clock.day_start(date(2027, 11, 18))
    assert rules.goes_at(oldest=START, basis=HoldBasis.URGENT) == goes, "a call keeps nothing past its year"
    assert [rules.goes_at(oldest=START, basis=basis) for basis in EXCEPTIONS] == [None] * 3


def refusal(review_on: date, grounds: Grounds, reason: str = "申訴審理中") -> str:
    """The field of a refusal, or nothing."""
    try:
        rules.check_extension(oldest=OLDEST, review_on=review_on, reason=reason, grounds=grounds, today=TODAY)
    except Invalid as refused:
        return refused.field
    return ""


@pytest.mark.req("KH-6-4b", "KH-5-4a", "KH-5-4b", "KH-5-4c")
@pytest.mark.parametrize(
    ("review_on", "grounds", "refused_at"),
    [
        (date(2027, 11, 17), NEEDED, ""),
        (date(2027, 11, 18), NEEDED, "basis"),  # on this day it goes
        (date(2028, 2, 1), NEEDED, "basis"),
        (date(2028, 2, 1), BY_LAW, ""),
        (date(2028, 2, 1), replace(BY_LAW, document=""), "document"),
        (date(2028, 2, 1), replace(BY_LAW, reference="長官要求"), "reference"),
        (date(2028, 2, 1), replace(BY_LAW, basis=HoldBasis.CRIME_INVESTIGATION), "necessity"),
        (date(2028, 6, 1), BY_LAW, "review_on"),  # over a year from today: nobody would look
        (TODAY, NEEDED, "review_on"),
    ],
)
def test_a_copy_is_kept_past_its_year_under_an_exception_with_its_document_only(
    review_on: date, grounds: Grounds, refused_at: str
) -> None:
    assert refusal(review_on, grounds) == refused_at
    assert refusal(review_on, grounds, reason=" ") == "reason"


@pytest.mark.req("TY-5-3a")
def test_where_custody_is_asked_both_who_and_where_are_said() -> None:
    for custodian, place, field in (("", "總務處", "custodian"), ("事務組長", " ", "place")):
        with pytest.raises(Invalid) as refused:
            rules.check_custody(custodian=custodian, place=place, required=True)
        assert refused.value.field == field
        rules.check_custody(custodian=custodian, place=place, required=False)
    assert not rules.is_kept(custodian="事務組長", place="", required=True)


@pytest.mark.req("KH-6-4b", "TY-5-3a", "TY-5-3b")
def test_the_two_regulations_ask_for_different_things_and_say_where() -> None:
    preschool, school = (profile(code, date(2026, 11, 28)) for code in ("KH_PRESCHOOL", "TY_ELEMENTARY"))
    assert [rule.retained_copy.dispose_when_unneeded for rule in (preschool, school)] == ["must", "may"]
    assert [rule.retained_copy.custodian_required for rule in (preschool, school)] == [False, True]
    assert preschool.article("retained_copy_disposal") == "要點第六點第一項第四款"
    assert school.article("retained_copy") == "計畫伍、三"
