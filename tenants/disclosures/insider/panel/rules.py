"""Pure decisions about a panel: who may sit, who must attend, what the votes carry, what may be granted. No I/O."""

import unicodedata
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from tenants.disclosures.asking import Grant
from tenants.disclosures.insider.panel.models import Attendance, Capacity, Verdict, VotingRule
from tenants.disclosures.insider.rules import INCIDENT_MARGIN, Incident
from tenants.errors import Invalid, refusals, refuse
from tenants.permissions import Role
from tenants.roc_dates import format_instant

# The regulation names two that must be there and no number; two alone could not be a majority of anything.
SMALLEST = 3
# The two that must not only be named but attend, wherever a panel decides (KH-6-Pc).
MUST_ATTEND = (Capacity.EDUCATOR_REP, Capacity.PARENT_REP)
CAPACITY_NAMES: Mapping[Capacity, str] = {
    Capacity.EDUCATOR_REP: "教保服務人員代表",
    Capacity.PARENT_REP: "家長代表",
    Capacity.HEAD: "校（園）長／負責人",
    Capacity.NEUTRAL: "外部中立委員",
}
ATTENDANCE_NAMES: Mapping[Attendance, str] = {
    Attendance.UNKNOWN: "未登記",
    Attendance.PRESENT: "到場",
    Attendance.VIDEO: "視訊",
    Attendance.ABSENT: "未到",
}
VERDICT_NAMES: Mapping[Verdict, str] = {
    Verdict.AGREE: "同意",
    Verdict.PART: "部分同意",
    Verdict.REFUSE: "不同意",
}
VOTING_NAMES: Mapping[VotingRule, str] = {
    VotingRule.MAJORITY: "出席成員過半數同意",
    VotingRule.CONSENSUS: "出席成員一致同意",
}
NO_REASONS = "部分同意或不同意時，應敘明理由。"
ATTENDING = frozenset({Attendance.PRESENT, Attendance.VIDEO})
# Who of the staff is an educator: not the guard, and the head sits as the head.
EDUCATORS = frozenset({Role.STAFF, Role.HANDLER, Role.OFFICE_HEAD})


@dataclass(frozen=True, kw_only=True)
class Candidate:
    """Somebody who shall sit. `roles` are those held at this institution; empty for who has no account there."""

    capacity: Capacity
    name: str
    email: str = ""
    user_id: UUID | None = None
    roles: frozenset[Role] = frozenset()


@dataclass(frozen=True, kw_only=True)
class Involved:
    """Whom a case concerns: accounts that were named, and the applicant, who may have no account (DR-27)."""

    excluded: frozenset[str]
    applicant_id: UUID | None
    applicant_name: str
    applicant_email: str


class SeatRefused(Invalid):
    """Somebody who cannot hold a seat: whose, and in `field` which datum: `user_id`, `name` or `email`."""

    def __init__(self, message: str, *, capacity: Capacity, field: str) -> None:
        super().__init__(message, field=field)
        self.capacity = capacity


@dataclass(frozen=True, kw_only=True)
class Sitting:
    """A member as the resolution needs to know them."""

    member_id: UUID
    capacity: Capacity
    attendance: Attendance
    declared: bool
    signed: bool

    @property
    def attends(self) -> bool:
        """到場 or 視訊."""
        return self.attendance in ATTENDING


def check_panel(candidates: Sequence[Candidate], involved: Involved) -> None:
    """Raise `Invalid`, field `members`, unless these people can be a panel for this case (KH-6-Pa, KH-6-Pb, Q-08)."""
    refuse(panel_faults(candidates, involved))


def panel_faults(candidates: Sequence[Candidate], involved: Involved) -> Iterator[Invalid]:
    """All that `check_panel` asks, so that it is told in one round."""
    for candidate in candidates:
        yield from candidate_faults(candidate, involved)
    yield from refusals(lambda: check_each_once(candidates))
    lacking = [each for each in MUST_ATTEND if not any(one.capacity is each for one in candidates)]
    for capacity in lacking:
        yield SeatRefused(f"專案小組應有{CAPACITY_NAMES[capacity]}。", capacity=capacity, field="members")
    if not lacking and len(candidates) < SMALLEST:
        yield _refused(f"專案小組至少{SMALLEST}人。人數不足時，可洽教育局推薦外部中立委員。")


def candidate_faults(candidate: Candidate, involved: Involved) -> Iterator[SeatRefused]:
    """Why somebody cannot sit in this capacity: what lacks, and whom the case concerns."""
    name, called = candidate.name, CAPACITY_NAMES[candidate.capacity]
    if not name.strip():
        yield _not_seated(candidate, "name", f"請填寫{called}的姓名。")
    if candidate.capacity is Capacity.EDUCATOR_REP and not candidate.roles & EDUCATORS:
        yield _not_seated(candidate, "user_id", f"{called}應為本機構的教保服務人員，請從名單中選取。")
    if candidate.capacity is Capacity.HEAD and Role.HEAD not in candidate.roles:
        yield _not_seated(candidate, "user_id", f"「{name}」不是本機構的{called}。")
    if candidate.user_id is None and "@" not in candidate.email:
        yield _not_seated(candidate, "email", f"請填寫{called}的電子郵件，我們會寄送開會通知的連結。")
    collision = _involved_by(candidate, involved)
    if collision is not None:
        datum, why = collision
        yield _not_seated(
            candidate, datum, f"{called}「{name}」與本案有利害關係（{why}），不能擔任專案小組成員。請改由其他人擔任。"
        )


def _involved_by(candidate: Candidate, involved: Involved) -> tuple[str, str] | None:
    """By which datum the case concerns this candidate, and how it does; None where it does not."""
    if candidate.user_id is not None and candidate.user_id == involved.applicant_id:
        return "user_id", "是本案申請人"
    if candidate.user_id is not None and str(candidate.user_id) in involved.excluded:
        return "user_id", "已列為本案利害關係人"
    own = "user_id" if candidate.user_id is not None else ""  # of the list only the person can be chosen anew
    if candidate.email and folded(candidate.email) == folded(involved.applicant_email):
        return own or "email", "電子郵件與申請人相同"
    if folded(candidate.name) == folded(involved.applicant_name):
        return own or "name", "姓名與申請人相同"
    return None


def check_each_once(candidates: Sequence[Candidate]) -> None:
    """Raise `Invalid` for somebody who is there twice: a teacher who is also a parent holds one seat (KH-6-Pb)."""
    seen: set[str] = set()
    for candidate in candidates:
        marks = {f"name {folded(candidate.name)}", f"id {candidate.user_id}", f"mail {folded(candidate.email)}"}
        marks -= {"id None", "mail ", "name "}
        if marks & seen:
            raise _refused(
                f"「{candidate.name}」重複：一個人只能擔任一席，不能同時代表兩種身分。"
                "確為同名的不同人時，請於姓名後加註，例如「陳美玲（大班家長）」。"
            )
        seen |= marks


def folded(words: str) -> str:
    """As two spellings of one name or address are compared."""
    return "".join(unicodedata.normalize("NFKC", words).split()).casefold()


def check_begun(meets_at: datetime, *, now: datetime, field: str = "") -> None:
    """Raise `Invalid` before a meeting's time: nobody attended or resolved what has not begun (KH-6-Pc)."""
    if now < meets_at:
        raise Invalid(
            f"會議時間是{format_instant(meets_at)}，還沒有到，不能登記出席情形或決議。"
            "全體成員都到了，可以按「現在開會」；否則請等到會議時間，或變更時間。",
            field=field,
            code="not_begun",
        )


def check_all_there(attendance: Collection[Attendance]) -> None:
    """Raise `Invalid` unless everybody attends: only then may a meeting begin early, passing over nobody invited."""
    if not attendance or not set(attendance) <= ATTENDING:
        raise Invalid(
            "全體成員都到場或視訊與會，才能提早開會。有人還沒到時，請等到會議時間，或變更時間。",
            field="attendance",
            code="not_all_there",
        )


def check_attendance(sitting: Sequence[Sitting]) -> None:
    """Raise `Invalid` unless those who met can resolve: both kinds of representative, and more than half (KH-6-Pc)."""
    if len(sitting) < SMALLEST:
        raise Invalid(f"專案小組成員不足{SMALLEST}人，不能作成決議。請先補足成員。", code="too_few")
    if any(each.attendance is Attendance.UNKNOWN for each in sitting):
        raise Invalid("請先登記每位成員的出席情形。", code="attendance_unknown")
    for capacity in MUST_ATTEND:
        if not any(each.capacity is capacity and each.attends for each in sitting):
            raise Invalid(f"{CAPACITY_NAMES[capacity]}未與會，不能作成決議。請另定時間開會。", code="rep_absent")
    if 2 * sum(each.attends for each in sitting) <= len(sitting):
        raise Invalid("出席人數未過半，不能作成決議。請另定時間開會。", code="no_quorum")


def check_correction(was: Attendance, said: Attendance, reason: str) -> None:
    """Raise `Invalid` for a correction that corrects nothing, or does not say why."""
    refuse(correction_faults(was, said, reason))


def correction_faults(was: Attendance, said: Attendance, reason: str) -> Iterator[Invalid]:
    """All that `check_correction` asks."""
    if not reason.strip():
        yield Invalid("請說明更正的原因，例如「簽到單誤植」。", field="reason")
    if said in {was, Attendance.UNKNOWN}:
        yield Invalid("更正後的出席情形與原紀錄相同。", field="said")


def check_declared(sitting: Sequence[Sitting]) -> None:
    """Raise `Invalid` for somebody who attends without 利害關係聲明 and 保密切結 (DR-27)."""
    lacking = [each for each in sitting if each.attends and not (each.declared and each.signed)]
    if lacking:
        names = "、".join(CAPACITY_NAMES[each.capacity] for each in lacking)
        raise Invalid(f"{names}尚未完成利害關係聲明與保密切結，不能作成決議。", code="undeclared")


def carried(votes: Collection[Verdict], rule: VotingRule) -> Verdict:
    """The widest decision that the votes carry (Q-08). Who would give everything would give a part of it too.

    With nothing carried the answer is 不同意: a tie grants nothing.
    """
    for verdict, wide_enough in (
        (Verdict.AGREE, {Verdict.AGREE}),
        (Verdict.PART, {Verdict.AGREE, Verdict.PART}),
    ):
        support = sum(vote in wide_enough for vote in votes)
        enough = support == len(votes) if rule is VotingRule.CONSENSUS else 2 * support > len(votes)
        if votes and enough:
            return verdict
    return Verdict.REFUSE


def check_votes(decision: Verdict, votes: Mapping[UUID, Verdict], sitting: Sequence[Sitting], rule: VotingRule) -> None:
    """Raise `Invalid` unless everybody who attended voted, nobody else, and the decision is what the votes carry."""
    if set(votes) != {each.member_id for each in sitting if each.attends}:
        raise Invalid("請登記每位與會成員的表決，未與會者不計入表決。", field="votes")
    found = carried(votes.values(), rule)
    if found is not decision:
        raise Invalid(
            f"依表決方式「{VOTING_NAMES[rule]}」，表決結果為「{VERDICT_NAMES[found]}」，與登記的決議不同。",
            field="decision",
        )


def check_decision(decision: Verdict, grants: Sequence[Grant], asked: Mapping[UUID, Grant], *, reasons: str) -> None:
    """Raise `Invalid` unless what is granted goes with the decision; the windows themselves were checked before."""
    refuse(_decision_faults(decision, grants, asked, reasons=reasons))


def _decision_faults(
    decision: Verdict, grants: Sequence[Grant], asked: Mapping[UUID, Grant], *, reasons: str
) -> Iterator[Invalid]:
    if decision is Verdict.REFUSE and grants:
        yield Invalid("決議不同意時，不能核准任何時段。", field="grants")
    full = {grant.window_id: grant for grant in grants} == dict(asked)
    if decision is Verdict.AGREE and not full:
        yield Invalid("只同意一部分時段時，請將決議登記為「部分同意」並敘明理由。", field="decision")
    if decision is Verdict.PART and full:
        yield Invalid("所有時段都同意時，請將決議登記為「同意」。", field="decision")
    if decision is not Verdict.AGREE and not reasons.strip():
        yield Invalid(NO_REASONS, field="reasons")


def beyond_incident(grants: Sequence[Grant], incident: Incident | None) -> timedelta:
    """How far the widest of these windows reaches past the incident; nothing where none limits it (KH-6-3a)."""
    if incident is None:
        return timedelta()
    over = [
        max(incident.started_at - grant.started_at, grant.ended_at - incident.ended_at, timedelta()) for grant in grants
    ]
    return max(over, default=timedelta())


def check_beyond(over: timedelta, reason: str) -> None:
    """Raise `Invalid`, field `beyond_reason`, for a margin without a reason, too wide, or a reason without a margin."""
    minutes = int(INCIDENT_MARGIN.total_seconds()) // 60
    if over > INCIDENT_MARGIN:
        raise Invalid(f"調閱時段超出事件發生期間逾{minutes}分鐘，請縮小時段。", field="beyond_reason")
    if over and not reason.strip():
        raise Invalid("調閱時段超出事件發生期間，請敘明需要前後時段的理由，或縮小時段。", field="beyond_reason")
    if reason.strip() and not over:
        raise Invalid("核准的時段沒有超出事件發生期間，不需要填寫超出的理由。", field="beyond_reason")


def check_within(grants: Sequence[Grant], resolved: Mapping[UUID, tuple[datetime, datetime]]) -> None:
    """Raise `Invalid`, field `grants`, for a window that the panel did not grant: the head narrows and never widens."""
    for grant in grants:
        span = resolved.get(grant.window_id)
        if span is None or grant.started_at < span[0] or grant.ended_at > span[1]:
            raise Invalid("核准的時段超出專案小組的決議。首長可以縮小範圍，不能放寬。", field="grants")


def _not_seated(candidate: Candidate, field: str, sentence: str) -> SeatRefused:
    return SeatRefused(sentence, capacity=candidate.capacity, field=field)


def _refused(sentence: str) -> Invalid:
    return Invalid(sentence, field="members")
