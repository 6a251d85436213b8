"""The mails to a panel's members, and to the school when one stands down. Links and codes are made as they are sent."""

from datetime import datetime
from uuid import UUID

from infra.mail import Mail
from tenants.actor import Actor
from tenants.audit import actions as audit
from tenants.audit.events import Event
from tenants.disclosures.insider.panel import links, queries
from tenants.disclosures.insider.panel.models import PanelMember
from tenants.disclosures.insider.panel.notices import WORDS, Notice
from tenants.disclosures.insider.panel.steps import locked_member
from tenants.disclosures.notices import TOLD
from tenants.people import queries as people
from tenants.registry import queries as registry

_TEXT = """{sentence}
{rest}
本信由系統自動寄出，請勿回覆。為保護個人資料，信中不含案件內容。
"""


def is_told(*, tenant_id: UUID, member_id: UUID, notice: Notice) -> bool:
    """Whether the notice went out already."""
    return notice.value not in queries.member(tenant_id=tenant_id, member_id=member_id).untold


def messages(*, actor: Actor, tenant_id: UUID, member_id: UUID, notice: Notice, base_url: str) -> list[Mail]:
    """The mails of one notice. Empty when it has no meaning any more, such as an invitation of who stood down."""
    member = queries.member(tenant_id=tenant_id, member_id=member_id)
    if member.replaced_at is not None and notice is not Notice.VACATED:
        return []
    serial = queries.case_of(queries.meeting(tenant_id=tenant_id, meeting_id=member.meeting_id)).serial
    subject, sentence = WORDS[notice]
    fields = {"serial": serial}
    if notice is Notice.CODE:
        code = links.make_code(actor=actor, tenant_id=tenant_id, member_id=member_id)
        if code is None:
            return []
        fields |= {"code": code, "minutes": str(int(links.CODE_LIFE.total_seconds()) // 60)}
        rest = ""
    else:
        rest = f"\n案號：{serial}\n{_where(member, notice, actor=actor, base_url=base_url)}\n"
    text = _TEXT.format(sentence=sentence.format(**fields), rest=rest)
    house, subject = registry.tenant(tenant_id=tenant_id).name, subject.format(**fields)
    return [Mail(to=to, house=house, subject=subject, text=text) for to in _addresses(member, notice)]


def addresses(*, tenant_id: UUID, member_id: UUID, notice: Notice) -> list[str]:
    """To whom the notice goes, making nothing: neither link nor code."""
    return _addresses(queries.member(tenant_id=tenant_id, member_id=member_id), notice)


def meets_at(*, tenant_id: UUID, member_id: UUID) -> datetime:
    """When the seat's meeting is: what is told of it must be told before."""
    member = queries.member(tenant_id=tenant_id, member_id=member_id)
    return queries.meeting(tenant_id=tenant_id, meeting_id=member.meeting_id).meets_at


def note_told(*, actor: Actor, tenant_id: UUID, member_id: UUID, notice: Notice, mails: int) -> None:
    """Record that so many mails of the notice went out, so that no sweep sends them again."""
    member = locked_member(tenant_id=tenant_id, member_id=member_id)
    member.untold = [each for each in member.untold if each != notice.value]
    audit.record(
        Event.PANEL_TOLD,
        tenant_id=tenant_id,
        actor=actor,
        subject_id=member.meeting_id,
        member_id=str(member.id),
        notice=notice.value,
        mails=mails,
    )


def _where(member: PanelMember, notice: Notice, *, actor: Actor, base_url: str) -> str:
    """Where to read more. Somebody without an account has the link of their invitation, of which we keep a hash."""
    school = f"{base_url}/schools/{member.tenant_id}"
    if notice is Notice.VACATED:
        found = queries.meeting(tenant_id=member.tenant_id, meeting_id=member.meeting_id)
        return f"請登入辦理：{school}/panels/{found.id}"
    if member.user_id is not None:
        return f"請登入查看：{school}/panel-seats/{member.id}"
    if notice is Notice.INVITED:
        token = links.issue(actor=actor, tenant_id=member.tenant_id, member_id=member.id)
        return (
            f"請由這個連結進入：{base_url}/panel/{member.tenant_id}/{token}\n"
            "連結僅供您本人使用，進入時會再寄驗證碼到這個信箱；案件結束後連結即失效。"
        )
    return "請由先前開會通知信中的連結進入。"


def _addresses(member: PanelMember, notice: Notice) -> list[str]:
    if notice is Notice.VACATED:
        found = queries.case_of(queries.meeting(tenant_id=member.tenant_id, meeting_id=member.meeting_id))
        told = {
            user.email
            for held, user in people.staff(tenant_id=member.tenant_id)
            if held.role in TOLD and user.deactivated_at is None and str(user.id) not in found.excluded
        }
        return sorted(told - {""})
    if member.user_id is not None:
        user = people.user(user_id=member.user_id)
        return [user.email] if user is not None and user.email and user.deactivated_at is None else []
    return [member.email]
