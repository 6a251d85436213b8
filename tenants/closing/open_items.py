"""What is still open at an institution that is to close: counted, never named, so that nobody is surprised (DR-33)."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import func, select

from infra.db import db
from tenants import periods
from tenants.closing import queries
from tenants.disclosures import queries as disclosures
from tenants.disclosures.retained.models import RetainedCopy
from tenants.footage import queries as footage
from tenants.footage.models import CameraStatus, QuarantinedObject, StrayState
from tenants.misuse import queries as misuse
from tenants.people import queries as people
from tenants.registry import device_queries
from tenants.registry import queries as registry
from tenants.retention import queries as retention
from tenants.retention.models import Hold
from tenants.rights import queries as rights
from tenants.roc_dates import format_date

_OPEN_STRAYS = (StrayState.QUARANTINED, StrayState.PROPOSED, StrayState.APPROVED)


@dataclass(frozen=True, kw_only=True)
class OpenItem:
    """One kind of thing that is open: what, how many, and what becomes of it. `urgent` before the closing day."""

    what: str
    count: int
    then: str
    urgent: bool = False


def open_items(*, tenant_id: UUID, today: date, now: datetime) -> list[OpenItem]:
    """Everything that a closing leaves open, those with nothing left out. The session is bound to the institution."""
    everything = (
        *_of_cases(tenant_id),
        *_of_footage(tenant_id, today),
        *_of_boxes(tenant_id, now),
        *_of_people(tenant_id),
    )
    return [item for item in everything if item.count]


def _of_cases(tenant_id: UUID) -> Iterator[OpenItem]:
    yield OpenItem(
        what="尚未結案的調閱案件", count=disclosures.open_count(tenant_id=tenant_id), then="由保管人辦理至結案。"
    )
    yield OpenItem(
        what="尚未結案的個人資料權利請求", count=rights.open_count(tenant_id=tenant_id), then="由保管人辦理至結案。"
    )
    yield OpenItem(
        what="處理中的不當使用或洩密案件", count=misuse.open_count(tenant_id=tenant_id), then="由保管人辦理至結案。"
    )
    held = select(func.count()).where(Hold.tenant_id == tenant_id, Hold.destroyed_at.is_(None))
    yield OpenItem(
        what="保全與延長保存", count=db.session.scalar(held) or 0, then="不因停辦而解除，由保管人複查至結束後銷毀。"
    )
    copies = select(func.count()).where(RetainedCopy.tenant_id == tenant_id, RetainedCopy.destroyed_at.is_(None))
    yield OpenItem(
        what="備查複製本", count=db.session.scalar(copies) or 0, then="由保管人複查，影像未滿一年前銷毀並出具證明。"
    )


def _of_footage(tenant_id: UUID, today: date) -> Iterator[OpenItem]:
    keys = footage.day_keys(tenant_id=tenant_id, first=date.min, last=today, living=True)
    last = max((periods.destroyable_on(key.civil_day, key.retention_days) for key in keys), default=None)
    until = f"，最後一日於{format_date(last)}銷毀" if last else ""
    yield OpenItem(
        what="仍在保存中的錄影日",
        count=len({key.civil_day for key in keys}),
        then=f"依規定保存至屆期，不提早也不延後{until}。",
    )
    late = retention.overdue(tenant_id=tenant_id, today=today)
    yield OpenItem(what="已到期而銷毀尚未完成驗證的日數", count=len(late), then="請先查明原因。", urgent=True)
    strays = select(func.count()).where(
        QuarantinedObject.tenant_id == tenant_id, QuarantinedObject.state.in_(_OPEN_STRAYS)
    )
    yield OpenItem(
        what="儲存空間中來源不明的物件", count=db.session.scalar(strays) or 0, then="須由二人核定後銷毀。", urgent=True
    )


def _of_boxes(tenant_id: UUID, now: datetime) -> Iterator[OpenItem]:
    days = periods.LEAST_RETENTION_DAYS
    yield OpenItem(
        what="使用中的邊緣主機",
        count=len(queries.boxes_left(tenant_id=tenant_id)),
        then=f"停辦日起停止錄影；{days} 日內仍可上傳停辦前的影像，之後自動撤銷。",
    )
    spooled = select(func.coalesce(func.sum(CameraStatus.spooled), 0)).where(CameraStatus.tenant_id == tenant_id)
    yield OpenItem(
        what="主機上待上傳的影像片段",
        count=int(db.session.scalar(spooled) or 0),
        then=f"請保持主機開機及連線。停辦日後 {days} 日仍未上傳的，平台不再收。",
        urgent=True,
    )
    codes = device_queries.open_tokens(tenant_id=tenant_id, now=now)
    yield OpenItem(what="尚未使用的主機註冊碼", count=len(codes), then="停辦日撤回。")


def _of_people(tenant_id: UUID) -> Iterator[OpenItem]:
    yield OpenItem(
        what="人員指派", count=len(people.staff(tenant_id=tenant_id)), then="停辦日全部結束，並登出所有裝置。"
    )
    yield OpenItem(
        what="使用中的鏡頭", count=len(registry.cameras(tenant_id=tenant_id)), then="停辦日起不再錄影，也不能新增。"
    )
    kept = queries.kept_here(tenant_id=tenant_id)
    yield OpenItem(
        what="併入本機構、由本機構首長保管的機構",
        count=len(kept),
        then=f"請先為{'、'.join(each.name for each in kept)}另行指派保管人。",
        urgent=True,
    )
