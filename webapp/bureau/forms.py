"""Untrusted input of the bureau's pages -> typed values."""

from collections.abc import Iterable, Sequence
from uuid import UUID

from wtforms import PasswordField, SelectField, StringField, TextAreaField
from wtforms.validators import InputRequired, Length

from tenants.errors import Invalid, refusals
from tenants.people.actions import new_user_faults
from tenants.people.models import User
from tenants.people.queries import user_by_login
from tenants.people.rules import normal_login
from tenants.profiles import CODES
from tenants.registry import regulations
from tenants.registry.models import RuleSchedule
from tenants.registry.rules import check_public
from tenants.roc_dates import format_date
from webapp.form_fields import OneOf, RocDateField, Stated, options
from webapp.forms import Form

AGENCY_KINDS = (
    ("police", "警察機關"),
    ("prosecution", "檢察機關"),
    ("court", "法院"),
    ("social_welfare", "社政機關"),
    ("education", "教育機關"),
    ("other", "其他公務機關"),
)


class AgencyForm(Form):
    """A public agency for the directory."""

    name = StringField("機關全銜", [InputRequired("請填寫機關全銜。"), Length(max=100)])
    kind = SelectField("機關類別", choices=options(AGENCY_KINDS))
    code = StringField("機關代碼", [Length(max=40)])
    contact = StringField("聯絡電話", [Length(max=40)])

    def wrong(self) -> Iterable[Invalid]:
        """A body that is no public agency."""
        return refusals(lambda: check_public(self.name.data or ""))


class OfficerForm(Form):
    """Who acts for an agency from now on: an account, and the unit that letters name."""

    exact = frozenset({"email"})

    login = StringField("帳號名稱", [Stated("請填寫承辦人的帳號名稱。"), Length(max=100)])
    unit = StringField("單位", [Length(max=100)])

    def wrong(self) -> Iterable[Invalid]:
        """An account that is not there."""
        if user_by_login(login=normal_login(self.login.data or "")) is None:
            yield Invalid("找不到這個帳號。請確認拼字；沒有帳號的承辦人，請先建立帳號。", field="login")

    def person(self) -> User:
        """Whose account it is. Only after `validate`."""
        found = user_by_login(login=normal_login(self.login.data))
        assert found is not None  # noqa: S101 - `validate` saw to it
        return found


class NewOfficerForm(OfficerForm):
    """The same for somebody without an account yet. The password is the first one; they change it after signing in."""

    name = StringField("姓名", [Stated("請填寫承辦人姓名。"), Length(max=100)])
    title = StringField("職稱", [Stated("請填寫職稱，登記簿應記載。"), Length(max=100)])
    email = StringField("電子郵件", [Length(max=100)])
    password = PasswordField("初始密碼", [Stated("請設定初始密碼。"), Length(max=256)])

    def wrong(self) -> Iterable[Invalid]:
        """An account that cannot be made so."""
        return new_user_faults(
            login=self.login.data or "", name=self.name.data or "", password=self.password.data or ""
        )


class VersionForm(Form):
    """A later version of a regulation: what it asks from which day on, and the document that issued it (DR-10)."""

    code = OneOf("規定")
    version = StringField("版次", [Length(max=40)])
    effective_from = RocDateField("生效日", [Stated("請填寫生效日，例如 116/08/01。")])
    min_days = StringField("至少保存日數", [Stated("請填寫至少保存日數，例如 30。"), Length(max=10)])
    document = StringField("發布文號", [Length(max=100)])
    words = TextAreaField("修正後條文", [Length(max=1000)])
    replaces = OneOf("取代已排定的版本")

    @classmethod
    def of(cls, open_ones: Iterable[RuleSchedule], *, fresh: bool = False) -> "VersionForm":
        """The form with the regulations there are and the versions that may still be replaced."""
        form = cls(formdata=None) if fresh else cls()
        form.code.choices = options((code, regulations.versions(code, [])[-1].name) for code in CODES)
        form.replaces.choices = options([("", "不取代，另訂新版本"), *_named(open_ones)])
        return form

    @property
    def replaced(self) -> UUID | None:
        """The version that this one takes the place of."""
        return UUID(self.replaces.data) if self.replaces.data else None

    only_reckon = False

    def wrong(self) -> Iterable[Invalid]:
        """What lacks: a forecast asks only for the regulation, the day and the days."""
        asked: Sequence[tuple[StringField, str]] = (
            (self.version, "請填寫版次，例如 116。"),
            (self.document, "請填寫發布或修正規定的文號。"),
            (self.words, "請填寫修正後的條文，供各頁面引用。"),
        )
        for field, sentence in () if self.only_reckon else asked:
            if not (field.data or "").strip():
                yield Invalid(sentence, field=field.name)
        if self.code.errors or self.replaces.errors:
            return
        yield from regulations.version_faults(
            code=self.code.data,
            version="" if self.only_reckon else self.version.data or "",
            min_days=self.min_days.data or "",
            effective_from=self.effective_from.data,
            replaces=self.replaced,
        )


def _named(schedules: Iterable[RuleSchedule]) -> list[tuple[str, str]]:
    return [
        (str(each.id), f"{each.version} 版（{format_date(each.effective_from)}起 {each.min_days} 日）")
        for each in schedules
    ]
