"""Inspections that are due and drills that failed, for the institution's first page."""

from collections.abc import Iterator, Mapping
from datetime import datetime
from uuid import UUID

from flask import url_for

from infra.clock import civil_day
from tenants.actor import Actor
from tenants.permissions import Permission
from tenants.profiles import Clause
from tenants.registry import queries as registry
from tenants.roc_dates import format_date
from tenants.upkeep.inspections.drill_standing import failing_drills
from tenants.upkeep.inspections.intervals import Due, DueState
from tenants.upkeep.inspections.standing import due_of_sites
from webapp.school import regulation
from webapp.school.todo_item import Item

_WORDS: Mapping[DueState, str] = {
    DueState.NEAR: "將於{day}到期",
    DueState.VERY_NEAR: "將於{day}到期，剩一週以內",
    DueState.OVERDUE: "已逾期（應於{day}前完成）",
}


def items(*, tenant_id: UUID, actor: Actor, now: datetime) -> Iterator[Item]:
    """Thirty days before, again a week before, and when it is late (TY-3-3c); and where the last drill failed."""
    if not actor.may(Permission.UPKEEP_RECORD):
        return
    today = civil_day(now)
    found = due_of_sites(tenant_id=tenant_id, day=today)
    rules, names = regulation.rules_by_site(tenant_id=tenant_id), _names(tenant_id)
    for site_id, due in found.items():
        if due.state in _WORDS:
            yield _due(names[site_id], due, site_id, rules[site_id].article(Clause.INSPECTION))
    for each in failing_drills(tenant_id=tenant_id, site_ids=found, day=today):
        text = f"{names[each.id]}的夜間抽驗自{format_date(each.since)}起無法還原影像，請通知平台維運人員並報修"
        address = url_for("school.inspections.index", _anchor="drills")
        yield Item(text=text, href=address, article=rules[each.id].article(Clause.FAULTS), urgent=True)


def _due(name: str, due: Due, site_id: UUID, article: str) -> Item:
    words = _WORDS[due.state].format(day=format_date(due.on))
    urgent = due.state is not DueState.NEAR
    address = url_for("school.inspections.new", site_id=site_id)
    return Item(text=f"{name}的定期檢查{words}", href=address, article=article, urgent=urgent, due=due.on)


def _names(tenant_id: UUID) -> Mapping[UUID, str]:
    return {site.id: site.name for site in registry.sites(tenant_id=tenant_id)}
