"""Destructions as lines: the newest on 保存與銷毀, and every other under its month."""

import calendar
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from tenants.retention import queries as retained
from tenants.retention.models import Destruction, DestructionState
from tenants.roc_dates import roc_month, roc_year

# What a head looks at; whoever looks for one certain day opens its month.
NEWEST = 7


@dataclass(frozen=True, kw_only=True)
class DestructionLine:
    """One destruction: what of, how far it is, in words."""

    found: Destruction
    badge: str
    state: str
    sites: str


@dataclass(frozen=True, kw_only=True)
class Month:
    """A month with destructions: as an address carries it, and in words."""

    key: str
    words: str
    first: date


def newest(*, tenant_id: UUID) -> Sequence[DestructionLine]:
    """The few of the newest days."""
    return [_line(found) for found in retained.destructions(tenant_id=tenant_id, limit=NEWEST)]


def months(*, tenant_id: UUID) -> Sequence[Month]:
    """Every month of which footage was destroyed, the newest first."""
    return [
        Month(key=f"{roc_year(first)}-{first.month:02}", words=roc_month(first), first=first)
        for first in retained.destruction_months(tenant_id=tenant_id)
    ]


def chosen(found: Sequence[Month], typed: str) -> Month | None:
    """The month that was asked for; the newest when none was, or none of that name is there."""
    return next((month for month in found if month.key == typed), found[0] if found else None)


def of_month(month: Month, *, tenant_id: UUID) -> Sequence[DestructionLine]:
    """All destructions of footage of one month, the newest day first."""
    days = calendar.monthrange(month.first.year, month.first.month)[1]
    last = month.first.replace(day=days)
    return [_line(found) for found in retained.destructions_between(tenant_id=tenant_id, first=month.first, last=last)]


def _line(found: Destruction) -> DestructionLine:
    if found.state == DestructionState.CERTIFIED:
        sites = "、".join((found.certificate or {}).get("sites", []))
        return DestructionLine(found=found, badge="good", state="已銷毀並驗證", sites=sites)
    waiting = "待完成（金鑰已銷毀，物件驗證中）"
    return DestructionLine(found=found, badge="warn", state=waiting, sites="待完成")
