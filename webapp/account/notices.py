"""通知設定: a person's quiet hours, whether they want the morning's mail, and the address for their calendar."""

from collections.abc import Iterable
from collections.abc import Set as AbstractSet
from http import HTTPStatus

from flask import Blueprint, current_app, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user
from wtforms import BooleanField, SelectField
from wtforms.fields.choices import SelectChoice

from infra.settings import Settings
from tenants.errors import Invalid
from tenants.notices import feeds, people, rules, wishes
from tenants.notices.people import Wishes
from tenants.notices.rules import Quiet
from tenants.people import queries
from tenants.permissions import Role
from webapp.access import signed_in
from webapp.forms import Form
from webapp.identify import actor

account_notices = Blueprint("account_notices", __name__, url_prefix="/account/notices")


def _hours(first: int, last: int) -> list[SelectChoice]:
    return [SelectChoice(hour, f"{hour:02}:00") for hour in range(first, last + 1)]


class WishesForm(Form):
    """When a person wants to be told."""

    quiet_from = SelectField("勿擾開始", coerce=int, choices=_hours(rules.EARLIEST_QUIET, rules.LATEST_QUIET))
    quiet_until = SelectField("勿擾結束", coerce=int, choices=_hours(rules.EARLIEST_OPEN, rules.LATEST_OPEN))
    digest = BooleanField("辦公日早上寄一封待辦提醒（有待辦時才寄）")

    roles: AbstractSet[Role] = frozenset()

    @classmethod
    def of(cls, roles: AbstractSet[Role]) -> "WishesForm":
        """What somebody with these roles sent."""
        form = cls()
        form.roles = roles
        return form

    def wrong(self) -> Iterable[Invalid]:
        """Hours beyond their bounds, and a digest that the duties of the person do not leave to them."""
        begins, ends = self.quiet_from.data, self.quiet_until.data
        if begins is not None and ends is not None:
            yield from rules.wish_faults(begins=begins, ends=ends, digest=bool(self.digest.data), roles=self.roles)

    @property
    def wanted(self) -> Wishes:
        """What was chosen."""
        quiet = Quiet(begins=self.quiet_from.data, ends=self.quiet_until.data)
        return Wishes(digest=bool(self.digest.data), quiet=quiet)


@account_notices.get("/")
@signed_in
def show() -> str:
    """The person's own choices, and whether a calendar fetches their due days."""
    held = people.wishes_of(user_id=current_user.id)
    form = WishesForm(formdata=None, quiet_from=held.quiet.begins, quiet_until=held.quiet.ends, digest=held.digest)
    return _page(form)


@account_notices.post("/")
@signed_in
def send() -> ResponseReturnValue:
    """Keep the choices."""
    form = WishesForm.of(_roles())
    if form.validate():
        try:
            wishes.set_wishes(actor=actor(), user_id=current_user.id, wanted=form.wanted, roles=_roles())
        except Invalid as error:
            form.show(error)
        else:
            flash("通知設定已儲存，自下一封通知起適用。", "good")
            return redirect(url_for("account_notices.show"), HTTPStatus.SEE_OTHER)
    return _page(form), HTTPStatus.UNPROCESSABLE_ENTITY


@account_notices.post("/calendar")
@signed_in
def make_calendar() -> str:
    """A new address, shown this once; the one before it is dead."""
    token = feeds.make(actor=actor(), user_id=current_user.id)
    settings: Settings = current_app.config["SETTINGS"]
    address = settings.base_url + url_for("calendars.feed", token=token)
    return render_template("account/calendar.html", address=address)


@account_notices.post("/calendar/end")
@signed_in
def end_calendar() -> ResponseReturnValue:
    """The address is dead from now on."""
    feeds.revoke(actor=actor(), user_id=current_user.id)
    flash("行事曆網址已停用。已加入的行事曆下次更新時就讀不到內容。", "good")
    return redirect(url_for("account_notices.show"), HTTPStatus.SEE_OTHER)


def _page(form: WishesForm) -> str:
    return render_template(
        "account/notices.html",
        form=form,
        user=queries.user(user_id=current_user.id),
        bound=not rules.may_do_without(_roles()),
        feed=feeds.living(user_id=current_user.id),
    )


def _roles() -> set[Role]:
    return {Role(each.role) for each in queries.memberships_of(user_id=current_user.id)}
