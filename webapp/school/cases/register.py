"""調閱登記簿 by 民國 year."""

from uuid import UUID

from flask import Blueprint, render_template, request

from infra import clock
from tenants.disclosures.register import queries as registers
from tenants.permissions import Permission
from tenants.roc_dates import roc_year
from webapp.access import requires
from webapp.school import regulation
from webapp.school.cases import register_view

blueprint = Blueprint("register", __name__)


@blueprint.get("/register")
@requires(Permission.REGISTER_READ)
def show(tenant_id: UUID) -> str:
    """One volume of the register (附件2), this year's unless another was asked for."""
    this_year = roc_year(clock.today())
    typed = request.args.get("year", "")
    year = int(typed) if typed.isascii() and typed.isdigit() and len(typed) <= len("115") else this_year
    return render_template(
        "school/cases/register.html",
        year=year,
        years=sorted({*registers.years(tenant_id=tenant_id), this_year, year}, reverse=True),
        lines=register_view.register_lines(registers.volume(tenant_id=tenant_id, roc_year=year)),
        rules=regulation.rules_of_institution(tenant_id=tenant_id),
    )
