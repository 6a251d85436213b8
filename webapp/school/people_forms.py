"""Untrusted input of the pages about people -> typed values."""

from collections.abc import Iterable

from wtforms import PasswordField, StringField
from wtforms.validators import Length

from tenants.people.models import User
from tenants.people.rules import SUCCEEDED
from tenants.permissions import ROLE_NAMES, SCHOOL_ROLES, Role
from webapp.form_fields import OneOf, Stated, options
from webapp.forms import Form

_LONGEST = 100
_TOO_LONG = "最多 %(max)d 字。"
_ROLES = [(role.value, ROLE_NAMES[role]) for role in Role if role in SCHOOL_ROLES]


class AppointForm(Form):
    """Somebody with an account, and a role."""

    login = StringField("帳號", [Stated("請輸入對方的帳號。"), Length(max=_LONGEST, message=_TOO_LONG)])
    role = OneOf("角色", choices=options(_ROLES), default=Role.STAFF.value)
    unit = StringField("單位", [Length(max=_LONGEST, message=_TOO_LONG)])


class NewPersonForm(AppointForm):
    """Somebody without an account yet. The password is the first one; they change it after signing in."""

    name = StringField("姓名", [Stated("請填寫姓名。"), Length(max=_LONGEST, message=_TOO_LONG)])
    title = StringField("職稱", [Length(max=_LONGEST, message=_TOO_LONG)])
    email = StringField("電子郵件", [Length(max=_LONGEST, message=_TOO_LONG)])
    password = PasswordField("初始密碼", [Stated("請設定初始密碼。"), Length(max=256, message=_TOO_LONG)])


class EndForm(Form):
    """Who takes over, where the role is one that somebody takes over."""

    successor = OneOf("接任人員")

    @classmethod
    def of(cls, role: Role, others: Iterable[User]) -> "EndForm":
        """The form with everybody else of the institution to choose from; for a guard or staff with nobody."""
        form = cls()
        others = others if role in SUCCEEDED else ()
        named = [
            (str(person.id), f"{person.name}（{person.title}）" if person.title else person.name) for person in others
        ]
        form.successor.choices = options([("", "不另指派接任人員"), *named])
        return form

    @property
    def asks_successor(self) -> bool:
        """Whether there is anybody to choose."""
        return len(self.successor.choices) > 1
