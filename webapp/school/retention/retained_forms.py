"""Untrusted input about copies for reference -> typed values."""

from wtforms import StringField, TextAreaField
from wtforms.validators import Length

from tenants.disclosures.retained.models import RetainedCopy
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

    @classmethod
    def of(cls, copy: RetainedCopy, usual: tuple[str, str]) -> "CustodyForm":
        """The form with who keeps it now, or who usually does."""
        custodian, place = (copy.custodian, copy.place) if copy.custodian or copy.place else usual
        return cls(formdata=None, custodian=custodian, place=place)


class ReviewForm(GroundsForm):
    """續存 until the next review: within the year because it is needed, past it under an exception of the law only."""

    basis = OneOf("依據", choices=options([(HoldBasis.REQUEST.value, NEEDED), *LAWFUL]))
    reason = TextAreaField("續存的理由", [Length(max=_LONGEST, message=_TOO_LONG)])


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
