"""What can still be asked of an institution that is closed: the time before, while its footage lives (DR-33)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from infra import clock
from tenants.disclosures import asking
from tenants.disclosures.asking import AskedWindow
from tenants.errors import Invalid
from tenants.footage import queries as footage
from tenants.registry import queries as registry
from tenants.registry.standing import is_closed
from tenants.roc_dates import format_date


@dataclass(frozen=True, kw_only=True)
class WhatIsLeft:
    """Of a closed institution: since when, who keeps its papers, and whether any footage can still be opened."""

    closed_from: date
    filmed_until: datetime
    keeper: str
    footage_lives: bool


def what_is_left(*, tenant_id: UUID) -> WhatIsLeft | None:
    """What is left of a closed institution; None of an open one. The session is bound to it."""
    tenant = registry.tenant(tenant_id=tenant_id)
    if tenant.closed_from is None or tenant.filmed_until is None or not is_closed(tenant, clock.today()):
        return None
    return WhatIsLeft(
        closed_from=tenant.closed_from,
        filmed_until=tenant.filmed_until,
        keeper=tenant.keeper,
        footage_lives=footage.any_key_lives(tenant_id=tenant_id, through=clock.civil_day(tenant.filmed_until)),
    )


def check_filing(*, tenant_id: UUID, windows: Sequence[AskedWindow]) -> None:
    """Raise `Invalid`, field `windows`, for what a closed institution has not, or has no more."""
    left = what_is_left(tenant_id=tenant_id)
    if left is None:
        return
    if not left.footage_lives:
        raise Invalid(
            f"這個機構自{format_date(left.closed_from)}起停辦，已無可供申請的影像，曾錄存的均已依規定銷毀。"
            f"登記簿與申請單由{left.keeper}保管，請向其函詢。",
            field="windows",
            code="closed_and_empty",
        )
    asking.check_before_closing(windows, filmed_until=left.filmed_until)
