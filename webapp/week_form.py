"""A week of opening hours as people type and read it, for the school's page and the bureau's (DR-16)."""

from collections.abc import Mapping

from wtforms import StringField, ValidationError
from wtforms.validators import Length

from tenants.errors import Invalid
from tenants.registry.hours.rules import WEEKDAY_NAMES, WEEKDAYS, Periods, Weekly, read_periods
from webapp.form_fields import OneOf, RocDateField, Stated, options
from webapp.forms import Form

_MOST = Length(max=200, message="最多 %(max)d 字。")
VACATIONS = (("same", "與學期中相同"), ("closed", "不開放"), ("own", "另訂時段（週一至週五）"))


class PeriodsField(StringField):  # type: ignore[misc]  # WTForms ships no types
    """Periods of a day as people type them, 07:30-18:00; several with a 、 between."""

    def __init__(self, label: str, **arguments: object) -> None:
        super().__init__(label, [_MOST], **arguments)
        self.periods: Periods = []

    def pre_validate(self, _form: object) -> None:
        """Read them. Raises `ValidationError` with the sentence of a refusal."""
        try:
            self.periods = read_periods(self.data or "", field=self.name)
        except Invalid as refused:
            raise ValidationError(str(refused)) from refused


class WeekForm(Form):
    """The hours of a week, and those of a vacation."""

    mon = PeriodsField(WEEKDAY_NAMES[0])
    tue = PeriodsField(WEEKDAY_NAMES[1])
    wed = PeriodsField(WEEKDAY_NAMES[2])
    thu = PeriodsField(WEEKDAY_NAMES[3])
    fri = PeriodsField(WEEKDAY_NAMES[4])
    sat = PeriodsField(WEEKDAY_NAMES[5])
    sun = PeriodsField(WEEKDAY_NAMES[6])
    vacation_kind = OneOf("寒暑假", choices=options(VACATIONS), default="same")
    vacation = PeriodsField("寒暑假時段")
    effective_from = RocDateField("生效日", [Stated("請填寫生效日，例如 116/02/01。")])

    def is_whole(self) -> bool:
        """Whether all of it can be read; what cannot stands beside its field."""
        self.validate()
        return not self.errors

    def weekly(self) -> Weekly:
        """The week as it was typed."""
        return {day: self[day].periods for day in WEEKDAYS}

    def vacation_hours(self) -> Weekly | None:
        """The hours of a vacation; None where they are those of the term."""
        if self.vacation_kind.data == "same":
            return None
        return dict.fromkeys(WEEKDAYS[:5], self.vacation.periods) if self.vacation_kind.data == "own" else {}


def periods_words(periods: Periods) -> str:
    """07:30–12:00、13:00–18:00, as a form takes them back."""
    return "、".join(f"{begin}-{end}" for begin, end in periods)


def week_words(weekly: Mapping[str, Periods]) -> str:
    """A week in one line: 週一至週五 07:30-18:00."""
    told = [periods_words(weekly.get(day, [])) for day in WEEKDAYS]
    parts, begin = [], 0
    for number in range(1, len(told) + 1):
        if number == len(told) or told[number] != told[begin]:
            last = number - 1
            name = WEEKDAY_NAMES[begin] + (f"至{WEEKDAY_NAMES[last]}" if last > begin else "")
            parts += [f"{name} {told[begin]}"] if told[begin] else []
            begin = number
    return "，".join(parts) or "不開放"
