"""Who may be a panel, who must attend, and what votes carry. Pure."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid4

import pytest

from tenants.disclosures.asking import Grant
from tenants.disclosures.insider.panel import rules
from tenants.disclosures.insider.panel.models import Attendance, Capacity, Verdict, VotingRule
from tenants.disclosures.insider.panel.rules import Candidate, Involved, Sitting
from tenants.disclosures.insider.rules import Incident
from tenants.errors import Invalid
from tenants.permissions import Role

NOBODY = Involved(excluded=frozenset(), applicant_id=None, applicant_name="林小惠", applicant_email="p@example.org")
EDUCATOR = Candidate(
    capacity=Capacity.EDUCATOR_REP, name="張淑芬", user_id=uuid4(), roles=frozenset({Role.STAFF}), email="z@example.org"
)
PARENT = Candidate(capacity=Capacity.PARENT_REP, name="陳美玲", email="chen@example.org")
HEAD = Candidate(capacity=Capacity.HEAD, name="王園長", user_id=uuid4(), roles=frozenset({Role.HEAD}))
NEUTRAL = Candidate(capacity=Capacity.NEUTRAL, name="許律師", email="hsu@example.org")
TEN = datetime(2026, 11, 18, 2, 5, tzinfo=UTC)
A, P, R = Verdict.AGREE, Verdict.PART, Verdict.REFUSE


@pytest.mark.req("KH-6-Pa", "KH-6-Pb")
def test_three_with_both_representatives_are_a_panel() -> None:
    rules.check_panel([EDUCATOR, PARENT, HEAD], NOBODY)


@pytest.mark.req("DR-27")
def test_a_neutral_outsider_may_sit_where_the_head_cannot() -> None:
    rules.check_panel([EDUCATOR, PARENT, NEUTRAL], NOBODY)


@pytest.mark.req("KH-6-2h")
def test_a_panel_of_one_or_two_is_none() -> None:
    with pytest.raises(Invalid, match="家長代表"):
        rules.check_panel([EDUCATOR], NOBODY)
    with pytest.raises(Invalid, match="至少3人"):
        rules.check_panel([EDUCATOR, PARENT], NOBODY)


@pytest.mark.parametrize(
    ("panel", "words"),
    [
        pytest.param([PARENT, HEAD, NEUTRAL], "教保服務人員代表", marks=pytest.mark.req("KH-6-Pa")),
        pytest.param([EDUCATOR, HEAD, NEUTRAL], "家長代表", marks=pytest.mark.req("KH-6-Pb")),
    ],
)
def test_neither_representative_can_be_missing(panel: list[Candidate], words: str) -> None:
    with pytest.raises(Invalid, match=f"應有{words}"):
        rules.check_panel(panel, NOBODY)


@pytest.mark.req("KH-6-Pa")
@pytest.mark.parametrize("roles", [frozenset(), frozenset({Role.GUARD}), frozenset({Role.HEAD})])
def test_the_educators_representative_is_an_educator_of_this_institution(roles: frozenset[Role]) -> None:
    with pytest.raises(Invalid, match="教保服務人員"):
        rules.check_panel([replace(EDUCATOR, roles=roles), PARENT, HEAD], NOBODY)


@pytest.mark.req("KH-6-Pa", "DR-27")
def test_the_educator_complained_of_does_not_sit() -> None:
    with pytest.raises(Invalid, match="利害關係"):
        rules.check_panel([EDUCATOR, PARENT, HEAD], replace(NOBODY, excluded=frozenset({str(EDUCATOR.user_id)})))


@pytest.mark.req("KH-6-Pb", "DR-27")
@pytest.mark.parametrize(
    "applicant",
    [
        {"applicant_name": "陳美玲"},
        {"applicant_name": "陳 美玲"},
        {"applicant_email": "Chen@Example.org"},
        {"applicant_id": EDUCATOR.user_id},
    ],
)
def test_the_applicant_does_not_sit_in_their_own_case(applicant: dict[str, object]) -> None:
    with pytest.raises(Invalid, match="利害關係"):
        rules.check_panel([EDUCATOR, PARENT, HEAD], replace(NOBODY, **applicant))  # type: ignore[arg-type]


@pytest.mark.req("KH-6-Pb")
@pytest.mark.parametrize(
    "twice",
    [
        {"name": "張淑芬"},
        {"name": "張老師", "email": "Z@example.org"},
        {"name": "張　淑芬"},
    ],
)
def test_a_teacher_who_is_also_a_parent_counts_once(twice: dict[str, str]) -> None:
    with pytest.raises(Invalid, match="只能擔任一席"):
        rules.check_panel([EDUCATOR, replace(PARENT, **twice), HEAD], NOBODY)  # type: ignore[arg-type]


@pytest.mark.parametrize("candidate", [replace(PARENT, email=""), replace(PARENT, name=" ")])
def test_who_has_no_account_needs_a_name_and_an_address(candidate: Candidate) -> None:
    with pytest.raises(Invalid, match="請填寫家長代表"):
        rules.check_panel([EDUCATOR, candidate, HEAD], NOBODY)


def sitting(capacity: Capacity, attendance: Attendance = Attendance.PRESENT, *, signed: bool = True) -> Sitting:
    return Sitting(member_id=uuid4(), capacity=capacity, attendance=attendance, declared=signed, signed=signed)


def panel(**attendance: Attendance) -> list[Sitting]:
    return [
        sitting(each, attendance.get(each.value, Attendance.PRESENT))
        for each in (Capacity.EDUCATOR_REP, Capacity.PARENT_REP, Capacity.HEAD)
    ]


@pytest.mark.req("KH-6-Pc")
def test_both_representatives_in_the_room_or_by_video_can_resolve() -> None:
    rules.check_attendance(panel())
    rules.check_attendance(panel(parent_rep=Attendance.VIDEO, head=Attendance.ABSENT))


@pytest.mark.req("KH-6-Pc")
@pytest.mark.parametrize(
    ("who", "words"), [("parent_rep", "家長代表未與會"), ("educator_rep", "教保服務人員代表未與會")]
)
def test_without_either_representative_nothing_is_resolved(who: str, words: str) -> None:
    with pytest.raises(Invalid, match=words) as refused:
        rules.check_attendance(panel(**{who: Attendance.ABSENT}))
    assert refused.value.code == "rep_absent"


@pytest.mark.req("KH-6-2h")
def test_half_of_the_members_are_no_quorum() -> None:
    four = [*panel(head=Attendance.ABSENT), sitting(Capacity.NEUTRAL, Attendance.ABSENT)]
    with pytest.raises(Invalid, match="未過半"):
        rules.check_attendance(four)


@pytest.mark.req("KH-6-Pc")
def test_attendance_that_nobody_noted_is_none() -> None:
    with pytest.raises(Invalid, match="出席情形"):
        rules.check_attendance(panel(head=Attendance.UNKNOWN))


@pytest.mark.req("DR-27")
def test_who_attends_has_declared_and_signed() -> None:
    rules.check_declared([*panel(), sitting(Capacity.NEUTRAL, Attendance.ABSENT, signed=False)])
    with pytest.raises(Invalid, match="外部中立委員尚未"):
        rules.check_declared([*panel(), sitting(Capacity.NEUTRAL, signed=False)])


@pytest.mark.req("KH-6-2h")
@pytest.mark.parametrize(
    ("votes", "majority", "consensus"),
    [
        ([A, A, A], A, A),
        ([A, A, R], A, R),
        ([A, P, P], P, P),
        ([A, P, R], P, R),
        ([A, R, R], R, R),
        ([A, R], R, R),
        ([P, P, R], P, R),
        ([], R, R),
    ],
)
def test_votes_carry_the_widest_decision_that_enough_would_give(
    votes: list[Verdict], majority: Verdict, consensus: Verdict
) -> None:
    assert rules.carried(votes, VotingRule.MAJORITY) is majority
    assert rules.carried(votes, VotingRule.CONSENSUS) is consensus


@pytest.mark.req("KH-6-2h")
def test_a_decision_that_the_votes_do_not_carry_is_refused() -> None:
    there = panel(head=Attendance.ABSENT)
    votes: dict[UUID, Verdict] = {each.member_id: A for each in there if each.attends}
    rules.check_votes(A, votes, there, VotingRule.MAJORITY)
    with pytest.raises(Invalid, match="與登記的決議不同"):
        rules.check_votes(R, votes, there, VotingRule.MAJORITY)
    with pytest.raises(Invalid, match="每位與會成員"):
        rules.check_votes(A, {each.member_id: A for each in there}, there, VotingRule.MAJORITY)


def grant(first: int = 0, last: int = 15) -> Grant:
    """From and until in minutes after 10:05, when the incident begins; it lasts fifteen."""
    start, end = TEN + timedelta(minutes=first), TEN + timedelta(minutes=last)
    return Grant(window_id=UUID(int=1), started_at=start, ended_at=end)


INCIDENT = Incident(started_at=TEN, ended_at=TEN + timedelta(minutes=15))


@pytest.mark.req("KH-6-3a")
@pytest.mark.parametrize(("first", "last", "minutes"), [(0, 15, 0), (5, 10, 0), (-3, 15, 3), (0, 19, 4), (-1, 17, 2)])
def test_how_far_a_window_reaches_past_the_incident(first: int, last: int, minutes: int) -> None:
    assert rules.beyond_incident([grant(first, last)], INCIDENT) == timedelta(minutes=minutes)
    assert rules.beyond_incident([grant(first, last)], None) == timedelta()


@pytest.mark.req("KH-6-3a")
def test_a_margin_needs_a_reason_and_is_a_few_minutes_at_most() -> None:
    rules.check_beyond(timedelta(), "")
    rules.check_beyond(timedelta(minutes=5), "需確認跌倒前誰在旁邊")
    for over, reason, words in (
        (timedelta(seconds=1), " ", "敘明"),
        (timedelta(minutes=5, seconds=1), "需要", "逾5分鐘"),
        (timedelta(), "需要", "沒有超出"),
    ):
        with pytest.raises(Invalid, match=words):
            rules.check_beyond(over, reason)


@pytest.mark.parametrize(
    ("decision", "grants", "reasons", "words"),
    [
        (A, [grant(0, 10)], "", "部分同意"),
        (P, [grant()], "縮短", "登記為「同意」"),
        (P, [grant(0, 10)], " ", "敘明理由"),
        (R, [grant()], "無關", "不能核准"),
        (R, [], "", "敘明理由"),
    ],
)
@pytest.mark.req("KH-6-2h")
def test_what_is_granted_goes_with_the_decision(
    decision: Verdict, grants: list[Grant], reasons: str, words: str
) -> None:
    with pytest.raises(Invalid, match=words):
        rules.check_decision(decision, grants, {UUID(int=1): grant()}, reasons=reasons)


@pytest.mark.req("KH-6-2h")
def test_the_head_narrows_and_never_widens() -> None:
    resolved = {UUID(int=1): (TEN, TEN + timedelta(minutes=10))}
    rules.check_within([grant(0, 10)], resolved)
    rules.check_within([grant(2, 8)], resolved)
    for wider in (grant(0, 11), grant(-1, 10)):
        with pytest.raises(Invalid, match="不能放寬"):
            rules.check_within([wider], resolved)
    with pytest.raises(Invalid, match="不能放寬"):
        rules.check_within([replace(grant(2, 8), window_id=UUID(int=2))], resolved)
