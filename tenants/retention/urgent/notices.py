"""What the institution is told of an urgent preservation by mail: its number, and where to read it (KH-1-2, DR-31).

A message passes through servers that are not ours, so it names no caller, no camera, no time and no reason.
"""

from collections.abc import Mapping
from datetime import datetime, timedelta
from uuid import UUID

from infra import clock
from infra.mail import Mail
from tenants.actor import Actor
from tenants.audit import actions as audit
from tenants.audit.events import Event
from tenants.people import deputy_queries as deputies
from tenants.permissions import Role
from tenants.registry import queries as registry
from tenants.retention.urgent import queries
from tenants.retention.urgent.rules import Notice

# Who decides on it and who prepares: both can send for the letter.
_TOLD = frozenset({Role.HEAD, Role.CUSTODIAN, Role.HANDLER})
WORDS: Mapping[Notice, tuple[str, str]] = {
    Notice.PLACED: ("已緊急保全 {number}", "有一段影像已緊急保全，任何人都看不到。期限內應補公文、申請或案號。"),
    Notice.LAPSING: (
        "緊急保全即將失效 {number}",
        "緊急保全即將屆期，尚未收到公文、申請或案號，請催補。",
    ),
    Notice.LAPSED: (
        "緊急保全已失效 {number}",
        "緊急保全屆期而未收到公文、申請或案號，已失效，不再保全。",
    ),
}
_TEXT = """{sentence}

編號：{number}
請登入查看：{link}

本信由系統自動寄出，請勿回覆。為保護個人資料，信中不含保全內容。
"""


def messages(*, tenant_id: UUID, hold_id: UUID, notice: Notice, base_url: str) -> list[Mail]:
    """The mails of a notice, each address once. The session is bound to the institution. Raises `NotFound`."""
    number = queries.found(tenant_id=tenant_id, hold_id=hold_id).said.number
    subject, sentence = WORDS[notice]
    text = _TEXT.format(
        sentence=sentence, number=number, link=f"{base_url}/schools/{tenant_id}/retention/holds/{hold_id}"
    )
    to = deputies.addresses(tenant_id=tenant_id, roles=_TOLD, today=clock.today())
    house, subject = registry.tenant(tenant_id=tenant_id).name, subject.format(number=number)
    return [Mail(to=address, house=house, subject=subject, text=text) for address in sorted(to)]


def lapses_at(*, tenant_id: UUID, hold_id: UUID) -> datetime | None:
    """When nothing is kept any more unless something arrives; None for a hold that lapses no more."""
    ends_on = queries.found(tenant_id=tenant_id, hold_id=hold_id).hold.ends_on
    return clock.day_start(ends_on + timedelta(days=1)) if ends_on is not None else None


def is_told(*, tenant_id: UUID, hold_id: UUID, notice: Notice) -> bool:
    """Whether the notice's mails went out already."""
    return (hold_id, notice.value) not in queries.untold(tenant_id=tenant_id)


def note_told(*, actor: Actor, tenant_id: UUID, hold_id: UUID, notice: Notice, mails: int) -> None:
    """Record that so many mails of the notice went out, so that no sweep sends them again."""
    said = queries.found(tenant_id=tenant_id, hold_id=hold_id).said
    said.untold = [each for each in said.untold if each != notice.value]
    audit.record(
        Event.HOLD_TOLD,
        tenant_id=tenant_id,
        actor=actor,
        subject_id=hold_id,
        hold_id=str(hold_id),
        notice=notice.value,
        mails=mails,
    )
