"""What a box last measured of a camera's picture, as `CameraStatus` keeps it (`tenants.footage.pictures` reads it)."""

from typing import Any

from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column


class PictureNumbers:
    """A column of `CameraStatus`: numbers and faults, never a picture."""

    picture: Mapped[dict[str, Any] | None] = mapped_column(JSONB)
