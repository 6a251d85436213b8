"""Who asks, as the handler found it: a check list of what was seen, never a copy of it (KH-6-2a, KH-6-2b, TY-5-1a).

The platform keeps no roster. It asks for what decides, notes that it was seen and when, and flags who is not covered.
"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from tenants.disclosures.insider.models import Eligibility, InsiderRequest
from tenants.disclosures.insider.purpose import outside_purpose
from tenants.disclosures.insider.rules import FOR_A_CHILD, Applicant
from tenants.errors import Invalid, refuse


class Standing(StrEnum):
    """What an applicant is to the institution: by the application's day for its people, the incident's for a child."""

    ON_ESTABLISHMENT = "on_establishment"
    GUARDIAN = "guardian"
    LEGAL_REPRESENTATIVE = "legal_representative"
    FORMER = "former"
    CONTRACTOR = "contractor"
    VOLUNTEER = "volunteer"
    ELSEWHERE = "elsewhere"
    RELATIVE = "relative"
    NOT_ENROLLED = "not_enrolled"
    RESTRICTED = "restricted"


STANDING_NAMES: Mapping[Standing, str] = {
    Standing.ON_ESTABLISHMENT: "申請日為編制內教職員工",
    Standing.GUARDIAN: "監護人，孩子於事發日在籍",
    Standing.LEGAL_REPRESENTATIVE: "法定代理人，孩子於事發日在籍",
    Standing.FORMER: "申請日已離職、退休",
    Standing.CONTRACTOR: "承攬、派遣人員（清潔、保全、廚工等）",
    Standing.VOLUNTEER: "志工、實習生、訪客",
    Standing.ELSEWHERE: "其他機構的人員",
    Standing.RELATIVE: "祖父母或其他親屬，沒有法定代理權",
    Standing.NOT_ENROLLED: "孩子於事發日不在籍",
    Standing.RESTRICTED: "親權受限制，或由他方單獨行使",
}
# Whom the regulations do not cover, and what is shown in red of them.
FLAGS: Mapping[Standing, str] = {
    Standing.FORMER: "非編制內（已離職）",
    Standing.CONTRACTOR: "非編制內（承攬、派遣）",
    Standing.VOLUNTEER: "非編制內（志工、實習生、訪客）",
    Standing.ELSEWHERE: "非本機構人員",
    Standing.RELATIVE: "無法定代理權",
    Standing.NOT_ENROLLED: "事發日孩子不在籍",
    Standing.RESTRICTED: "親權受限制",
}
_OF_A_CHILD = frozenset(
    {
        Standing.GUARDIAN,
        Standing.LEGAL_REPRESENTATIVE,
        Standing.RELATIVE,
        Standing.NOT_ENROLLED,
        Standing.RESTRICTED,
    }
)


class Proof(StrEnum):
    """What was seen. That it was seen is kept, and no copy (KH-6-2b)."""

    STAFF_ROSTER = "staff_roster"
    APPOINTMENT = "appointment"
    CHILD_ROSTER = "child_roster"
    ENROLMENT = "enrolment"
    HOUSEHOLD = "household"
    JUDGMENT = "judgment"
    IDENTITY_CARD = "identity_card"


PROOF_NAMES: Mapping[Proof, str] = {
    Proof.STAFF_ROSTER: "教職員工名冊",
    Proof.APPOINTMENT: "聘書、派令或勞動契約",
    Proof.CHILD_ROSTER: "幼兒（學生）名冊",
    Proof.ENROLMENT: "入園（學）資料所載的監護人",
    Proof.HOUSEHOLD: "戶口名簿或戶籍謄本",
    Proof.JUDGMENT: "法院裁判、協議書或監護登記",
    Proof.IDENTITY_CARD: "申請人的身分證件",
}
_SHOWS_STAFF = frozenset({Proof.STAFF_ROSTER, Proof.APPOINTMENT})
_SHOWS_TIE = frozenset({Proof.ENROLMENT, Proof.HOUSEHOLD, Proof.JUDGMENT})


@dataclass(frozen=True, kw_only=True)
class Finding:
    """The handler's check. `specific`: the reason is 具體 (KH-6-2e). `purpose_note`: why it goes on though flagged."""

    standing: Standing
    seen: frozenset[Proof]
    eligibility: Eligibility
    note: str = ""
    specific: bool = True
    purpose_note: str = ""


def standings_for(applicant: Applicant) -> Sequence[Standing]:
    """What somebody who says so of themselves can be found to be."""
    return [each for each in Standing if (each in _OF_A_CHILD) is (applicant in FOR_A_CHILD)]


def check_finding(finding: Finding, applicant: Applicant) -> None:
    """Raise `Invalid`, with the field, unless the result follows from what was found, and that from what was seen."""
    refuse(finding_faults(finding, applicant))


def finding_faults(finding: Finding, applicant: Applicant) -> Iterator[Invalid]:
    """All that `check_finding` asks, so that it is told in one round."""
    if finding.standing not in standings_for(applicant):
        yield Invalid("查得的身分與申請人填寫的身分不符。請重新選擇，或退回補件。", field="standing")
    flag = FLAGS.get(finding.standing)
    if finding.eligibility is Eligibility.UNCHECKED:
        yield Invalid("請選擇申請人資格的查核結果。", field="eligibility")
    if flag is not None and finding.eligibility is Eligibility.ELIGIBLE:
        yield Invalid(f"{flag}，不在得申請之列。請選「不符資格」，或選「例外受理」並說明理由。", field="eligibility")
    if flag is None and finding.eligibility is not Eligibility.ELIGIBLE:
        yield Invalid("查得的身分符合規定，結果應為「符合資格」。身分不符時，請重新選擇身分。", field="eligibility")
    if finding.eligibility is not Eligibility.ELIGIBLE:
        yield from note_faults(finding.note)
    if flag is None:
        yield from _seen_faults(finding.standing, finding.seen)


def note_faults(note: str) -> Iterator[Invalid]:
    """Why somebody is not, or yet is, let in has to be said."""
    if not note.strip():
        yield Invalid("不符資格，或例外受理時，請說明理由。", field="eligibility_note")


def _seen_faults(standing: Standing, seen: Collection[Proof]) -> Iterator[Invalid]:
    if standing is Standing.ON_ESTABLISHMENT and not _SHOWS_STAFF & set(seen):
        yield Invalid("請核對教職員工名冊或聘書，並勾選看過的文件。", field="seen")
    if standing in _OF_A_CHILD and not (Proof.CHILD_ROSTER in seen and _SHOWS_TIE & set(seen)):
        yield Invalid(
            "請核對孩子於事發日在幼兒（學生）名冊上，並核對入園（學）資料、戶口名簿或法院裁判，勾選看過的文件。",
            field="seen",
        )


def check_may_go_on(found: InsiderRequest) -> None:
    """Raise `Invalid` unless it was found who asks, that the reason is 具體, and that it serves the purpose.

    What is outside the system's purpose is returned, or goes on with a reason (KH-1-1); what is not 具體 is returned.
    """
    if found.eligibility == Eligibility.UNCHECKED:
        raise Invalid("請先查核申請人資格與利害關係人，再進行下一步。", code="unchecked")
    if outside_purpose(found.reason) and not found.purpose_note:
        raise Invalid(
            "事由與設置目的不符。請退回補件，或於查核時說明仍予受理的理由，再進行下一步。", code="outside_purpose"
        )
    if found.reason_specific is None:
        raise Invalid("申請人已補充事由，請再查核一次事由是否具體，再進行下一步。", code="not_read")
    if not found.reason_specific:
        raise Invalid("查核結果為事由不具體，請退回補件。", code="not_specific")
