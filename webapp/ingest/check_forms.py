"""What a box may say of how its cameras are set."""

from collections.abc import Sequence
from typing import Annotated
from uuid import UUID

from pydantic import Field

from infra.camera_profiles import Measured
from infra.manifest import instant
from tenants.footage.camera_checks import Checked
from webapp.ingest.forms import MAX_ITEMS, Microseconds, Strict

_MOST = 2**31 - 1
_Words = Annotated[str, Field(max_length=200, pattern=r"^[^\x00-\x1f\x7f]*$")]
_Number = Annotated[int, Field(ge=0, le=_MOST)]
_Size = Annotated[int, Field(ge=1, le=32_768)]


class CheckForm(Strict):
    """One camera as it was measured."""

    camera_id: UUID
    measured_us: Microseconds
    codec: Annotated[str, Field(pattern=r"^(h264|hevc)$")]
    width: _Size
    height: _Size
    fps: Annotated[float, Field(ge=0, le=1000)]
    key_interval_ms: _Number | None
    kbps: _Number
    make: _Words
    model: _Words
    firmware: _Words
    clock_offset_ms: Annotated[int, Field(ge=-_MOST, le=_MOST)] | None
    masks: Annotated[int, Field(ge=0, le=1000)] | None

    def checked(self) -> Checked:
        """As the domain takes it: a box says here how far the camera's clock is ahead."""
        said = self.model_dump(exclude={"camera_id", "measured_us", "clock_offset_ms"})
        offset_ms = -self.clock_offset_ms if self.clock_offset_ms is not None else None
        measured = Measured(**said, clock_offset_ms=offset_ms)
        return Checked(camera_id=self.camera_id, measured_at=instant(self.measured_us), measured=measured)


class ChecksForm(Strict):
    """Every camera that the box looked at."""

    items: Annotated[list[CheckForm], Field(min_length=1, max_length=MAX_ITEMS)]

    def checks(self) -> Sequence[Checked]:
        """As the domain takes them."""
        return [item.checked() for item in self.items]
