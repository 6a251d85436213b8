"""The last two steps: look at it all once more, then the identity number; and what is said afterwards."""

from datetime import date

from wtforms import BooleanField, StringField, TextAreaField
from wtforms.validators import Length

from infra import clock
from tenants.disclosures.applying import rules as applying
from tenants.errors import Caution, Invalid
from tenants.people import identity_numbers
from tenants.people.identity_numbers import IdentityNumber
from webapp.form_fields import OneOf, Stated, options
from webapp.forms import Form

CARD, PASSPORT = "card", "passport"


class CheckForm(Form):
    """Note 1 of the form, and what should be looked at again."""

    acknowledged = BooleanField("我已閱讀，並同意遵守")
    confirmed = BooleanField("我已了解上述事項，仍要申請")

    def accepts(self, cautions: tuple[Caution, ...]) -> bool:
        """Whether both were ticked where both are asked for; what is missing is told beside its box."""
        sound = bool(self.validate())
        if not self.acknowledged.data:
            self.acknowledged.errors = ["請先閱讀並同意影像使用的規定。"]
        if cautions and not self.confirmed.data:
            self.confirmed.errors = ["請確認上述事項後再繼續。"]
        return sound and not self.acknowledged.errors and not self.confirmed.errors


class IdentityForm(Form):
    """The number is read here, sealed at once, and never shown again: not even to who typed it (DR-22)."""

    kind = OneOf("證件種類", unknown="請選擇證件種類。")
    number = StringField("證號", [Stated("請填寫證號。"), Length(max=40, message="證號太長，請對照證件重新輸入。")])
    country = StringField("護照的發照國家或地區", [Length(max=50, message="最多 %(max)d 字。")])
    really = BooleanField("這確實是護照號碼")
    asks_really = False

    def offer(self, *, national_id: str) -> None:
        """Say what the regulation's form calls the number: 身份證號 or 身分證號."""
        self.kind.choices = options([(CARD, f"{national_id}或居留證統一證號"), (PASSPORT, "護照")])
        self.kind.data = self.kind.data or CARD

    def identity(self, *, on: date | None = None) -> IdentityNumber | None:
        """The number, or None with the fault beside its field."""
        if not self.validate():
            return None
        try:
            if self.kind.data == PASSPORT:
                return identity_numbers.parse_passport(
                    self.number.data, country=self.country.data or "", confirmed=bool(self.really.data), field="number"
                )
            return identity_numbers.parse(self.number.data, on=on or clock.today(), field="number")
        except Invalid as refused:
            self.asks_really = refused.code == "other_kind"
            self.show(_beside(refused))
            return None


class EmailForm(Form):
    """Where the code is sent."""

    email = StringField("電子郵件", [Stated("請填寫電子郵件。")])


class CodeForm(Form):
    """The six digits from the mail."""

    code = StringField(
        "驗證碼", [Stated(f"請輸入郵件中的{applying.CODE_DIGITS}位數字。"), Length(max=20, message="驗證碼太長。")]
    )


class MoreForm(Form):
    """補件: what else is to be said of the reason."""

    reason = TextAreaField("補充說明", [Stated("請填寫補充說明。")])


def _beside(refused: Invalid) -> Invalid:
    """The passport's country has a field of its own name here."""
    if refused.field == "number_country":
        return Invalid(str(refused), field="country", code=refused.code)
    return refused
