"""One window of a request as an officer types it: cameras and a span, each fault beside what is to be mended."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from uuid import UUID

from wtforms import Field, FieldList, FormField, HiddenField
from wtforms import Form as SubForm

from infra import clock
from tenants.disclosures import asking
from tenants.disclosures.asking import AskedWindow
from tenants.errors import Invalid
from tenants.registry.models import Camera
from webapp.form_fields import CheckedChoices, ClockField, RocDateField, Stated, options, read_instant

MAX_WINDOWS = 10
_NOT_OURS = "鏡頭清單已變更，或鏡頭不屬於這個機構。請依頁面上的清單重新勾選。"


class WindowForm(SubForm):  # type: ignore[misc]  # WTForms ships no types
    """One window: some cameras and one span. An empty 迄日 means the day of 起日."""

    cameras = CheckedChoices("調閱地點（鏡頭）", unknown=_NOT_OURS)
    from_day = RocDateField("起日", [Stated("請填寫開始日期，例如 115/11/18。")])
    from_time = ClockField("起時", [Stated("請填寫開始時間，例如 09:55。")])
    until_day = RocDateField("迄日")
    until_time = ClockField("迄時", [Stated("請填寫結束時間，例如 10:30。")])
    _start: datetime | None = None
    _end: datetime | None = None

    def validate(self, extra_validators: Mapping[str, Sequence[Callable[..., None]]] | None = None) -> bool:
        """Every box by itself, then the span as a whole."""
        sound = bool(super().validate(extra_validators))
        if not self.cameras.data and not self.cameras.errors:
            self.cameras.errors = ["請至少勾選一支鏡頭。"]
            sound = False
        return self._span_is_sound() and sound

    def _span_is_sound(self) -> bool:
        if self.until_day.data is None and not self.until_day.errors:
            self.until_day.data = self.from_day.data
        self._start = read_instant(self.from_day, self.from_time)
        self._end = read_instant(self.until_day, self.until_time)
        if self._start is None or self._end is None:
            return False
        now = clock.now()
        try:
            asking.check_span(self._start, self._end, now=now)
        except Invalid as refused:
            wrong = self.until_time if self._start < now else self._early_part(now)
            wrong.errors = [*wrong.errors, str(refused)]
            return False
        return True

    def _early_part(self, now: datetime) -> Field:
        """What to mend of a start that lies ahead: the day, or the hour of today."""
        return self.from_time if self.from_day.data == clock.civil_day(now) else self.from_day

    def windows(self) -> tuple[AskedWindow, ...]:
        """One asked window for each camera ticked; none while anything of it is wrong. Only after `validate`."""
        if self.errors or self._start is None or self._end is None:
            return ()
        return tuple(
            AskedWindow(camera_id=UUID(camera), started_at=self._start, ended_at=self._end)
            for camera in self.cameras.data
        )


def offer(windows: FieldList, cameras: Sequence[Camera]) -> None:
    """Say which cameras may be ticked in each of these windows."""
    for entry in windows:
        entry.form.cameras.choices = options((str(each.id), f"{each.name}（{each.code}）") for each in cameras)


def asked(windows: FieldList) -> tuple[AskedWindow, ...]:
    """The windows that are sound by themselves. Only after `validate`."""
    return tuple(window for entry in windows for window in entry.form.windows())


def rearranged(pressed: Mapping[str, str], *lists: FieldList) -> bool:
    """Whether a button was pressed that adds a window to one of these lists or takes one away, which is then done.

    The one bears the id of the list, the other that of the window. The only window of a list stays.
    """
    for windows in lists:
        if pressed.get("add_window") == windows.id and len(windows) < windows.max_entries:
            windows.append_entry()
        elif len(windows) > 1:
            windows.entries = [entry for entry in windows.entries if entry.id != pressed.get("drop_window")]
    return "add_window" in pressed or "drop_window" in pressed


class FurtherForm(SubForm):  # type: ignore[misc]  # as above
    """One more place of the same letter, with its own windows (KH-6-1c)."""

    windows = FieldList(FormField(WindowForm), "鏡頭與時段", min_entries=1, max_entries=MAX_WINDOWS)
    here = HiddenField(default="y")  # so that a place without a camera, which has no other field, keeps its turn
    _site_of: Mapping[UUID, UUID] = {}

    def offer(self, cameras: Sequence[Camera]) -> None:
        """Say which cameras this place has."""
        self._site_of = {camera.id: camera.site_id for camera in cameras}
        offer(self.windows, cameras)

    def validate(self, extra_validators: Mapping[str, Sequence[Callable[..., None]]] | None = None) -> bool:
        """Every window, and all together; nothing where the place has no camera."""
        if not self._site_of:
            return True
        sound = bool(super().validate(extra_validators))
        windows = self.asked()
        if not windows:
            return False
        try:
            asking.check_windows(windows, site_of=self._site_of, now=clock.now())
        except Invalid as refused:
            self.windows.errors = [*self.windows.errors, str(refused)]
            return False
        return sound

    def asked(self) -> tuple[AskedWindow, ...]:
        """What is asked for here; nothing where the place has no camera. Only after `validate`."""
        return asked(self.windows) if self._site_of else ()
