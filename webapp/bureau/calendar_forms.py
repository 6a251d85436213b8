"""Untrusted input of the bureau's calendar -> typed values."""

from collections.abc import Iterable
from datetime import time
from typing import Self

from wtforms import StringField, TextAreaField
from wtforms.validators import Length

from infra import clock
from tenants.errors import Invalid
from tenants.registry.hours.calendar import TypedSpan
from tenants.registry.hours.models import SpanKind
from tenants.registry.hours.rules import WEEKDAY_NAMES
from tenants.roc_dates import parse_instant
from webapp.form_fields import CheckedChoices, ClockField, OneOf, RocDateField, Stated, options
from webapp.forms import Form
from webapp.week_form import WeekForm

_MOST = Length(max=200, message="最多 %(max)d 字。")
KIND_NAMES = {
    SpanKind.CLOSURE: "停班停課",
    SpanKind.HOLIDAY: "放假日",
    SpanKind.MAKE_UP: "補課日",
    SpanKind.VACATION: "寒暑假",
}


class TemplateForm(WeekForm):
    """The hours that the bureau gives from a day on."""

    document = StringField("公告文號", [_MOST])


class SpanForm(Form):
    """Days of the calendar that are not as every week."""

    kind = OneOf("類別", choices=options((kind.value, words) for kind, words in KIND_NAMES.items()))
    first_day = RocDateField("日期", [Stated("請填寫日期，例如 115/11/20。")])
    last_day = RocDateField("結束日期")
    name = StringField("名稱", [_MOST])
    document = StringField("公告文號或網址", [_MOST])
    districts = CheckedChoices("停班停課的行政區", unknown="請從清單中選取行政區。")
    closed_from = ClockField("停班停課自何時起")
    like_weekday = OneOf("補課日依星期幾的時間開放")
    note = TextAreaField("補登原因", [_MOST])

    @classmethod
    def of(cls, districts: Iterable[str], *, fresh: bool = False) -> Self:
        """The form with the districts of the city, of today and of before."""
        form = cls(formdata=None) if fresh else cls()
        form.districts.choices = options((each, each) for each in districts)
        form.like_weekday.choices = options(
            [("", "不是補課日"), *((str(number), name) for number, name in enumerate(WEEKDAY_NAMES[:6]))]
        )
        return form

    def typed(self) -> TypedSpan | None:
        """As the domain takes it; None with what cannot be read beside its field."""
        self.validate()
        closed_from = self._closed_from()
        if self.errors:
            return None
        return TypedSpan(
            kind=SpanKind(self.kind.data),
            first_day=self.first_day.day,
            last_day=self.last_day.data or self.first_day.day,
            name=self.name.data or "",
            document=self.document.data or "",
            note=self.note.data or "",
            districts=self.districts.data or [],
            closed_from=closed_from,
            like_weekday=int(self.like_weekday.data) if self.like_weekday.data else None,
        )

    def _closed_from(self) -> time | None:
        if not (self.closed_from.data or "").strip() or self.first_day.data is None:
            return None
        try:
            at = parse_instant(self.first_day.data, str(self.closed_from.data), field="closed_from")
        except Invalid as refused:
            self.show(refused)
            return None
        return at.astimezone(clock.TAIPEI).time()
