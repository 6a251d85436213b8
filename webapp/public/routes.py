"""The landing page, what one should know before asking for footage, and each institution's notice."""

from http import HTTPStatus
from uuid import UUID

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user

from infra.db import db
from infra.tenancy import bind_tenant
from tenants.disclosures.closed import what_is_left
from tenants.errors import NotFound
from tenants.registry import names
from tenants.registry import queries as registry
from tenants.registry.models import TenantKind
from webapp.access import public
from webapp.public.presenters import closed_notice, former_name, found, notice_of

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


@public_pages.get("/notices")
@public
def notices() -> str:
    """Find an institution's notice by the name that parents know: nobody remembers the address of the notice."""
    typed = request.args.get("q", "").strip()
    return render_template(
        "public/notices.html", typed=typed, found=found(registry.directory(), typed, former=names.known_as())
    )


@public_pages.get("/notice/<uuid:tenant_id>")
@public
def notice(tenant_id: UUID) -> str:
    """監視錄影告知事項 of one institution, as the Personal Data Protection Act asks (KH-5-1b)."""
    tenant = registry.tenant(tenant_id=tenant_id)
    if tenant.kind == TenantKind.BUREAU:
        raise NotFound
    # What a sign at the gate says anyway: periods, kinds of places, whether there is sound. No camera, no person.
    bind_tenant(db.session, tenant_id)
    left = what_is_left(tenant_id=tenant_id)
    if left is not None:
        return render_template("public/notice_closed.html", **closed_notice(tenant, left))
    sites, cameras = registry.sites(tenant_id=tenant_id), registry.cameras(tenant_id=tenant_id)
    return render_template(
        "public/notice.html",
        tenant=tenant,
        former=former_name(tenant),
        parts=[notice_of(site, cameras) for site in sites],
    )
