"""Whether a camera's picture is fit to be looked at, as its box measured it: numbers and faults (KH-3-8, DR-36)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from infra.causes import PictureFault
from infra.db import db
from infra.manifest import instant, microseconds
from tenants.footage.models import CameraStatus


@dataclass(frozen=True, kw_only=True)
class PictureHealth:
    """One look. `brightness` is of 0 to 255, `likeness` in per cent of the reference, None where none was compared."""

    taken_at: datetime
    brightness: int
    contrast: int
    sharpness: int
    likeness: int | None
    reference_at: datetime | None
    faults: Sequence[PictureFault]

    def document(self) -> dict[str, Any]:
        """As the row keeps it."""
        return {
            "taken_us": microseconds(self.taken_at),
            "brightness": self.brightness,
            "contrast": self.contrast,
            "sharpness": self.sharpness,
            "likeness": self.likeness,
            "reference_us": microseconds(self.reference_at) if self.reference_at is not None else None,
            "faults": [fault.value for fault in self.faults],
        }


def health(*, tenant_id: UUID, camera_id: UUID) -> PictureHealth | None:
    """The last look at a camera of the institution; None where its box never told of one."""
    held = db.session.get(CameraStatus, (tenant_id, camera_id))
    return _read(held.picture) if held is not None and held.picture is not None else None


def _read(held: Mapping[str, Any]) -> PictureHealth:
    since = held["reference_us"]
    return PictureHealth(
        taken_at=instant(held["taken_us"]),
        brightness=held["brightness"],
        contrast=held["contrast"],
        sharpness=held["sharpness"],
        likeness=held["likeness"],
        reference_at=instant(since) if since is not None else None,
        faults=[PictureFault(one) for one in held["faults"]],
    )
