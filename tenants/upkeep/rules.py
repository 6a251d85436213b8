"""What a finding says, and when a calibration is due. Pure functions of data and days."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from infra.clock import civil_day
from tenants.errors import Invalid
from tenants.footage.times import FAULT_MS
from tenants.periods import add_months

# The text says only 定期; half a year is ours.
CALIBRATION_MONTHS = 6
_MOST_OFFSET_SECONDS = 10 * 365 * 86_400
_LONGEST_SOURCE, LONGEST_REMARK = 100, 500


class Function(StrEnum):
    """What equipment 宜 have, as the regulation's profile names it (KH-3-7 to KH-3-11)."""

    COLOR_CLEAR = "color_clear"
    FULL_ANGLE = "full_angle"
    ACCURATE_TIME = "accurate_time"
    AUDIO = "audio"

    @property
    def remark(self) -> str:
        """The name of what is said of it."""
        return f"{self.value}_remark"


class Found(StrEnum):
    """What a person found of a function."""

    MET = "met"
    UNMET = "unmet"
    NOT_ASSESSED = "not_assessed"


class View(StrEnum):
    """How the picture's angle compared with what was accepted."""

    SAME = "same"
    ADJUSTED = "adjusted"
    NOT_COMPARED = "not_compared"


class CalibrationState(StrEnum):
    """How a camera stands."""

    NEVER = "never"
    CURRENT = "current"
    DUE = "due"
    OVERDUE = "overdue"


@dataclass(frozen=True, kw_only=True)
class TypedCalibration:
    """A calibration as a person types it; offsets in seconds, positive is fast."""

    calibrated_at: datetime
    time_source: str
    before_seconds: float | None
    after_seconds: float | None
    view: View
    remark: str


def to_improve(found: Mapping[Function, Found]) -> Sequence[Function]:
    """The functions a camera lacks: advice to improve, never a breach, since the text says 宜 (KH-3-7)."""
    return [function for function, one in found.items() if one is Found.UNMET]


def faults_of_review(found: Mapping[Function, Found], remarks: Mapping[Function, str]) -> Sequence[Invalid]:
    """What a review lacks, all at once: each function that is not met wants a word of its own."""
    told = []
    if all(one is Found.NOT_ASSESSED for one in found.values()):
        told.append(Invalid("請至少評估一項功能。", field=Function.COLOR_CLEAR.value, code="nothing_assessed"))
    for function in to_improve(found):
        if not remarks.get(function, "").strip():
            sentence = "請寫明這一項未符合的情形與打算如何改善。"
            told.append(Invalid(sentence, field=function.remark, code="remark_missing"))
    for function, remark in remarks.items():
        told += _too_long(remark, field=function.remark)
    return told


def faults_of_calibration(typed: TypedCalibration, now: datetime) -> Sequence[Invalid]:
    """What a calibration lacks, all at once (KH-8-1c)."""
    told = []
    if typed.calibrated_at > now:
        told.append(Invalid("校正時間還沒有到。請填實際校正的時間。", field="day", code="in_the_future"))
    if not typed.time_source.strip():
        told.append(Invalid("請填對時來源，例如：邊緣主機、time.stdtime.gov.tw。", field="time_source"))
    elif len(typed.time_source) > _LONGEST_SOURCE:
        told.append(Invalid(f"對時來源請在 {_LONGEST_SOURCE} 字以內。", field="time_source"))
    for field, words, seconds in (
        ("before", "校正前", typed.before_seconds),
        ("after", "校正後", typed.after_seconds),
    ):
        if seconds is None:
            told.append(Invalid(f"請填{words}的誤差秒數；沒有誤差請填 0。", field=field, code="offset_missing"))
        elif not abs(seconds) <= _MOST_OFFSET_SECONDS:
            told.append(Invalid(f"{words}的誤差秒數不正確，請再確認。", field=field, code="offset_absurd"))
    return [*told, *_too_long(typed.remark, field="remark")]


def is_right(offset_ms: int) -> bool:
    """Whether a clock shows the right minute (KH-3-10)."""
    return abs(offset_ms) < FAULT_MS


def next_due(calibrated_at: datetime, *, offset_after_ms: int) -> date:
    """The day until which the next calibration should be done; the month's last day where that day is missing.

    One that left the clock wrong is to be done again the same day.
    """
    day = civil_day(calibrated_at)
    return add_months(day, CALIBRATION_MONTHS) if is_right(offset_after_ms) else day


def calibration_state(
    due: date | None, *, offset_ms: int | None, today: date, left_right: bool = True
) -> CalibrationState:
    """How a camera stands, by its last calibration's next day and by how far its clock is off now.

    `left_right`: that calibration left the clock right; one that did not is none.

    A clock at fault without a calibration in force is overdue at once: the interval excuses no wrong time (KH-8-1c).
    """
    if due is not None and today <= due and left_right:
        return CalibrationState.CURRENT
    if offset_ms is not None and not is_right(offset_ms):
        return CalibrationState.OVERDUE
    return CalibrationState.NEVER if due is None else CalibrationState.DUE


def _too_long(remark: str, *, field: str) -> Sequence[Invalid]:
    return [Invalid(f"說明請在 {LONGEST_REMARK} 字以內。", field=field)] if len(remark) > LONGEST_REMARK else []
