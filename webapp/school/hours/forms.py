"""Untrusted input of the page about opening hours -> typed values."""

from collections.abc import Iterable
from typing import Self

from wtforms import StringField, TextAreaField
from wtforms.validators import Length

from tenants.errors import Invalid
from tenants.registry.hours.actions import TypedDays, TypedHours
from tenants.registry.models import Site
from webapp.form_fields import OneOf, RocDateField, Stated, options
from webapp.forms import Form
from webapp.week_form import PeriodsField, WeekForm

_LONGEST = 200
_TOO_LONG = "最多 %(max)d 字。"
_MOST = Length(max=_LONGEST, message=_TOO_LONG)


class HoursForm(WeekForm):
    """A site's own hours from a coming day on."""

    site = OneOf("場所")
    follows = OneOf("依據", choices=options((("own", "本機構自訂"), ("template", "依教育局公告的時間"))), default="own")
    care = PeriodsField("延長照顧時段")

    @classmethod
    def of(cls, sites: Iterable[Site], *, fresh: bool = False) -> Self:
        """The form with the institution's sites to choose from."""
        form = cls(formdata=None) if fresh else cls()
        form.site.choices = options((str(site.id), site.name) for site in sites)
        return form

    def typed(self) -> TypedHours:
        """As the domain takes it."""
        own = self.follows.data == "own"
        return TypedHours(
            weekly=self.weekly() if own else None,
            care=self.care.periods,
            vacation=self.vacation_hours() if own else None,
        )


class DaysForm(Form):
    """Days on which a site is open otherwise. Its fields are named apart, since both forms stand on one page."""

    days_site = OneOf("場所")
    first_day = RocDateField("日期", [Stated("請填寫日期，例如 115/11/20。")])
    last_day = RocDateField("結束日期")
    opens = OneOf("開放情形", choices=options((("closed", "停止開放"), ("open", "改依下列時段開放"))), default="closed")
    periods = PeriodsField("當日開放時段")
    reason = StringField("事由", [_MOST])
    notice = StringField("公告或公文文號", [_MOST])
    note = TextAreaField("補登原因", [_MOST])

    @classmethod
    def of(cls, sites: Iterable[Site], *, fresh: bool = False) -> Self:
        """The form with the institution's sites to choose from."""
        form = cls(formdata=None) if fresh else cls()
        form.days_site.choices = options((str(site.id), site.name) for site in sites)
        return form

    def is_whole(self) -> bool:
        """Whether all of it can be read; what cannot stands beside its field."""
        self.validate()
        if self.opens.data == "open" and not self.periods.periods and not self.periods.errors:
            self.show(Invalid("請填寫當日的開放時段，例如 07:30-16:00。", field="periods"))
        return not self.errors

    def typed(self) -> TypedDays:
        """As the domain takes it."""
        return TypedDays(
            first_day=self.first_day.day,
            last_day=self.last_day.data or self.first_day.day,
            periods=self.periods.periods if self.opens.data == "open" else [],
            reason=self.reason.data or "",
            notice=self.notice.data or "",
            note=self.note.data or "",
        )
