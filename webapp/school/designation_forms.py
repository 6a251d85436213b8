"""Untrusted input about designations -> typed values."""

from collections.abc import Iterable
from datetime import date
from uuid import UUID

from wtforms import BooleanField, StringField
from wtforms.validators import Length

from tenants.people.designations.models import Kind
from tenants.people.designations.rules import Wanted
from tenants.people.models import User
from webapp.form_fields import CheckedChoices, OneOf, RocDateField, Stated, options
from webapp.forms import Form

_LONGEST = 100
_TOO_LONG = "最多 %(max)d 字。"
_KINDS = [(Kind.PERSON.value, "專人（一位人員）"), (Kind.OFFICE.value, "處室（成員共同負責）")]


class DesignationForm(Form):
    """Who is designated, as what, and from which day on."""

    kind = OneOf("指派方式", choices=options(_KINDS), default=Kind.PERSON.value)
    office = StringField("處室名稱", [Length(max=_LONGEST, message=_TOO_LONG)])
    contact = OneOf("專人，或處室的聯絡人", validators=[Stated("請選擇專人，或處室的聯絡人。")])
    members = CheckedChoices("處室的其他成員", unknown="請勾選頁面上列出的人員。")
    from_on = RocDateField("起日", [Stated("請填寫起日，例如 116/08/01。")])
    document = StringField("文號或會議紀錄", [Length(max=_LONGEST, message=_TOO_LONG)])

    @classmethod
    def of(cls, staff: Iterable[User], *, fresh: bool = False) -> "DesignationForm":
        """The form with the institution's people to choose from."""
        form = cls(formdata=None) if fresh else cls()
        named = [(str(user.id), called(user)) for user in staff]
        form.contact.choices = options([("", "請選擇"), *named])
        form.members.choices = options(named)
        return form

    def wanted(self) -> Wanted:
        """What was chosen. Only of a form that is whole."""
        kind = Kind(self.kind.data)
        return Wanted(
            kind=kind,
            office=self.office.data or "",
            contact_id=UUID(self.contact.data),
            members=tuple(UUID(each) for each in self.members.data or []) if kind is Kind.OFFICE else (),
            from_on=self.from_on.day,
            document=self.document.data or "",
        )


class EndDesignationForm(Form):
    """The end of a designation that nobody takes over."""

    on = RocDateField("結束日", [Stated("請填寫結束日，例如 116/07/31。")])
    resigned = BooleanField("因辭職或出缺，目前尚無接任人選")


class DayForm(Form):
    """Which day is asked for."""

    class Meta(Form.Meta):
        """A question in the address: it changes nothing."""

        csrf = False

    day = RocDateField("查詢日期")

    def asked(self) -> date | None:
        """The day, where one was typed as a day."""
        return self.day.data if self.validate() else None


def called(user: User) -> str:
    """Somebody as a list of people names them."""
    return f"{user.name}（{user.title}）" if user.title else user.name
