"""What people found of a camera's functions, and its calibrations."""

from datetime import datetime, timedelta
from uuid import UUID, uuid4

from infra import clock
from infra.db import db
from tenants.upkeep.models import Calibration, FunctionReview
from tenants.upkeep.rules import next_due
from tests.factories.registry import Institution


def function_review(of: Institution, *, reviewed_by: UUID, camera: str = "C-GATE") -> None:
    """A camera with all four functions."""
    found = dict.fromkeys(("color_clear", "full_angle", "accurate_time", "audio"), "met")
    named = {"tenant_id": of.tenant_id, "camera_id": of.cameras[camera], "reviewed_by": reviewed_by}
    said = {f"{name}_remark": "" for name in found}
    db.session.add(FunctionReview(id=uuid4(), **named, **found, **said))
    db.session.commit()


def calibration(of: Institution, *, recorded_by: UUID, camera: str = "C-GATE", at: datetime | None = None) -> None:
    """A clock that was set right."""
    when = at or clock.now() - timedelta(days=1)
    db.session.add(
        Calibration(
            id=uuid4(),
            tenant_id=of.tenant_id,
            camera_id=of.cameras[camera],
            calibrated_at=when,
            time_source="time.stdtime.gov.tw",
            offset_before_ms=42_000,
            offset_after_ms=100,
            view="same",
            next_due=next_due(when, offset_after_ms=100),
            remark="",
            recorded_by=recorded_by,
        )
    )
    db.session.commit()
