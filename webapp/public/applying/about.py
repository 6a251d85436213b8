"""調閱申請說明 of one institution, the sign for its gate and the empty form: all without proving anything."""

from datetime import datetime
from functools import lru_cache
from uuid import UUID

from flask import Blueprint, Response, current_app, render_template, request, url_for

from infra import clock, qr
from infra.settings import Settings
from tenants.disclosures.insider import printing
from tenants.errors import NotFound
from tenants.registry import queries as registry
from webapp import printouts
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


@blueprint.get("/blank-form.pdf")
@public
def blank_form(code: str) -> Response:
    """The empty form of a site, the first one unless `site` names another: also without a telephone one can ask."""
    tenant = visiting.institution(code)
    sites = registry.sites(tenant_id=tenant.id)
    wanted = request.args.get("site", "")
    site = next((each for each in sites if each.code == wanted), next(iter(sites), None))
    if site is None:
        raise NotFound
    return printouts.file(
        _blank(tenant.id, site.profile, clock.now().replace(second=0, microsecond=0)),
        media_type="application/pdf",
        name="空白申請單.pdf",
        shown=True,
    )


@lru_cache(maxsize=64)
def _blank(tenant_id: UUID, profile_code: str, minute: datetime) -> bytes:
    """Made once a minute: whoever asks again and again costs nothing."""
    tenant = registry.tenant(tenant_id=tenant_id)
    day = clock.civil_day(minute)
    return printouts.made(printing.blank(tenant=tenant, profile_code=profile_code, on=day, printed_by="申請說明網頁"))


def _address(code: str) -> str:
    settings: Settings = current_app.config["SETTINGS"]
    return settings.base_url + url_for("applying.about.show", code=code)
