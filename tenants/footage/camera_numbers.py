"""What a box last measured of a camera, as `CameraStatus` keeps it (`tenants.footage.pictures` and `times` read it)."""

from typing import Any

from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column


class CameraNumbers:
    """Columns of `CameraStatus`, NULL where nothing was told: numbers, moments and faults, never a picture.

    Its picture, its own clock, and what its box could not date.
    """

    picture: Mapped[dict[str, Any] | None] = mapped_column(JSONB)
    clock: Mapped[dict[str, Any] | None] = mapped_column(JSONB)
    undated: Mapped[dict[str, Any] | None] = mapped_column(JSONB)
