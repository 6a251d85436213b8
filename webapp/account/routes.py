"""Signing in and out, one's own account, and the first page after signing in."""

from http import HTTPStatus

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user

from tenants.actor import Actor, ActorKind
from tenants.errors import Invalid, NotFound
from tenants.people import actions, pins, queries
from tenants.people.models import User
from webapp import identify, signin
from webapp.access import public, signed_in
from webapp.account import failures
from webapp.account.forms import PasswordForm, PinForm, SignInForm
from webapp.account.presenters import places_of, safe_next

account = Blueprint("account", __name__)


@account.get("/sign-in")
@public
def sign_in() -> ResponseReturnValue:
    """The sign-in page."""
    if current_user.is_authenticated:
        return redirect(url_for("account.home"), HTTPStatus.SEE_OTHER)
    return _sign_in_page(SignInForm())


@account.post("/sign-in")
@public
def send_sign_in() -> ResponseReturnValue:
    """Check the password; then on to the page that was asked for."""
    form = SignInForm()
    if not form.validate():
        return _sign_in_page(form), HTTPStatus.UNPROCESSABLE_ENTITY
    who = Actor(kind=ActorKind.PERSON, address=request.remote_addr or "", client=request.user_agent.string)
    user = actions.sign_in(login=form.login.data, password=form.password.data, actor=who)
    if user is None:
        identify.keep_changes()  # the failure must count
        form.form_errors.append(failures.sentence(form.login.data))
        return _sign_in_page(form), HTTPStatus.UNAUTHORIZED
    signin.begin(user)
    return redirect(safe_next(request.args.get("next", "")) or url_for("account.home"), HTTPStatus.SEE_OTHER)


@account.post("/sign-out")
@signed_in
def sign_out() -> ResponseReturnValue:
    """End the person's sessions everywhere."""
    actions.sign_out(user_id=current_user.id, actor=identify.actor())
    signin.end()
    flash("您已登出。", "good")
    return redirect(url_for("account.sign_in"), HTTPStatus.SEE_OTHER)


@account.get("/home")
@signed_in
def home() -> ResponseReturnValue:
    """The person's only place at once, else the list of places to choose from."""
    places = places_of(queries.memberships_of(user_id=current_user.id))
    if len(places) == 1:
        return redirect(places[0].href, HTTPStatus.SEE_OTHER)
    return render_template("account/home.html", places=places)


@account.get("/account")
@signed_in
def profile() -> ResponseReturnValue:
    """The person's own account and roles."""
    user = queries.user(user_id=current_user.id)
    return render_template(
        "account/profile.html", user=user, places=places_of(queries.memberships_of(user_id=current_user.id))
    )


@account.get("/account/password")
@signed_in
def password() -> ResponseReturnValue:
    """The form for a new password."""
    return render_template("account/password.html", form=PasswordForm())


@account.post("/account/password")
@signed_in
def send_password() -> ResponseReturnValue:
    """Set a new password; sessions elsewhere end, this one goes on."""
    form = PasswordForm.of(_me())
    if form.validate():
        try:
            user = actions.change_password(
                user_id=current_user.id, current=form.current.data, new=form.password.data, actor=identify.actor()
            )
        except Invalid as error:
            form.show(error)
        else:
            signin.begin(user)
            flash("密碼已變更。您在其他裝置上的登入已結束。", "good")
            return redirect(url_for("account.profile"), HTTPStatus.SEE_OTHER)
    return render_template("account/password.html", form=form), HTTPStatus.UNPROCESSABLE_ENTITY


@account.get("/account/pin")
@signed_in
def pin() -> ResponseReturnValue:
    """The form for the PIN with which somebody is present at a viewing."""
    return render_template("account/pin.html", form=PinForm(), has_pin=_has_pin())


@account.post("/account/pin")
@signed_in
def send_pin() -> ResponseReturnValue:
    """Set the person's own PIN."""
    form = PinForm.of(_me())
    if form.validate():
        try:
            pins.set_pin(user_id=current_user.id, password=form.current.data, pin=form.pin.data, actor=identify.actor())
        except Invalid as error:
            form.show(error)
        else:
            flash("PIN 已設定。陪同調閱時，請親自輸入，不要告訴任何人。", "good")
            return redirect(url_for("account.profile"), HTTPStatus.SEE_OTHER)
    return render_template("account/pin.html", form=form, has_pin=_has_pin()), HTTPStatus.UNPROCESSABLE_ENTITY


def _has_pin() -> bool:
    return bool(_me().pin_hash)


def _me() -> User:
    found = queries.user(user_id=current_user.id)
    if found is None:
        raise NotFound
    return found


def _sign_in_page(form: SignInForm) -> str:
    return render_template("account/sign_in.html", form=form, is_sign_in=True)
