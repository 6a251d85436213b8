"""What a box measured of a camera at night, and what a school approved of it (KH-3-8, KH-3-9)."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKeyConstraint, UniqueConstraint
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from infra.db import Identified, Model, TenantOwned, Timestamped


class CameraCheck(Identified, TenantOwned, Model):
    """One measurement of a camera, as its box reported it; never changed. NULL and empty: the box could not tell.

    `clock_offset_ms` is what must be added to the camera's clock, positive where it is slow.
    """

    __tablename__ = "camera_checks"
    personal = frozenset()

    camera_id: Mapped[UUID]
    device_id: Mapped[UUID]
    measured_at: Mapped[datetime]
    reported_at: Mapped[datetime]
    codec: Mapped[str]
    width: Mapped[int]
    height: Mapped[int]
    fps: Mapped[float]
    key_interval_ms: Mapped[int | None]
    kbps: Mapped[int]
    make: Mapped[str]
    model: Mapped[str]
    firmware: Mapped[str]
    clock_offset_ms: Mapped[int | None]
    masks: Mapped[int | None]

    __table_args__ = (
        ForeignKeyConstraint(["tenant_id", "camera_id"], ["cameras.tenant_id", "cameras.id"]),
        ForeignKeyConstraint(["tenant_id", "device_id"], ["edge_devices.tenant_id", "edge_devices.id"]),
        UniqueConstraint("tenant_id", "id"),
        UniqueConstraint("tenant_id", "camera_id", "measured_at"),
        CheckConstraint("width > 0 and height > 0 and fps >= 0 and kbps >= 0", name="measured"),
    )


class CameraApproval(Identified, Timestamped, TenantOwned, Model):
    """From when on a camera may send what was measured then; the newest counts, and none is ever changed."""

    __tablename__ = "camera_approvals"
    personal = frozenset()

    camera_id: Mapped[UUID]
    check_id: Mapped[UUID]
    profile: Mapped[dict[str, Any]] = mapped_column(JSONB)
    approved_by: Mapped[UUID]

    __table_args__ = (
        ForeignKeyConstraint(["tenant_id", "camera_id"], ["cameras.tenant_id", "cameras.id"]),
        ForeignKeyConstraint(["tenant_id", "check_id"], ["camera_checks.tenant_id", "camera_checks.id"]),
        UniqueConstraint("tenant_id", "check_id"),
    )
