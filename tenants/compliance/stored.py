"""How much each site stored on a day, from the index. The session is bound to the institution."""

from datetime import date
from uuid import UUID

from sqlalchemy import Select, func, select

from infra.db import db
from infra.statements import made_once
from tenants.footage.models import Segment, SegmentState


def stored_by_site(*, tenant_id: UUID, day: date) -> dict[UUID, int]:
    """Bytes in the store by site; a site without any is left out, since that nothing came is not that nothing will."""
    return {site_id: int(size) for site_id, size in db.session.execute(*_stored(tenant_id=tenant_id, day=day))}


@made_once
def _stored(*, tenant_id: UUID, day: date) -> Select[UUID, int]:
    return (
        select(Segment.site_id, func.sum(Segment.cipher_bytes))
        .where(Segment.tenant_id == tenant_id, Segment.civil_day == day, Segment.state != SegmentState.MISMATCHED)
        .group_by(Segment.site_id)
    )
