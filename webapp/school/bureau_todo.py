"""What the bureau asked of the institution, for its first page: improvements, and storage for a coming rule."""

from collections.abc import Iterator
from datetime import date
from uuid import UUID

from flask import url_for

from tenants.actor import Actor
from tenants.compliance.rule_notices import queries as rule_notices
from tenants.improvements import queries as improvements
from tenants.permissions import Permission
from tenants.profiles import Clause
from tenants.registry.regulations import profile_version
from tenants.roc_dates import format_date
from tenants.working_days import format_due
from webapp.school.todo_item import Item


def items(*, tenant_id: UUID, actor: Actor, today: date) -> Iterator[Item]:
    """One line for each improvement that is owed, and one for each coming version that lacks storage here."""
    if actor.may(Permission.IMPROVEMENT_ANSWER):
        yield from _improvements(tenant_id, today)
    if actor.may(Permission.RETENTION_READ):
        yield from _notices(tenant_id, today)


def _improvements(tenant_id: UUID, today: date) -> Iterator[Item]:
    for each in improvements.owed(tenant_id=tenant_id):
        late = improvements.is_late(each, today=today)
        until = f"期限{format_due(each.due_on)}{'，已逾期' if late else ''}"
        yield Item(
            text=f"{each.serial}：請回復教育局要求的改善事項（{until}）",
            href=url_for("school.improvements.show", improvement_id=each.id),
            article=each.article,
            urgent=late,
            due=each.due_on,
        )


def _notices(tenant_id: UUID, today: date) -> Iterator[Item]:
    for notice, schedule in rule_notices.coming(tenant_id=tenant_id, today=today):
        begins = format_date(schedule.effective_from)
        yield Item(
            text=f"自{begins}起影像至少保存 {schedule.min_days} 日，{notice.sites} 個場所規劃的儲存空間不足："
            "請於施行前擴充空間，並提報會議通過後登記",
            href=url_for("school.policies.index"),
            article=profile_version(schedule.code, schedule.version).article(Clause.RETENTION_MIN),
            due=schedule.effective_from,
        )
