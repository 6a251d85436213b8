"""調閱申請說明 of one institution, and the sign for its gate: all without proving anything."""

from flask import Blueprint, Response, current_app, render_template, url_for

from infra import qr
from infra.settings import Settings
from webapp.access import public
from webapp.public.applying import visiting
from webapp.public.applying.about_view import about_page
from webapp.public.presenters import former_name

blueprint = Blueprint("about", __name__)


@blueprint.get("/")
@public
def show(code: str) -> str:
    """Who may ask, why, what one may and may not do, how long it takes, and how far back one can ask."""
    tenant = visiting.institution(code)
    return render_template("public/applying/about.html", former=former_name(tenant), **about_page(tenant))


@blueprint.get("/poster")
@public
def poster(code: str) -> str:
    """A page to print and hang at the gate."""
    tenant = visiting.institution(code)
    return render_template("public/applying/poster.html", address=_address(tenant.code), **about_page(tenant))


@blueprint.get("/qr.svg")
@public
def code_of_address(code: str) -> Response:
    """The QR code that leads here."""
    tenant = visiting.institution(code)
    return Response(qr.svg(_address(tenant.code)), mimetype="image/svg+xml")


def _address(code: str) -> str:
    settings: Settings = current_app.config["SETTINGS"]
    return settings.base_url + url_for("applying.about.show", code=code)
