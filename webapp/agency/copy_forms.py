"""What an officer types about a copy: that its download broke, and what became of it."""

from collections.abc import Iterable
from datetime import date

from wtforms import StringField, TextAreaField
from wtforms.validators import Length

from infra import clock
from tenants.disclosures.official.copies_out import COPY_END_NAMES, CopyEnd
from tenants.disclosures.official.rules import end_report_faults
from tenants.errors import Invalid
from webapp.form_fields import OneOf, RocDateField, Stated, options
from webapp.forms import Form

_SHORT = 100
_TOO_LONG = "最多 %(max)d 字，請精簡。"


class AskReopeningForm(Form):
    """下載中斷，請求重新開放領取: what happened, for the institution that decides on it."""

    reason = TextAreaField(
        "下載中斷的情形",
        [
            Stated("請敘明下載中斷的情形，例如：11/20 15:10 下載至一半，瀏覽器顯示網路錯誤。"),
            Length(max=_SHORT, message=_TOO_LONG),
        ],
    )


class CopyEndForm(Form):
    """已返還 or 已銷毀: what became of the copy, on which day, and by which document."""

    how = OneOf("處理方式", choices=options((item.value, COPY_END_NAMES[item]) for item in CopyEnd))
    ended_on = RocDateField("日期", [Stated("請填寫返還或銷毀的日期，例如 115/11/20。")])
    document = StringField(
        "簽收單號或銷毀紀錄文號",
        [Stated("請填寫返還的簽收單號，或銷毀紀錄的文號。"), Length(max=_SHORT, message=_TOO_LONG)],
    )
    handed_on = date.min

    @classmethod
    def sent(cls, *, handed_on: date) -> "CopyEndForm":
        """What was sent about a copy that was handed over on this day."""
        form = cls()
        form.handed_on = handed_on
        return form

    def wrong(self) -> Iterable[Invalid]:
        """A day before the copy was there, or to come."""
        day, document = self.ended_on.data, self.document.data or ""
        if day is None:
            return []
        return end_report_faults(ended_on=day, handed_on=self.handed_on, document=document, today=clock.today())
