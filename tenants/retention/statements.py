"""The statements of `queries` that pages and nights ask often, each spelled once (infra/decisions/0069)."""

from uuid import UUID

from sqlalchemy import Select, select

from infra.statements import made_once
from tenants.retention.models import Destruction, DestructionState, Hold


@made_once
def holds(*, tenant_id: UUID) -> Select[Hold]:
    """Every hold, the newest first."""
    return select(Hold).where(Hold.tenant_id == tenant_id).order_by(Hold.placed_at.desc())


@made_once
def open_holds(*, tenant_id: UUID) -> Select[Hold]:
    """Those that nobody released."""
    return select(Hold).where(Hold.tenant_id == tenant_id, Hold.released_at.is_(None)).order_by(Hold.placed_at.desc())


@made_once
def begun(*, tenant_id: UUID) -> Select[Destruction]:
    """Destructions whose emptiness is not proven."""
    return (
        select(Destruction)
        .where(Destruction.tenant_id == tenant_id, Destruction.state == DestructionState.BEGUN)
        .order_by(Destruction.civil_day)
    )
