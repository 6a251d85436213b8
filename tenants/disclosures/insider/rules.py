"""Pure decisions about an insider's application: who, why, when, whose signature is next. No I/O and no clock."""

import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from uuid import UUID

from tenants.disclosures.asking import LONG_WINDOW, AskedWindow
from tenants.disclosures.insider.models import Box
from tenants.errors import Caution, Invalid, NotAllowed, refuse
from tenants.permissions import Acting, Role
from tenants.profiles import RuleProfile

# A fall is noticed when the child cries: the panel may look a little before and after, and says so (KH-6-3a).
INCIDENT_MARGIN = timedelta(minutes=5)
# TY names no limit; beyond this the form advises to narrow to the incident (TY-5-1d).
ADVISED_WINDOW = timedelta(hours=2)
SHORTEST_REASON, LONGEST_REASON = 10, 3000


class Applicant(StrEnum):
    """Who may ask as an insider (KH-6-2a, KH-6-2b, TY-5-1a)."""

    TEACHER = "teacher"
    STAFF = "staff"
    WORKER = "worker"
    PUPIL = "pupil"
    GUARDIAN = "guardian"
    LEGAL_REPRESENTATIVE = "legal_representative"


APPLICANT_NAMES: Mapping[Applicant, str] = {
    Applicant.TEACHER: "教師、教保員",
    Applicant.STAFF: "職員",
    Applicant.WORKER: "工友",
    Applicant.PUPIL: "學生",
    Applicant.GUARDIAN: "監護人",
    Applicant.LEGAL_REPRESENTATIVE: "法定代理人",
}
FOR_A_CHILD = frozenset({Applicant.GUARDIAN, Applicant.LEGAL_REPRESENTATIVE})
EMPLOYED = frozenset({Applicant.TEACHER, Applicant.STAFF, Applicant.WORKER})


class Ground(StrEnum):
    """Why an insider may look. KH knows all six, TY the last (KH-6-2c, TY-5-1b)."""

    SUSPECTED_MISTREATMENT = "suspected_mistreatment"
    GENDER_INCIDENT = "gender_incident"
    WORKPLACE_BULLYING = "workplace_bullying"
    UNLAWFUL_HARM_ON_DUTY = "unlawful_harm_on_duty"
    ACCIDENT = "accident"
    PERSONAL_RIGHTS = "personal_rights"


GROUND_NAMES: Mapping[Ground, str] = {
    Ground.SUSPECTED_MISTREATMENT: "疑似不當對待事件",
    Ground.GENDER_INCIDENT: "性別事件",
    Ground.WORKPLACE_BULLYING: "職場霸凌事件",
    Ground.UNLAWFUL_HARM_ON_DUTY: "執行職務遭受不法侵害事件",
    Ground.ACCIDENT: "意外事故",
    Ground.PERSONAL_RIGHTS: "涉及個人權益維護必要之事項",
}
# What lists, the register and a hold say in the place of such a ground (DR-37).
SEALED = "密封案件"
SEALED_GROUNDS = frozenset({Ground.SUSPECTED_MISTREATMENT, Ground.GENDER_INCIDENT})
_OF_STAFF = frozenset({Ground.WORKPLACE_BULLYING, Ground.UNLAWFUL_HARM_ON_DUTY})


class Refusal(StrEnum):
    """Why an application is refused. `PAST_RETENTION_AND_DELETED` needs both, and before the filing (KH-6-3b)."""

    NOT_ELIGIBLE = "not_eligible"
    NO_GROUND = "no_ground"
    PAST_RETENTION_AND_DELETED = "past_retention_and_deleted"
    LOST_AFTER_FILING = "lost_after_filing"
    NOTHING_RECORDED = "nothing_recorded"
    OTHER = "other"


@dataclass(frozen=True, kw_only=True)
class Incident:
    """事件發生期間, half-open; the window asked for lies in it (KH-6-3a)."""

    started_at: datetime
    ended_at: datetime


@dataclass(frozen=True, kw_only=True)
class Left:
    """What is still there of one window, as a refusal needs to know it. `lost`: destroyed although it was asked for."""

    destroyed: bool
    recorded: bool
    period_over: bool
    lost: bool = False


def check_ground(ground: str, profile: RuleProfile) -> Ground:
    """The ground, if the regulation knows it. Raises `Invalid`: one regulation's grounds are not another's (TY-X-1)."""
    if ground not in profile.insider.grounds:
        raise Invalid(f"這個事由不在{profile.terms.regulation}所列範圍內。請從清單中選取。", field="ground")
    return Ground(ground)


def check_reason(reason: str) -> str:
    """具體事由 (KH-6-2e): words, and enough of them to say what happened. Stored as typed, trimmed."""
    text = reason.strip()
    said = re.sub(r"[\W_]+", "", text)
    if len(said) < SHORTEST_REASON:
        raise Invalid(
            f"請具體敘明事由，至少{SHORTEST_REASON}字：何人、何時、何地、發生何事，例如「115年11月18日上午約10時10分，女兒於滑梯旁跌倒，左臂擦傷，需了解經過」。",
            field="reason",
        )
    if len(text) > LONGEST_REASON:
        raise Invalid(f"事由至多{LONGEST_REASON}字，目前{len(text)}字。請摘要敘明，細節於審查時說明。", field="reason")
    return text


def check_incident(
    incident: Incident | None, windows: Sequence[AskedWindow], *, profile: RuleProfile, margin: timedelta = timedelta()
) -> None:
    """Raise `Invalid` unless every window lies within the incident, where the regulation says so (KH-6-3a)."""
    if profile.insider.window_limit != "incident_period":
        return
    if incident is None:
        raise Invalid("請填寫事件發生的起訖時間。調閱時段以事件發生期間為限。", field="incident")
    if incident.ended_at <= incident.started_at:
        raise Invalid("事件的結束時間必須晚於開始時間。請檢查日期與時間。", field="incident")
    first, last = incident.started_at - margin, incident.ended_at + margin
    if any(window.started_at < first or window.ended_at > last for window in windows):
        raise Invalid("調閱時段超出事件發生期間。請縮小調閱時段，或更正事件的起訖時間。", field="windows")


def cautions(
    ground: Ground, applicant: Applicant, windows: Sequence[AskedWindow], *, profile: RuleProfile
) -> tuple[Caution, ...]:
    """What a person should look at again before the application is sent; none of it stops them."""
    found = []
    if ground in _OF_STAFF and applicant not in EMPLOYED:
        found.append(Caution("ground_of_staff", f"「{GROUND_NAMES[ground]}」通常由教職員提出，仍要以此事由申請請說明"))
    if any(window.ended_at - window.started_at > LONG_WINDOW for window in windows):
        found.append(Caution("long_window", "有時段超過72小時，請確認是否為事件發生期間"))
    elif profile.insider.window_limit == "stated_period" and any(
        window.ended_at - window.started_at > ADVISED_WINDOW for window in windows
    ):
        found.append(Caution("wide_window", "有時段超過2小時，建議縮小至事件發生的時間"))
    return tuple(found)


def beyond_cautions(
    incident: Incident | None, windows: Sequence[AskedWindow], *, profile: RuleProfile
) -> tuple[Caution, ...]:
    """That a window reaches past the incident, which the panel must confirm with a reason or narrow (KH-6-3a)."""
    try:
        check_incident(incident, windows, profile=profile)
    except Invalid:
        return (Caution("beyond_incident", "調閱時段超出事件發生期間，超出的部分須經專案小組敘明理由同意"),)
    return ()


def check_applicant(applicant: Applicant, *, relation: str, child_name: str, profile: RuleProfile) -> None:
    """Raise `Invalid`, with the field, for a relation that does not go with who asks (KH-A1-06, TY-5-1a)."""
    refuse(_applicant_faults(applicant, relation=relation, child_name=child_name, profile=profile))


def _applicant_faults(
    applicant: Applicant, *, relation: str, child_name: str, profile: RuleProfile
) -> Iterator[Invalid]:
    if not relation.strip():
        yield Invalid("請填寫與當事人的關係。", field="relation")
    if applicant in FOR_A_CHILD and not child_name.strip():
        yield Invalid("請填寫孩子的姓名與班級，機構才能確認您的身分。", field="child_name")
    if applicant in FOR_A_CHILD and relation.strip() == "本人":
        yield Invalid("監護人或法定代理人請填寫與孩子的關係，例如「母」。", field="relation")
    if applicant is Applicant.PUPIL:
        yield Invalid(f"{profile.institution}的學生未成年，請由監護人或法定代理人提出申請。", field="applicant_class")


def next_box(signed: Collection[Box], order: Sequence[str]) -> Box | None:
    """Whose signature is missing next, in the form's order (KH-A1-16); None when all have signed."""
    return next((Box(box) for box in order if Box(box) not in signed), None)


# Which role signs a box, and who may in their place where the institution has nobody else (KH-A1-13 to 15).
SIGNERS: Mapping[Box, Role] = {
    Box.CCTV_HANDLER: Role.HANDLER,
    Box.OFFICE_HEAD: Role.OFFICE_HEAD,
    Box.HEAD: Role.HEAD,
}
ALSO: Mapping[Box, frozenset[Role]] = {Box.OFFICE_HEAD: frozenset({Role.HEAD, Role.HANDLER})}
CONCURRENTLY = "兼任"


def acting_in(
    box: Box, roles: Collection[Role], *, held: Collection[Role], acting: Mapping[Role, Acting] | None = None
) -> str:
    """What is printed beside a signature: nothing for the office's holder, 兼任 for who holds it beside their own.

    代 or 代為決行 for who is `acting` in the office today (DR-26, KH-A1-15).

    `held` are the roles that anybody at the institution holds: an office that has its own head is signed by nobody
    else. Raises `NotAllowed`.
    """
    owner = SIGNERS[box]
    if owner in roles:
        return ""
    if acting and owner in acting:
        return acting[owner].value
    if owner not in held and set(roles) & ALSO.get(box, frozenset()):
        return CONCURRENTLY
    raise NotAllowed("這個欄位應由其他人員簽核。請確認目前輪到誰簽核。")


def check_not_involved(user_id: UUID | None, excluded: Collection[str]) -> None:
    """Raise `NotAllowed` for somebody whom the case concerns (DR-27)."""
    if user_id is not None and str(user_id) in set(excluded):
        raise NotAllowed("您與本案有利害關係，不能簽核、審查、操作或陪同。請由代理人辦理。")


def refusals(left: Sequence[Left]) -> frozenset[Refusal]:
    """The reasons that may be given: gone only where all of it is past its period *and* deleted (KH-6-3b).

    What was deleted after the application came in is no such reason: it should have been preserved (DR-01).
    """
    always = {Refusal.NOT_ELIGIBLE, Refusal.NO_GROUND, Refusal.OTHER}
    if left and all(each.destroyed and each.period_over for each in left):
        lost = any(each.lost for each in left)
        always.add(Refusal.LOST_AFTER_FILING if lost else Refusal.PAST_RETENTION_AND_DELETED)
    if left and all(not each.recorded and not each.destroyed for each in left):
        always.add(Refusal.NOTHING_RECORDED)
    return frozenset(always)
