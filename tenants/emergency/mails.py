"""What the institution is told of an emergency access by mail: its number, and where to read it (KH-1-2, DR-31).

There is no way to ask that it be not sent. A message passes through servers that are not ours, so it names nobody.
"""

from collections.abc import Mapping
from uuid import UUID

from infra import clock
from infra.mail import Mail
from tenants.emergency import queries
from tenants.emergency.notices import Notice
from tenants.people import deputy_queries as deputies
from tenants.permissions import Role
from tenants.registry import queries as registry

_TOLD = frozenset({Role.HEAD, Role.CUSTODIAN, Role.HANDLER})
WORDS: Mapping[Notice, tuple[str, str]] = {
    Notice.OPENED: (
        "教育局已開啟緊急存取 {number}",
        "教育局兩位人員共同開啟了對貴機構行政資料的緊急存取，看不到任何影像。您可以查看事由與經過，並隨時結束。",
    ),
    Notice.ENDED: (
        "緊急存取已結束 {number}",
        "教育局對貴機構的緊急存取已結束。登入後可以查看期間內的每一個動作。",
    ),
}
_TEXT = """{sentence}

編號：{number}
請登入查看：{link}

本信由系統自動寄出，請勿回覆。
"""


def messages(*, tenant_id: UUID, access_id: UUID, notice: Notice, base_url: str) -> list[Mail]:
    """The mails of a notice, each address once. The session is bound to the institution. Raises `NotFound`."""
    number = queries.access(tenant_id=tenant_id, access_id=access_id).serial
    subject, sentence = WORDS[notice]
    link = f"{base_url}/schools/{tenant_id}/emergencies"
    text = _TEXT.format(sentence=sentence, number=number, link=link)
    to = deputies.addresses(tenant_id=tenant_id, roles=_TOLD, today=clock.today())
    house, subject = registry.tenant(tenant_id=tenant_id).name, subject.format(number=number)
    return [Mail(to=address, house=house, subject=subject, text=text) for address in sorted(to)]


def is_told(*, tenant_id: UUID, access_id: UUID, notice: Notice) -> bool:
    """Whether the notice's mails went out already, or have nothing to tell."""
    return (access_id, notice) not in queries.untold(tenant_id=tenant_id)
