"""What open holds wait for of a site's boxes: a box sends it before everything else (DR-02, DR-34)."""

from uuid import UUID

from sqlalchemy import select

from infra.db import db
from tenants.footage.models import CameraStatus
from tenants.registry.models import Camera
from tenants.retention.models import Hold, HoldWindow

_MOST = 200


def waited_for(*, tenant_id: UUID, site_id: UUID) -> list[HoldWindow]:
    """What open holds keep of the site's cameras and a box may still have on its disk, the first hold first."""
    query = (
        select(HoldWindow)
        .join(Hold, (Hold.tenant_id == HoldWindow.tenant_id) & (Hold.id == HoldWindow.hold_id))
        .join(Camera, (Camera.tenant_id == HoldWindow.tenant_id) & (Camera.id == HoldWindow.camera_id))
        .join(
            CameraStatus,
            (CameraStatus.tenant_id == HoldWindow.tenant_id) & (CameraStatus.camera_id == HoldWindow.camera_id),
        )
        .where(
            HoldWindow.tenant_id == tenant_id,
            Camera.site_id == site_id,
            Hold.released_at.is_(None),
            Hold.destroyed_at.is_(None),
            CameraStatus.spooled_from < HoldWindow.ended_at,
        )
        .order_by(Hold.placed_at, HoldWindow.started_at)
        .limit(_MOST)
    )
    return list(db.session.scalars(query))
