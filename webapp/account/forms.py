"""Untrusted input of the account pages -> typed values."""

from wtforms import PasswordField, StringField
from wtforms.validators import EqualTo, InputRequired, Length

from webapp.forms import Form

_LONGEST = 256  # more than any login or password we accept; the rules say the true bound


class SignInForm(Form):
    """Who, and the proof of it."""

    login = StringField("帳號", [InputRequired("請輸入帳號。"), Length(max=_LONGEST)])
    password = PasswordField("密碼", [InputRequired("請輸入密碼。"), Length(max=_LONGEST)])


class PinForm(Form):
    """The person's own PIN, twice, with the password."""

    current = PasswordField("目前的密碼", [InputRequired("請輸入目前的密碼。"), Length(max=_LONGEST)])
    pin = PasswordField("新 PIN", [InputRequired("請輸入新 PIN。"), Length(max=_LONGEST)])
    again = PasswordField(
        "再輸入一次新 PIN", [InputRequired("請再輸入一次新 PIN。"), EqualTo("pin", "兩次輸入的 PIN 不同。")]
    )


class PasswordForm(Form):
    """The old password once, the new one twice."""

    current = PasswordField("目前的密碼", [InputRequired("請輸入目前的密碼。"), Length(max=_LONGEST)])
    password = PasswordField("新密碼", [InputRequired("請輸入新密碼。"), Length(max=_LONGEST)])
    again = PasswordField(
        "再輸入一次新密碼", [InputRequired("請再輸入一次新密碼。"), EqualTo("password", "兩次輸入的新密碼不同。")]
    )
