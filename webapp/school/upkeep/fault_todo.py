"""What of faults and gaps waits for this person, for the institution's first page."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from uuid import UUID

from flask import url_for

from infra.clock import civil_day
from tenants.actor import Actor
from tenants.permissions import Permission
from tenants.profiles import Clause
from tenants.roc_dates import format_date
from tenants.upkeep.faults import escalating, queries, settling
from tenants.upkeep.faults.kinds import FaultKind, FaultState
from tenants.upkeep.faults.models import Fault
from webapp.school import regulation
from webapp.school.todo_item import Item
from webapp.school.upkeep import fault_view

_S, _DAY = FaultState, timedelta(days=1)
# As long as nobody took it up, footage is lost or soon will be.
_LOSES_FOOTAGE = frozenset({FaultKind.BOX_OR_SWITCH, FaultKind.DISK, FaultKind.KEY, FaultKind.NOT_RECORDING})


def items(*, tenant_id: UUID, actor: Actor, now: datetime) -> Iterator[Item]:
    """One line a fault, however many cameras it takes (DR-31), and one for all gaps without a reason."""
    if not actor.may(Permission.FAULT_RECHECK):
        return
    handles = actor.may(Permission.FAULT_HANDLE)
    rules = regulation.rules_by_site(tenant_id=tenant_id)
    faults = {each.id: each for each in queries.faults(tenant_id=tenant_id, ended=False)}
    for card in fault_view.cards(tenant_id=tenant_id, ended=False, now=now):
        fault = faults[card.fault.id]
        to_do = _to_do(fault, actor, handles=handles)
        if to_do:
            due = min((civil_day(until) for _, until in escalating.running(fault)), default=None)
            article = rules[fault.site_id].article(Clause.FAULTS)
            words = f"（{card.due}{'，已逾期' if card.late else ''}）" if card.due else ""
            href = url_for("school.faults.show", fault_id=fault.id)
            is_lost = fault.state == _S.FOUND and fault.kind in _LOSES_FOOTAGE
            is_long = is_lost and now - fault.found_at >= _DAY
            lasting = f"自{format_date(civil_day(fault.found_at))}起，" if is_long else ""
            text = f"{fault.serial} {card.title}：{lasting}{to_do}{words}"
            yield Item(text=text, href=href, article=article, urgent=card.late or is_lost, due=due, loses=is_lost)
    if handles:
        yield from _gaps(tenant_id, now)


def _to_do(fault: Fault, actor: Actor, *, handles: bool) -> str:
    """What this person is to do about it; nothing where it waits for another."""
    if fault.state == _S.REPAIRED:
        return "" if fault.repaired_by == actor.id else "請複查"
    if not handles:
        return ""
    if fault.state == _S.FOUND:
        return "請受理並報修"
    if fault.state == _S.REPORTED:
        return "已報修，開始處理或修好後請登記"
    return "複查通過，請結案；有錄影中斷的，先說明原因" if fault.state == _S.RECHECKED else "處理中，修好後請登記"


def _gaps(tenant_id: UUID, now: datetime) -> Iterator[Item]:
    owed, today = settling.unsettled(tenant_id=tenant_id, now=now), civil_day(now)
    if owed:
        late = sum(gap.late_from <= today for gap in owed)
        due = min(gap.late_from for gap in owed) - _DAY
        more = f"，其中 {late} 段已超過 {settling.SETTLE_DAYS} 個工作日" if late else f"（期限{format_date(due)}）"
        article = regulation.rules_of_institution(tenant_id=tenant_id).article(Clause.CONTINUITY)
        text = f"有 {len(owed)} 段錄影中斷待說明原因{more}"
        yield Item(text=text, href=url_for("school.gaps.index"), article=article, urgent=late > 0, due=due)
