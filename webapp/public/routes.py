"""The landing page, what one should know before asking for footage, and each institution's notice."""

from http import HTTPStatus

from flask import Blueprint, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user

from webapp.access import public

public_pages = Blueprint("public", __name__)


@public_pages.get("/")
@public
def landing() -> ResponseReturnValue:
    """What this is, and the way in."""
    if current_user.is_authenticated:
        return redirect(url_for("account.home"), HTTPStatus.SEE_OTHER)
    return render_template("public/landing.html")


@public_pages.get("/about-access")
@public
def about_access() -> str:
    """Who may ask for footage, how, and what happens then."""
    return render_template("public/about_access.html")
