"""What people found of a camera's functions, and its calibrations; neither is ever changed."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import BigInteger, ForeignKeyConstraint, Index
from sqlalchemy.orm import Mapped, mapped_column

from infra.db import Identified, Model, TenantOwned, Timestamped, one_of
from tenants.upkeep.rules import Found


class FunctionReview(Identified, Timestamped, TenantOwned, Model):
    """What somebody found of a camera's four functions, and a word to each; the newest counts (KH-3-7)."""

    __tablename__ = "function_reviews"
    personal = frozenset({"color_clear_remark", "full_angle_remark", "accurate_time_remark", "audio_remark"})

    camera_id: Mapped[UUID]
    color_clear: Mapped[str]
    full_angle: Mapped[str]
    accurate_time: Mapped[str]
    audio: Mapped[str]
    color_clear_remark: Mapped[str]
    full_angle_remark: Mapped[str]
    accurate_time_remark: Mapped[str]
    audio_remark: Mapped[str]
    reviewed_by: Mapped[UUID]

    __table_args__ = (
        ForeignKeyConstraint(["tenant_id", "camera_id"], ["cameras.tenant_id", "cameras.id"]),
        *(one_of(name, Found) for name in ("color_clear", "full_angle", "accurate_time", "audio")),
        Index("ix_function_reviews_newest", "tenant_id", "camera_id", "created_at"),
    )


class Calibration(Identified, Timestamped, TenantOwned, Model):
    """A camera's clock set right and its view compared (KH-8-1c). Offsets are signed: positive is fast."""

    __tablename__ = "calibrations"
    personal = frozenset({"remark"})

    camera_id: Mapped[UUID]
    calibrated_at: Mapped[datetime]
    time_source: Mapped[str]
    offset_before_ms: Mapped[int] = mapped_column(BigInteger)
    offset_after_ms: Mapped[int] = mapped_column(BigInteger)
    view: Mapped[str]
    next_due: Mapped[date]
    remark: Mapped[str]
    recorded_by: Mapped[UUID]

    __table_args__ = (
        ForeignKeyConstraint(["tenant_id", "camera_id"], ["cameras.tenant_id", "cameras.id"]),
        Index("ix_calibrations_newest", "tenant_id", "camera_id", "calibrated_at"),
    )
