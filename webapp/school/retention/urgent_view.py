"""An urgent preservation in words: how it stands, and its slip."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from tenants.registry import queries as registry
from tenants.retention import queries as retained
from tenants.retention.models import HoldBasis
from tenants.retention.urgent import queries
from tenants.retention.urgent.models import Source
from tenants.retention.urgent.queries import Urgent
from tenants.retention.urgent.rules import SOURCE_NAMES
from tenants.roc_dates import format_span


@dataclass(frozen=True, kw_only=True)
class Slip:
    """What the paper for the door says. `until` is None once something arrived that keeps it on."""

    number: str
    institution: str
    phone: str
    placed_at: datetime
    pressed_by: str
    called: str
    windows: Sequence[str]
    until: date | None
    badge: str
    state: str


def slip(*, tenant_id: UUID, hold_id: UUID) -> Slip:
    """The slip of one. Raises `NotFound`, also for a hold that did not begin as an urgent one."""
    found = queries.found(tenant_id=tenant_id, hold_id=hold_id)
    tenant = registry.tenant(tenant_id=tenant_id)
    names = {camera.id: camera.name for camera in registry.cameras(tenant_id=tenant_id)}
    badge, state = state_of(found)
    return Slip(
        number=found.said.number,
        institution=tenant.name,
        phone=tenant.phone,
        placed_at=found.hold.placed_at,
        pressed_by=found.said.pressed_by,
        called=called(found),
        windows=[
            f"{names.get(each.camera_id, '已停用的鏡頭')}　{format_span(each.started_at, each.ended_at)}"
            for each in retained.windows(tenant_id=tenant_id, hold_id=hold_id)
        ],
        until=found.hold.ends_on if found.is_urgent else None,
        badge=badge,
        state=state,
    )


def state_of(found: Urgent) -> tuple[str, str]:
    """Badge and words."""
    if found.is_urgent:
        return "warn", "已保全，待補公文、申請或案號"
    if found.has_lapsed:
        return "info", "已失效"
    if found.hold.basis == HoldBasis.REQUEST:
        return "good", f"已由案件 {found.hold.reference} 承接"
    return "good", f"已憑 {found.hold.document} 延長"


def called(found: Urgent) -> str:
    """Who asked for it, how, and by which number of theirs."""
    said = found.said
    parts = [SOURCE_NAMES[Source(said.source)], said.agency, said.caller, said.phone, said.incident]
    return "　".join(part for part in parts if part)
