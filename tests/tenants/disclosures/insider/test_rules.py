"""Who may ask, why, and when, as pure rules."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from uuid import uuid4

import pytest

from tenants.disclosures.asking import AskedWindow
from tenants.disclosures.insider import rules
from tenants.disclosures.insider.models import Box
from tenants.disclosures.insider.rules import Applicant, Ground, Incident, Left, Refusal
from tenants.errors import Invalid, NotAllowed
from tenants.permissions import Role
from tenants.profiles import profile

TODAY = date(2026, 11, 20)
KH, TY = profile("KH_PRESCHOOL", TODAY), profile("TY_ELEMENTARY", TODAY)
NOON = datetime(2026, 11, 18, 4, 0, tzinfo=UTC)
WINDOW = AskedWindow(camera_id=uuid4(), started_at=NOON, ended_at=NOON + timedelta(minutes=15))
INCIDENT = Incident(started_at=WINDOW.started_at, ended_at=WINDOW.ended_at)
SECOND = timedelta(seconds=1)


@pytest.mark.req("KH-6-2c1", "KH-6-2c2", "KH-6-2c3", "KH-6-2c4", "KH-6-2c5", "KH-6-2c6")
@pytest.mark.parametrize("ground", Ground)
def test_a_preschool_knows_six_grounds(ground: Ground) -> None:
    assert rules.check_ground(ground, KH) is ground
    assert rules.GROUND_NAMES[ground]


@pytest.mark.req("TY-5-1b", "TY-X-1")
@pytest.mark.parametrize("ground", sorted(set(Ground) - {Ground.PERSONAL_RIGHTS}))
def test_an_elementary_school_knows_one_ground(ground: Ground) -> None:
    assert rules.check_ground(Ground.PERSONAL_RIGHTS, TY) is Ground.PERSONAL_RIGHTS
    with pytest.raises(Invalid) as refused:
        rules.check_ground(ground, TY)
    assert refused.value.field == "ground"


@pytest.mark.req("KH-6-2e")
@pytest.mark.parametrize("empty", ["", "   ", "。。。", "？？？？？？？？？？？？", "想看"])
def test_a_reason_without_words_is_no_reason(empty: str) -> None:
    with pytest.raises(Invalid, match="具體敘明"):
        rules.check_reason(empty)


@pytest.mark.req("KH-6-2e", "DR-24")
@pytest.mark.parametrize(
    "typed", ["<script>alert(1)</script> 女兒於滑梯旁跌倒", "=HYPERLINK(1) 女兒於滑梯旁跌倒", "跌" * 3000]
)
def test_a_reason_is_kept_as_it_was_typed(typed: str) -> None:
    assert rules.check_reason(f" {typed}\n") == typed


@pytest.mark.req("KH-6-2e")
def test_a_pasted_novel_is_refused_with_its_length() -> None:
    with pytest.raises(Invalid, match="目前3001字"):
        rules.check_reason("跌" * 3001)


@pytest.mark.req("KH-6-3a")
@pytest.mark.parametrize(
    ("window", "words"),
    [
        (replace(WINDOW, started_at=NOON - SECOND), "超出事件發生期間"),
        (replace(WINDOW, ended_at=WINDOW.ended_at + SECOND), "超出事件發生期間"),
    ],
)
def test_a_preschool_gives_the_incident_and_not_a_second_more(window: AskedWindow, words: str) -> None:
    rules.check_incident(INCIDENT, [WINDOW], profile=KH)
    with pytest.raises(Invalid, match=words):
        rules.check_incident(INCIDENT, [window], profile=KH)


@pytest.mark.req("KH-6-3a", "TY-5-1d", "TY-X-1")
def test_an_elementary_school_asks_for_no_incident() -> None:
    rules.check_incident(None, [WINDOW], profile=TY)
    with pytest.raises(Invalid, match="事件發生的起訖時間"):
        rules.check_incident(None, [WINDOW], profile=KH)


@pytest.mark.req("KH-6-2c5")
def test_an_incident_that_ends_before_it_begins_is_refused() -> None:
    with pytest.raises(Invalid, match="晚於開始"):
        rules.check_incident(Incident(started_at=NOON, ended_at=NOON), [WINDOW], profile=KH)


@pytest.mark.req("KH-6-2c3", "KH-6-2c4", "KH-6-2f", "TY-5-1d")
def test_what_is_unusual_is_asked_about_and_not_refused() -> None:
    three_hours = replace(WINDOW, ended_at=NOON + timedelta(hours=3))
    four_days = replace(WINDOW, ended_at=NOON + timedelta(days=4))

    def codes(ground: Ground, who: Applicant, window: AskedWindow, rule: object) -> list[str]:
        return [each.code for each in rules.cautions(ground, who, [window], profile=rule)]  # type: ignore[arg-type]

    assert codes(Ground.ACCIDENT, Applicant.GUARDIAN, WINDOW, KH) == []
    assert codes(Ground.WORKPLACE_BULLYING, Applicant.GUARDIAN, WINDOW, KH) == ["ground_of_staff"]
    assert codes(Ground.WORKPLACE_BULLYING, Applicant.TEACHER, WINDOW, KH) == []
    assert codes(Ground.UNLAWFUL_HARM_ON_DUTY, Applicant.PUPIL, WINDOW, KH) == ["ground_of_staff"]
    assert codes(Ground.UNLAWFUL_HARM_ON_DUTY, Applicant.WORKER, WINDOW, KH) == []
    assert codes(Ground.ACCIDENT, Applicant.GUARDIAN, three_hours, KH) == []
    assert codes(Ground.PERSONAL_RIGHTS, Applicant.GUARDIAN, three_hours, TY) == ["wide_window"]
    assert codes(Ground.ACCIDENT, Applicant.GUARDIAN, four_days, KH) == ["long_window"]


@pytest.mark.req("KH-6-2b", "KH-A1-06", "TY-5-1a")
@pytest.mark.parametrize(
    ("applicant", "relation", "child", "field"),
    [
        (Applicant.GUARDIAN, "母", "", "child_name"),
        (Applicant.GUARDIAN, "", "林可可", "relation"),
        (Applicant.LEGAL_REPRESENTATIVE, "本人", "林可可", "relation"),
        (Applicant.PUPIL, "本人", "", "applicant_class"),
    ],
)
def test_a_relation_must_go_with_who_asks(applicant: Applicant, relation: str, child: str, field: str) -> None:
    with pytest.raises(Invalid) as refused:
        rules.check_applicant(applicant, relation=relation, child_name=child, profile=TY)
    assert refused.value.field == field


@pytest.mark.req(
    "KH-A1-12", "KH-A1-13", "KH-A1-14", "KH-A1-15", "KH-A1-16", "TY-A1-13", "TY-A1-14", "TY-A1-15", "TY-A1-16"
)
@pytest.mark.parametrize("rule", [KH, TY])
def test_boxes_are_signed_from_the_applicant_to_the_head(rule: object) -> None:
    order, signed = rule.request_form.sign_order, []  # type: ignore[attr-defined]
    while box := rules.next_box(signed, order):
        signed.append(box)
    assert signed == [Box.APPLICANT, Box.CCTV_HANDLER, Box.OFFICE_HEAD, Box.HEAD]


@pytest.mark.req("KH-A1-14")
def test_who_holds_two_offices_signs_the_second_as_such() -> None:
    alone = {Role.HEAD, Role.HANDLER}
    assert rules.acting_in(Box.OFFICE_HEAD, {Role.HANDLER}, held=alone) == "兼任"
    assert rules.acting_in(Box.OFFICE_HEAD, {Role.OFFICE_HEAD}, held=alone | {Role.OFFICE_HEAD}) == ""
    with pytest.raises(NotAllowed):
        rules.acting_in(Box.OFFICE_HEAD, {Role.HANDLER}, held=alone | {Role.OFFICE_HEAD})


@pytest.mark.req("KH-A1-13", "KH-A1-15")
@pytest.mark.parametrize(
    ("box", "roles"), [(Box.CCTV_HANDLER, {Role.HEAD}), (Box.HEAD, {Role.HANDLER, Role.OFFICE_HEAD})]
)
def test_nobody_signs_for_the_handler_or_the_head(box: Box, roles: set[Role]) -> None:
    with pytest.raises(NotAllowed):
        rules.acting_in(box, roles, held=set(Role))


GONE = Left(destroyed=True, recorded=False, period_over=True)
STORED = Left(destroyed=False, recorded=True, period_over=False)
STORED_LONGER = Left(destroyed=False, recorded=True, period_over=True)
LOST = Left(destroyed=True, recorded=False, period_over=True, lost=True)
NEVER = Left(destroyed=False, recorded=False, period_over=False)


@pytest.mark.req("KH-6-3b", "DR-01")
@pytest.mark.parametrize("left", [[LOST], [LOST, GONE]])
def test_what_was_deleted_after_it_was_asked_for_is_not_refused_as_gone(left: list[Left]) -> None:
    found = rules.refusals(left)
    assert Refusal.PAST_RETENTION_AND_DELETED not in found
    assert Refusal.LOST_AFTER_FILING in found
    assert Refusal.LOST_AFTER_FILING not in rules.refusals([GONE])


@pytest.mark.req("KH-6-3b")
@pytest.mark.parametrize(
    ("left", "gone", "never"),
    [
        ([GONE], True, False),
        ([STORED], False, False),
        ([STORED_LONGER], False, False),
        ([GONE, STORED_LONGER], False, False),
        ([NEVER], False, True),
        ([GONE, NEVER], False, False),
    ],
)
def test_gone_needs_both_past_its_period_and_deleted(left: list[Left], gone: bool, never: bool) -> None:  # noqa: FBT001 - a table
    found = rules.refusals(left)
    assert (Refusal.PAST_RETENTION_AND_DELETED in found, Refusal.NOTHING_RECORDED in found) == (gone, never)
    assert {Refusal.NOT_ELIGIBLE, Refusal.NO_GROUND, Refusal.OTHER} <= found
