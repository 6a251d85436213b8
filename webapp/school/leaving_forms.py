"""Untrusted input about who leaves -> typed values."""

from collections.abc import Collection, Iterable
from uuid import UUID

from wtforms import BooleanField, PasswordField, StringField
from wtforms.validators import Length

from tenants.leaving.models import Way
from tenants.leaving.rules import HANDED_NAMES, WAY_NAMES, Handed, Leaving
from tenants.people.models import User
from tenants.permissions import ROLE_NAMES, Role
from webapp.form_fields import CheckedChoices, OneOf, RocDateField, Stated, options
from webapp.forms import Form
from webapp.school.designation_forms import called

_LONGEST, _LONGEST_PIN = 100, 20
_TOO_LONG = "最多 %(max)d 字。"


class WhoForm(Form):
    """Who leaves; the address then names them."""

    class Meta(Form.Meta):
        """A question in the address: it changes nothing."""

        csrf = False

    person = OneOf("離開的人員", validators=[Stated("請選擇離開的人員。")])

    @classmethod
    def of(cls, staff: Iterable[User], **arguments: object) -> "WhoForm":
        """The form with everybody of the institution."""
        form = cls(**arguments)
        form.person.choices = options([("", "請選擇"), *((str(user.id), called(user)) for user in staff)])
        return form


class LeavingForm(Form):
    """How somebody leaves, from which day on, and who takes over what must not stand empty."""

    way = OneOf("離開方式", choices=options((way.value, name) for way, name in WAY_NAMES.items()))
    gone_on = RocDateField("生效日", [Stated("請填寫生效日，例如 116/08/01。")])
    document = StringField("文號", [Length(max=_LONGEST, message=_TOO_LONG)])
    head = OneOf(f"接任「{ROLE_NAMES[Role.HEAD]}」")
    handler = OneOf(f"接任「{ROLE_NAMES[Role.HANDLER]}」")
    vacant = BooleanField("辭職或出缺，目前尚無接任承辦人的人選")

    @classmethod
    def of(cls, held: Collection[Role], others: Iterable[User], *, fresh: bool = False) -> "LeavingForm":
        """The form with only those successors to be named whose office the person holds."""
        form = cls(formdata=None) if fresh else cls()
        offered = options([("", "不另指派"), *((str(user.id), called(user)) for user in others)])
        for role, name in ((Role.HEAD, "head"), (Role.HANDLER, "handler")):
            form[name].choices = offered
            if role not in held:
                del form[name]
        if Role.HANDLER not in held:
            del form.vacant
        return form

    def wanted(self, user_id: UUID) -> Leaving:
        """What was said. Only of a form that is whole."""
        chosen = {role: self[name].data for role, name in _SUCCESSORS.items() if name in self and self[name].data}
        return Leaving(
            user_id=user_id,
            way=Way(self.way.data),
            gone_on=self.gone_on.day,
            document=self.document.data or "",
            successors={role: UUID(typed) for role, typed in chosen.items()},
            vacant=bool("vacant" in self and self.vacant.data),
        )


_SUCCESSORS = {Role.HEAD: "head", Role.HANDLER: "handler"}


class SettleForm(Form):
    """What was handed over from hand to hand."""

    handed = CheckedChoices("點交項目", unknown="請勾選頁面上列出的項目。")

    @classmethod
    def of(cls, *, fresh: bool = False) -> "SettleForm":
        """The form with every item."""
        form = cls(formdata=None) if fresh else cls()
        form.handed.choices = options((each.value, name) for each, name in HANDED_NAMES.items())
        return form

    def chosen(self) -> list[Handed]:
        """Which. Only after `validate`."""
        return [Handed(each) for each in self.handed.data or []]


class SecrecyForm(Form):
    """The signature at leaving, on the head's screen."""

    pin = PasswordField(
        "本人的 PIN", [Stated("請由本人輸入 PIN。"), Length(max=_LONGEST_PIN, message="最多 %(max)d 字。")]
    )
