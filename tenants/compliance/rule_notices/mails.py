"""The mail of a notice: which version, from when on, how many sites, and where to act. Nothing of a person (DR-31)."""

from uuid import UUID

from infra import clock
from infra.db import db
from infra.mail import Mail
from tenants.compliance.rule_notices.models import RuleNotice
from tenants.errors import NotFound
from tenants.people import deputy_queries as deputies
from tenants.permissions import Role
from tenants.profiles import Clause
from tenants.registry import queries as registry
from tenants.registry import regulations
from tenants.roc_dates import format_date

# Who has a meeting pass measures, and who sees to the equipment.
_TOLD = frozenset({Role.HEAD, Role.HANDLER})
_SUBJECT = "監視錄影保存天數將調整，儲存空間不足"
_TEXT = """{regulation}第 {version} 版自{begins}起施行，影像至少保存 {days} 日（{article}，{document}）。

依目前的錄存量估計，{institution}有 {sites} 個場所規劃的儲存空間不足。
請於施行前擴充空間、更新規劃容量，並提報會議通過後登記。

請登入查看：{link}

本信由系統自動寄出，請勿回覆。
"""


def messages(*, tenant_id: UUID, schedule_id: UUID, base_url: str) -> list[Mail]:
    """The mails of a notice, each address once. The session is bound to the institution. Raises `NotFound`."""
    notice = db.session.get(RuleNotice, (tenant_id, schedule_id))
    if notice is None:
        raise NotFound
    found = regulations.schedule(schedule_id=schedule_id)
    rule, house = regulations.profile_version(found.code, found.version), registry.tenant(tenant_id=tenant_id).name
    text = _TEXT.format(
        regulation=rule.name,
        version=found.version,
        begins=format_date(found.effective_from),
        days=found.min_days,
        article=rule.article(Clause.RETENTION_MIN),
        document=found.document,
        institution=house,
        sites=notice.sites,
        link=f"{base_url}/schools/{tenant_id}/policies/",
    )
    to = deputies.addresses(tenant_id=tenant_id, roles=_TOLD, today=clock.today())
    return [Mail(to=address, house=house, subject=_SUBJECT, text=text) for address in sorted(to)]


def is_told(*, tenant_id: UUID, schedule_id: UUID) -> bool:
    """Whether the mails went out already."""
    notice = db.session.get(RuleNotice, (tenant_id, schedule_id))
    return notice is not None and notice.told_at is not None
