"""Untrusted input of the account pages -> typed values."""

from collections.abc import Iterable

from wtforms import PasswordField, StringField
from wtforms.validators import EqualTo, InputRequired, Length

from tenants.errors import Invalid
from tenants.people import actions, pins
from tenants.people.models import User
from webapp.forms import Form

_LONGEST = 256  # more than any login or password we accept; the rules say the true bound


class SignInForm(Form):
    """Who, and the proof of it."""

    exact = frozenset({"login"})

    login = StringField("帳號", [InputRequired("請輸入帳號。"), Length(max=_LONGEST)])
    password = PasswordField("密碼", [InputRequired("請輸入密碼。"), Length(max=_LONGEST)])


class PinForm(Form):
    """The person's own PIN, twice, with the password."""

    current = PasswordField("目前的密碼", [InputRequired("請輸入目前的密碼。"), Length(max=_LONGEST)])
    pin = PasswordField("新 PIN", [InputRequired("請輸入新 PIN。"), Length(max=_LONGEST)])
    again = PasswordField(
        "再輸入一次新 PIN", [InputRequired("請再輸入一次新 PIN。"), EqualTo("pin", "兩次輸入的 PIN 不同。")]
    )
    owner: User

    @classmethod
    def of(cls, owner: User) -> "PinForm":
        """What this person sent."""
        form = cls()
        form.owner = owner
        return form

    def wrong(self) -> Iterable[Invalid]:
        """Another's password, and a PIN that anybody would try first."""
        return pins.pin_faults(self.owner, password=self.current.data or "", pin=self.pin.data or "")


class PasswordForm(Form):
    """The old password once, the new one twice."""

    current = PasswordField("目前的密碼", [InputRequired("請輸入目前的密碼。"), Length(max=_LONGEST)])
    password = PasswordField("新密碼", [InputRequired("請輸入新密碼。"), Length(max=_LONGEST)])
    again = PasswordField(
        "再輸入一次新密碼", [InputRequired("請再輸入一次新密碼。"), EqualTo("password", "兩次輸入的新密碼不同。")]
    )
    owner: User

    @classmethod
    def of(cls, owner: User) -> "PasswordForm":
        """What this person sent."""
        form = cls()
        form.owner = owner
        return form

    def wrong(self) -> Iterable[Invalid]:
        """Another's password, and a new one that is too weak."""
        return actions.password_faults(self.owner, current=self.current.data or "", new=self.password.data or "")
