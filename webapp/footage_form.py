"""The footage that a case without a form is about: one camera, one day, from and until; or none."""

from collections.abc import Iterable
from types import MappingProxyType
from uuid import UUID

from infra import clock
from tenants.errors import Invalid, refusals
from tenants.registry.models import Camera
from tenants.retention.rules import CameraWindow, check_windows
from webapp.form_fields import ClockField, OneOf, RocDateField, options, read_instant
from webapp.forms import Form


class FootageForm(Form):
    """Fields that stand together or not at all. Whoever chose no camera names no footage."""

    camera = OneOf("涉及的鏡頭")
    day = RocDateField("影像日期")
    from_time = ClockField("起時")
    until_time = ClockField("迄時")
    places = MappingProxyType({"windows": "day"})

    def offer(self, cameras: Iterable[Camera], *, none: str) -> None:
        """Put the cameras up for choice; `none` is what the choice of none is called."""
        offered = [(str(each.id), f"{each.name}（{each.code}）") for each in cameras]
        self.camera.choices = options([("", none), *offered])

    def wrong(self) -> Iterable[Invalid]:
        """What of a camera's day and span is missing, reversed, or has not happened."""
        window = self.window()
        return refusals(lambda: check_windows([window], now=clock.now())) if window is not None else []

    def window(self) -> CameraWindow | None:
        """What was typed; None with the errors on their fields where something of it is missing."""
        if not self.camera.data or self.camera.errors:
            return None
        start, end = read_instant(self.day, self.from_time), read_instant(self.day, self.until_time)
        if start is not None and end is not None:
            return CameraWindow(camera_id=UUID(self.camera.data), started_at=start, ended_at=end)
        for field in (self.day, self.from_time, self.until_time):
            if not field.data and not field.errors:
                field.errors = [f"選了鏡頭時，請填寫{field.label.text}。"]
        return None
