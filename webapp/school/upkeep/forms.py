"""Untrusted input about a camera's functions and calibrations -> typed values."""

from collections.abc import Iterable, Mapping
from datetime import datetime

from wtforms import RadioField, StringField, TextAreaField, ValidationError

from infra import clock
from tenants.errors import Invalid
from tenants.registry.models import Camera
from tenants.upkeep import rules
from tenants.upkeep.rules import Found, Function, TypedCalibration, View
from webapp.form_fields import ClockField, OneOf, RocDateField, Stated, options, read_instant
from webapp.forms import Form

FOUND_NAMES: Mapping[Found, str] = {
    Found.MET: "符合",
    Found.UNMET: "未符合",
    Found.NOT_ASSESSED: "未評估",
}
VIEW_NAMES: Mapping[View, str] = {
    View.SAME: "與基準畫面相同",
    View.ADJUSTED: "已調整回原角度",
    View.NOT_COMPARED: "未比對",
}


class _Answer(RadioField):  # type: ignore[misc]  # WTForms ships no types
    """What was found of one function; anything else that is sent counts as not assessed."""

    def __init__(self, label: str, **arguments: object) -> None:
        choices = options((found.value, words) for found, words in FOUND_NAMES.items())
        super().__init__(label, choices=choices, default=Found.NOT_ASSESSED.value, validate_choice=False, **arguments)

    @property
    def found(self) -> Found:
        """As the rules take it."""
        return Found(self.data) if self.data in set(Found) else Found.NOT_ASSESSED


class FunctionsForm(Form):
    """The four functions of the text, in its words (KH-3-8 to KH-3-11)."""

    color_clear = _Answer("畫面為彩色、清晰可辨識")
    full_angle = _Answer("攝錄角度為全面")
    accurate_time = _Answer("時間之年、月、日、時、分能準點呈現")
    audio = _Answer("附加收音功能")
    color_clear_remark = TextAreaField("彩色、清晰的說明")
    full_angle_remark = TextAreaField("攝錄角度的說明")
    accurate_time_remark = TextAreaField("時間的說明")
    audio_remark = TextAreaField("收音的說明")

    def found(self) -> Mapping[Function, Found]:
        """What was found."""
        return {function: self[function.value].found for function in Function}

    def wrong(self) -> Iterable[Invalid]:
        """Nothing assessed, and what lacks without a word."""
        return rules.faults_of_review(self.found(), self.remarks())

    def remarks(self) -> Mapping[Function, str]:
        """What was said of each."""
        return {function: self[function.remark].data or "" for function in Function}


class CalibrationForm(Form):
    """One camera's calibration."""

    camera = OneOf("鏡頭")
    day = RocDateField("校正日期", [Stated("請填寫校正日期，例如 115/11/20。")])
    time = ClockField("校正時間", [Stated("請填寫校正時間，例如 09:00。")])
    time_source = StringField("對時來源")
    before = StringField("校正前誤差（秒）")
    after = StringField("校正後誤差（秒）")
    view = OneOf("畫面角度", choices=options((view.value, words) for view, words in VIEW_NAMES.items()))
    remark = TextAreaField("備註")

    @classmethod
    def of(cls, cameras: Iterable[Camera], *, chosen: str = "", now: datetime | None = None) -> "CalibrationForm":
        """The form with the institution's cameras to choose from; fresh with `now` as its time."""
        minute = now.replace(second=0, microsecond=0) if now is not None else None
        fresh = {"camera": chosen, "day": minute, "time": minute}
        form = cls(data=fresh) if now is not None else cls()
        named = [(str(camera.id), f"{camera.name}（{camera.code}）") for camera in cameras]
        form.camera.choices = options([("", "請選擇"), *named])
        return form

    def validate_before(self, field: StringField) -> None:
        """Raise `ValidationError` for what is no number of seconds."""
        _check_seconds(field)

    def validate_after(self, field: StringField) -> None:
        """As for the offset before."""
        _check_seconds(field)

    def typed(self, now: datetime) -> TypedCalibration | None:
        """What was typed, or None with every fault beside its field."""
        return self._said(now) if self.validate() else None

    def wrong(self) -> Iterable[Invalid]:
        """A day to come, and what of the clock's error was not said."""
        if not self.camera.data:
            yield Invalid("請選擇校正的鏡頭。", field="camera")
        now = clock.now()
        yield from rules.faults_of_calibration(self._said(now), now)

    def _said(self, now: datetime) -> TypedCalibration:
        return TypedCalibration(
            calibrated_at=read_instant(self.day, self.time) or now,
            time_source=self.time_source.data or "",
            before_seconds=_seconds(self.before.data),
            after_seconds=_seconds(self.after.data),
            view=View(self.view.data) if self.view.data in set(View) else View.NOT_COMPARED,
            remark=self.remark.data or "",
        )


def _check_seconds(field: StringField) -> None:
    if (field.data or "").strip() and _seconds(field.data) is None:
        raise ValidationError("請填秒數，例如 42 或 -0.5；快為正，慢為負。")


def _seconds(typed: str | None) -> float | None:
    """A number as people write it; None for what is none."""
    plain = (typed or "").strip().translate(str.maketrans("０１２３４５６７８９．－＋", "0123456789.-+"))
    plain = plain.replace("−", "-").replace("+", "", 1)
    whole = plain.removeprefix("-").replace(".", "", 1)
    return float(plain) if whole.isascii() and whole.isdigit() else None
