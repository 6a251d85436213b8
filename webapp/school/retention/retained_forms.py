"""Untrusted input about copies for reference -> typed values."""

from collections.abc import Iterable
from datetime import date

from wtforms import StringField, TextAreaField
from wtforms.validators import Length

from infra import clock
from tenants.disclosures.retained.models import RetainedCopy
from tenants.disclosures.retained.rules import custody_faults, extension_faults
from tenants.errors import Invalid
from tenants.retention.models import HoldBasis
from webapp.form_fields import OneOf, Stated, options
from webapp.forms import Form
from webapp.school.retention.hold_forms import LAWFUL, GroundsForm
from webapp.school.retention.retained_view import NEEDED

_LONG, _LONGEST = 100, 1000
_TOO_LONG = "最多 %(max)d 字。"


class CustodyForm(Form):
    """Who keeps a copy, and where (TY-5-3a)."""

    custodian = StringField("保管人", [Length(max=_LONG, message=_TOO_LONG)])
    place = StringField("保管處所", [Length(max=_LONG, message=_TOO_LONG)])

    required = False

    @classmethod
    def sent(cls, *, required: bool) -> "CustodyForm":
        """What was sent; `required` is whether the regulation asks for it."""
        form = cls()
        form.required = required
        return form

    def wrong(self) -> Iterable[Invalid]:
        """What the regulation asks of it."""
        return custody_faults(custodian=self.custodian.data or "", place=self.place.data or "", required=self.required)

    @classmethod
    def of(cls, copy: RetainedCopy, usual: tuple[str, str]) -> "CustodyForm":
        """The form with who keeps it now, or who usually does."""
        custodian, place = (copy.custodian, copy.place) if copy.custodian or copy.place else usual
        return cls(formdata=None, custodian=custodian, place=place)


class ReviewForm(GroundsForm):
    """續存 until the next review: within the year because it is needed, past it under an exception of the law only."""

    basis = OneOf("依據", choices=options([(HoldBasis.REQUEST.value, NEEDED), *LAWFUL]))
    reason = TextAreaField("續存的理由", [Length(max=_LONGEST, message=_TOO_LONG)])
    oldest: date

    @classmethod
    def sent(cls, *, oldest: date) -> "ReviewForm":
        """What was sent about a copy whose oldest footage is of this day."""
        form = cls()
        form.oldest = oldest
        return form

    def wrong(self) -> Iterable[Invalid]:
        """Why, until when, and on which grounds past the year."""
        if self.basis.errors:
            return []
        return extension_faults(
            oldest=self.oldest,
            review_on=self.review_on.data,
            reason=self.reason.data or "",
            grounds=self.grounds(),
            today=clock.today(),
        )


class DisposalForm(Form):
    """銷毀. Its field is named apart, since the page holds more forms with a reason."""

    end_reason = TextAreaField(
        "銷毀的理由", [Stated("請填寫銷毀的理由，例如：無保存之必要。"), Length(max=_LONGEST, message=_TOO_LONG)]
    )


class OpeningForm(Form):
    """Why a copy is opened."""

    open_reason = StringField(
        "開啟的理由", [Stated("請填寫開啟備查複製本的理由。"), Length(max=_LONG, message=_TOO_LONG)]
    )
