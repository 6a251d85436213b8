"""會議紀錄 and the statement to be signed with ink, as sheets (KH-6-Pc). A case has its number and coded names."""

from collections.abc import Sequence

from infra import clock
from infra.db import db
from tenants.disclosures.insider.models import InsiderRequest
from tenants.disclosures.insider.panel import queries, rules, statements
from tenants.disclosures.insider.panel.brief import brief_of
from tenants.disclosures.insider.panel.models import (
    Attendance,
    Capacity,
    PanelCorrection,
    PanelMeeting,
    PanelMember,
    PanelResolution,
    Verdict,
    VotingRule,
)
from tenants.disclosures.windows import windows_of
from tenants.forms import Imprint, Section, Sheet, document_sheet
from tenants.registry.models import Tenant
from tenants.roc_dates import format_date, format_instant, format_span

_NONE = "無"
_MINUTES, _STATEMENT = "專案小組會議紀錄", "專案小組成員利害關係聲明及保密切結書"


def minutes(found: InsiderRequest, met: PanelMeeting, *, printed_by: str) -> Sheet:
    """The meeting as it is recorded: who came and had declared, what was resolved by which votes, what was corrected.

    Before the resolution it is the paper to write on at the meeting.
    """
    made = queries.resolution_of(tenant_id=met.tenant_id, meeting_id=met.id)
    members = queries.members(tenant_id=met.tenant_id, meeting_id=met.id)
    corrected = queries.corrections(tenant_id=met.tenant_id, resolution_id=made.id) if made is not None else []
    brief = brief_of(found)
    facts = [
        ("案號", found.serial),
        ("開會時間", format_instant(met.meets_at.replace(second=0, microsecond=0))),
        ("地點", met.place),
        ("表決方式", rules.VOTING_NAMES[VotingRule(met.voting_rule)]),
        ("決議", f"第{made.number}次" if made is not None else "尚未作成決議"),
    ]
    asked = [f"{each.camera}　{format_span(each.started_at, each.ended_at)}" for each in brief.windows]
    sections = [
        _attended(members, made),
        Section(heading="案由", paragraphs=[f"{brief.ground}：{brief.reason}", "申請調閱：", *asked]),
        _resolved(found, made),
        *([_corrections(corrected, members)] if corrected else []),
    ]
    return document_sheet(
        title=_MINUTES,
        facts=facts,
        sections=sections,
        signing=("召集人", "紀錄"),
        imprint=_imprint(found, printed_by),
    )


def statement(found: InsiderRequest, member: PanelMember, *, printed_by: str) -> Sheet:
    """What a member declares and signs, word for word as on the page, to be signed with ink."""
    capacity = rules.CAPACITY_NAMES[Capacity(member.capacity)]
    secrecy = statements.SECRECY[statements.NEWEST_SECRECY]
    return document_sheet(
        title=_STATEMENT,
        facts=[
            ("案號", found.serial),
            ("姓名", member.name),
            ("擔任身分", capacity),
            ("紙本編號", ""),
            ("簽署日期", "民國　　　年　　　月　　　日"),
        ],
        sections=[
            Section(heading="利害關係聲明", paragraphs=[statements.CONFLICT]),
            Section(
                heading=f"保密切結（第{statements.NEWEST_SECRECY}版）",
                paragraphs=[f"{number}. {words}" for number, words in enumerate(secrecy, 1)],
            ),
        ],
        signing=("簽名",),
        imprint=_imprint(found, printed_by),
    )


def _attended(members: Sequence[PanelMember], made: PanelResolution | None) -> Section:
    noted = {each["member"]: each for each in made.attendance} if made is not None else {}
    return Section(
        heading="成員",
        head=("身分", "姓名", "出席", "聲明與切結", "表決"),
        rows=[
            (
                rules.CAPACITY_NAMES[Capacity(each.capacity)],
                each.name,
                _attendance(each, noted),
                _declared(each),
                _vote(noted.get(str(each.id), {})),
            )
            for each in members
        ],
    )


def _attendance(member: PanelMember, noted: dict[str, dict[str, str]]) -> str:
    """As it was noted when the panel resolved: corrections stand by themselves beneath."""
    if member.replaced_at is not None:
        return f"已更換：{member.replaced_because}"
    said = noted.get(str(member.id), {}).get("attendance", member.attendance)
    return rules.ATTENDANCE_NAMES[Attendance(said)]


def _declared(member: PanelMember) -> str:
    if member.conflict_note:
        return "聲明有利害關係，迴避"
    if not member.secrecy_version:
        return "尚未完成"
    if member.statement_signed_on is not None:
        return f"紙本簽署於{format_date(member.statement_signed_on)}（{member.statement_paper}）"
    day = format_date(clock.civil_day(member.declared_at)) if member.declared_at is not None else ""
    return f"線上簽署 {day}"


def _vote(noted: dict[str, str]) -> str:
    vote = noted.get("vote", "")
    return rules.VERDICT_NAMES[Verdict(vote)] if vote else "—"


def _resolved(found: InsiderRequest, made: PanelResolution | None) -> Section:
    if made is None:
        return Section(heading="決議", paragraphs=["（尚未登記）"])
    cameras = {key: window.camera_name for key, window in windows_of(found).items()}
    granted = [f"{cameras[key]}　{format_span(*span)}" for key, span in queries.granted(made).items()]
    beyond = [f"超出事件發生期間的理由：{made.beyond_reason}"] if made.beyond_reason else []
    return Section(
        heading="決議",
        paragraphs=[
            f"{rules.VERDICT_NAMES[Verdict(made.decision)]}（{format_instant(made.resolved_at.replace(microsecond=0))}登記）",
            *([f"核准時段：{each}" for each in granted] or [f"核准時段：{_NONE}"]),
            f"理由：{made.reasons or _NONE}",
            *beyond,
            f"討論與決議內容：{made.minutes}",
        ],
    )


def _corrections(found: Sequence[PanelCorrection], members: Sequence[PanelMember]) -> Section:
    named = {each.id: f"{rules.CAPACITY_NAMES[Capacity(each.capacity)]}　{each.name}" for each in members}
    return Section(
        heading="更正紀錄",
        head=("成員", "原登記", "更正為", "原因", "更正時間"),
        rows=[
            (
                named[each.member_id],
                rules.ATTENDANCE_NAMES[Attendance(each.was)],
                rules.ATTENDANCE_NAMES[Attendance(each.said)],
                each.reason,
                format_instant(each.corrected_at.replace(microsecond=0)),
            )
            for each in found
        ],
    )


def _imprint(found: InsiderRequest, printed_by: str) -> Imprint:
    tenant = db.session.get_one(Tenant, found.tenant_id)
    return Imprint(institution=tenant.name, printed_at=clock.now(), printed_by=printed_by, case=found.serial)
