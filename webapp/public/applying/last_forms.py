"""The last two steps: look at it all once more, then the identity number; and what is said afterwards."""

from collections.abc import Iterable
from datetime import date
from types import MappingProxyType

from wtforms import BooleanField, StringField, TextAreaField
from wtforms.validators import Length

from infra import clock
from tenants.disclosures.applying import rules as applying
from tenants.errors import Caution, Invalid, refusals
from tenants.people import identity_numbers
from tenants.people.identity_numbers import IdentityNumber
from webapp.form_fields import OneOf, Stated, options
from webapp.forms import Form

CARD, PASSPORT = "card", "passport"


class CheckForm(Form):
    """Note 1 of the form, and what should be looked at again."""

    acknowledged = BooleanField("我已閱讀，並同意遵守")
    confirmed = BooleanField("我已了解上述事項，仍要申請")
    asks_confirmation = False

    def accepts(self, cautions: tuple[Caution, ...]) -> bool:
        """Whether both were ticked where both are asked for; what is missing is told beside its box."""
        self.asks_confirmation = bool(cautions)
        return self.validate()

    def wrong(self) -> Iterable[Invalid]:
        """What was not ticked."""
        if not self.acknowledged.data:
            yield Invalid("請先閱讀並同意影像使用的規定。", field="acknowledged")
        if self.asks_confirmation and not self.confirmed.data:
            yield Invalid("請確認上述事項後再繼續。", field="confirmed")


class IdentityForm(Form):
    """The number is read here, sealed at once, and never shown again: not even to who typed it (DR-22)."""

    exact = frozenset({"number"})

    kind = OneOf("證件種類", unknown="請選擇證件種類。")
    number = StringField("證號", [Stated("請填寫證號。"), Length(max=40, message="證號太長，請對照證件重新輸入。")])
    country = StringField("護照的發照國家或地區", [Length(max=50, message="最多 %(max)d 字。")])
    really = BooleanField("這確實是護照號碼")
    asks_really = False
    places = MappingProxyType({"number_country": "country"})
    _on: date | None = None
    _read: IdentityNumber | None = None

    def offer(self, *, national_id: str) -> None:
        """Say what the regulation's form calls the number: 身份證號 or 身分證號."""
        self.kind.choices = options([(CARD, f"{national_id}或居留證統一證號"), (PASSPORT, "護照")])
        self.kind.data = self.kind.data or CARD

    def identity(self, *, on: date | None = None) -> IdentityNumber | None:
        """The number, or None with the fault beside its field."""
        self._on, self._read = on, None
        return self._read if self.validate() else None

    def wrong(self) -> Iterable[Invalid]:
        """A number that is none of its kind, and a passport without its country."""
        if self.kind.errors:
            return []
        found = refusals(self._parse)
        self.asks_really = any(each.code == "other_kind" for each in found)
        return found

    def _parse(self) -> None:
        typed = self.number.data or ""
        if self.kind.data == PASSPORT:
            self._read = identity_numbers.parse_passport(
                typed, country=self.country.data or "", confirmed=bool(self.really.data), field="number"
            )
        else:
            self._read = identity_numbers.parse(typed, on=self._on or clock.today(), field="number")


class EmailForm(Form):
    """Where the code is sent."""

    exact = frozenset({"email"})

    email = StringField("電子郵件", [Stated("請填寫電子郵件。")])


class CodeForm(Form):
    """The six digits from the mail."""

    code = StringField(
        "驗證碼", [Stated(f"請輸入郵件中的{applying.CODE_DIGITS}位數字。"), Length(max=20, message="驗證碼太長。")]
    )


class MoreForm(Form):
    """補件: what else is to be said of the reason."""

    reason = TextAreaField("補充說明", [Stated("請填寫補充說明。")])
