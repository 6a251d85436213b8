"""空白表單: 調閱申請單, 登記簿 and 檢查紀錄 of each site, for anybody at the institution, at any time (DR-20)."""

from uuid import UUID

from flask import Blueprint, Response, render_template

from infra import clock
from tenants.disclosures.insider import printing
from tenants.disclosures.register import copies
from tenants.forms import inspection_wording, register_wording, request_wording
from tenants.permissions import Permission
from tenants.registry import queries as registry
from tenants.registry.regulations import profile
from tenants.roc_dates import this_year
from webapp import printouts
from webapp.access import requires
from webapp.identify import actor

blueprint = Blueprint("blank_forms", __name__, url_prefix="/forms")


@blueprint.get("/")
@requires(Permission.FORM_READ)
def index(tenant_id: UUID) -> str:
    """What can be printed, by site, and what to do with a paper afterwards."""
    today, sites = clock.today(), registry.sites(tenant_id=tenant_id)
    rules = {site.id: profile(site.profile, today) for site in sites}
    return render_template(
        "school/blank_forms.html",
        sites=sites,
        rules=rules,
        requests={key: request_wording(rule.request_form.form, today) for key, rule in rules.items()},
        registers={key: register_wording(rule.register.form, today, profile=rule.code) for key, rule in rules.items()},
        inspections={key: inspection_wording(rule.inspection.form, today) for key, rule in rules.items()},
        may_enter=actor().may(Permission.PAPER_ENTER),
    )


@blueprint.get("/<uuid:site_id>/request.pdf")
@requires(Permission.FORM_READ)
def request_form(tenant_id: UUID, site_id: UUID) -> Response:
    """附件1 or 附錄1, empty."""
    site = registry.site(tenant_id=tenant_id, site_id=site_id)
    tenant = registry.tenant(tenant_id=tenant_id)
    sheet = printing.blank(tenant=tenant, profile_code=site.profile, on=clock.today(), printed_by=actor().name)
    return printouts.pdf(sheet, name="空白申請單")


@blueprint.get("/<uuid:site_id>/register.pdf")
@requires(Permission.FORM_READ)
def register_form(tenant_id: UUID, site_id: UUID) -> Response:
    """附件2, or our own columns where the regulation prints none (TY-5-4b), empty."""
    site = registry.site(tenant_id=tenant_id, site_id=site_id)
    rule = profile(site.profile, clock.today())
    sheet = copies.sheet(
        (),
        wording=register_wording(rule.register.form, clock.today(), profile=rule.code),
        profile=rule.code,
        tenant=registry.tenant(tenant_id=tenant_id),
        year=this_year(),
        of=0,
        printed_by=actor().name,
    )
    return printouts.pdf(sheet, name="空白登記簿")
