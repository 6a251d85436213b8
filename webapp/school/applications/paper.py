"""補登: who handles the system keys in an application that came on paper, on one page (KH-6-2d, KH-A1-03, DR-20)."""

from http import HTTPStatus
from uuid import UUID

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from infra import clock
from tenants.disclosures.asking import Caution, NeedsConfirmation
from tenants.disclosures.insider import filing
from tenants.errors import Invalid, NotFound
from tenants.footage import queries as footage
from tenants.permissions import Permission
from tenants.registry import queries as registry
from tenants.registry.models import Site
from webapp.access import requires
from webapp.identify import actor
from webapp.public.applying.visiting import lookup_secret
from webapp.public.applying.where_form import MAX_WINDOWS, is_offered
from webapp.school.applications.paper_forms import Sheet

blueprint = Blueprint("paper_applications", __name__, url_prefix="/applications/paper")
_UNPROCESSABLE = HTTPStatus.UNPROCESSABLE_ENTITY


@blueprint.get("/")
@requires(Permission.APPLICATION_KEY_IN)
def new(tenant_id: UUID) -> str:
    """An empty sheet."""
    return _page(_sheet(tenant_id, fresh=True))


@blueprint.post("/")
@requires(Permission.APPLICATION_KEY_IN)
def file(tenant_id: UUID) -> ResponseReturnValue:
    """File it as of the paper's own day; preserved in the same moment, as any other."""
    sheet = _sheet(tenant_id)
    if "add_window" in request.form:
        if len(sheet.where.windows) < MAX_WINDOWS:
            sheet.where.windows.append_entry()
        return _page(_offered(sheet))
    made = sheet.application()
    if made is None:
        return _page(sheet), _UNPROCESSABLE
    try:
        filed = filing.file_application(actor=actor(), tenant_id=tenant_id, application=made, lookup=lookup_secret())
    except NeedsConfirmation as asked:
        return _page(sheet, cautions=asked.cautions), _UNPROCESSABLE
    except Invalid as refused:
        sheet.paper.show(refused)
        return _page(sheet), _UNPROCESSABLE
    kept = "申請的時段已先行保全。" if filed.hold_id else "申請的時段已無影像，不另保全。"
    flash(f"已補登 {filed.serial}。{kept}紙本正本請依編號保存至少一年。", "good")
    return redirect(url_for("school.applications.show", disclosure_id=filed.id), HTTPStatus.SEE_OTHER)


def _sheet(tenant_id: UUID, *, fresh: bool = False) -> Sheet:
    site, today = _site(tenant_id), clock.today()
    cameras = registry.cameras_ever(tenant_id=tenant_id)
    return Sheet.of(
        site, [each for each in cameras if each.site_id == site.id and is_offered(each, today)], fresh=fresh
    )


def _offered(sheet: Sheet) -> Sheet:
    sheet.where.offer(sheet.cameras, rule=sheet.rule, incident=None)
    return sheet


def _site(tenant_id: UUID) -> Site:
    """The site that the address names, else the first. Raises `NotFound` for another institution's."""
    chosen = request.args.get("site", "")
    fitting = [each for each in registry.sites(tenant_id=tenant_id) if not chosen or str(each.id) == chosen]
    if not fitting:
        raise NotFound
    return fitting[0]


def _page(sheet: Sheet, *, cautions: tuple[Caution, ...] = ()) -> str:
    sheet.identity.number.data = ""  # a number is never shown again, a mistyped one neither (DR-22)
    tenant_id = sheet.site.tenant_id
    earliest = footage.earliest_days(tenant_id=tenant_id, cameras=sheet.cameras)
    return render_template(
        "school/applications/paper.html",
        sheet=sheet,
        sites=registry.sites(tenant_id=tenant_id),
        rules=sheet.rule,
        earliest={str(camera_id): day for camera_id, day in earliest.items()},
        most=MAX_WINDOWS,
        cautions=cautions,
        faults=sheet.faults(),
    )
