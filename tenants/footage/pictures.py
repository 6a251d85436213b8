"""Whether a camera's picture is fit to be looked at, as its box measured it: numbers and faults (KH-3-8, DR-36)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import select

from infra.causes import PictureFault
from infra.clock import TAIPEI
from infra.db import db
from infra.manifest import instant, microseconds
from infra.once import read_once
from tenants.footage.models import CameraStatus

# A look an hour: after three nothing is known any more.
OLD = timedelta(hours=3)
# By the local hour, the same in every season: between them preschools darken rooms for the nap.
_BRIGHT_HOURS = ((8, 12), (15, 16))
_GREY_FOR = timedelta(minutes=30)


@dataclass(frozen=True, kw_only=True)
class PictureHealth:
    """One look. `brightness` is of 0 to 255, `likeness` in per cent of the reference, None where none was compared.

    `faults` are what the box found; `all_faults` has also what only the hour of the day makes one.
    """

    taken_at: datetime
    brightness: int
    contrast: int
    sharpness: int
    likeness: int | None
    reference_at: datetime | None
    faults: Sequence[PictureFault]
    colourless_since: datetime | None = None

    @property
    def all_faults(self) -> Sequence[PictureFault]:
        """What is wrong with the picture (KH-3-8)."""
        grey = self.colourless_since is not None and is_grey_by_day(self.colourless_since, self.taken_at)
        return [*self.faults, *([PictureFault.COLOURLESS] if grey else [])]

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
            "colourless_since_us": microseconds(self.colourless_since) if self.colourless_since is not None else None,
        }


def is_grey_by_day(since: datetime, until: datetime) -> bool:
    """Whether a picture without colour was so for half an hour of bright day (KH-3-8).

    Night infrared grey is no defect, nor is a room that was darkened for the nap: those hours do not count.
    """
    begins = since.astimezone(TAIPEI).replace(minute=0, second=0, microsecond=0)
    bright = [
        (day.replace(hour=first), day.replace(hour=last))
        for day in (begins, begins + timedelta(days=1))
        for first, last in _BRIGHT_HOURS
    ]
    return any(min(until, last) - max(since, first) >= _GREY_FOR for first, last in bright)


def health(*, tenant_id: UUID, camera_id: UUID) -> PictureHealth | None:
    """The last look at a camera of the institution; None where its box never told of one."""
    held = db.session.get(CameraStatus, (tenant_id, camera_id))
    return _read(held.picture) if held is not None and held.picture is not None else None


@read_once
def healths(*, tenant_id: UUID) -> Mapping[UUID, PictureHealth]:
    """The last look at each camera of the institution that had one."""
    query = select(CameraStatus.camera_id, CameraStatus.picture).where(CameraStatus.tenant_id == tenant_id)
    return {camera_id: _read(held) for camera_id, held in db.session.execute(query) if held is not None}


def _read(held: Mapping[str, Any]) -> PictureHealth:
    since, grey = held["reference_us"], held.get("colourless_since_us")
    return PictureHealth(
        taken_at=instant(held["taken_us"]),
        brightness=held["brightness"],
        contrast=held["contrast"],
        sharpness=held["sharpness"],
        likeness=held["likeness"],
        reference_at=instant(since) if since is not None else None,
        faults=[PictureFault(one) for one in held["faults"]],
        colourless_since=instant(grey) if grey is not None else None,
    )
