"""檢查與保養資料: one file of everything of the article, for any period (KH-8-0)."""

from datetime import date, timedelta
from http import HTTPStatus
from uuid import UUID

from flask import Blueprint, render_template, request
from flask.typing import ResponseReturnValue

from infra import clock
from tenants.compliance import upkeep_pack
from tenants.compliance.upkeep_pack import Pack
from tenants.errors import Invalid
from tenants.permissions import Permission
from tenants.profiles import Clause
from tenants.roc_dates import parse_date, short_date
from webapp import printouts
from webapp.access import requires
from webapp.identify import actor
from webapp.school import regulation

blueprint = Blueprint("packs", __name__, url_prefix="/upkeep-pack")
_NAME = "檢查與保養資料"
_YEAR = timedelta(days=365)


@blueprint.get("/")
@requires(Permission.UPKEEP_READ)
def index(tenant_id: UUID) -> str:
    """Which period, and in which form; the last year unless another is typed."""
    return _page(tenant_id)


@blueprint.get("/pack.pdf")
@requires(Permission.UPKEEP_READ)
def printed(tenant_id: UUID) -> ResponseReturnValue:
    """As one PDF."""
    try:
        return printouts.pdf(_pack(tenant_id, "pdf").sheet(printed_by=actor().name), name=_NAME)
    except Invalid as refused:
        return _page(tenant_id, said=str(refused)), HTTPStatus.UNPROCESSABLE_ENTITY


@blueprint.get("/pack.ods")
@requires(Permission.UPKEEP_READ)
def as_ods(tenant_id: UUID) -> ResponseReturnValue:
    """As an OpenDocument spreadsheet, none of whose cells is a formula (DR-24)."""
    return _file(tenant_id, "ods")


@blueprint.get("/pack.csv")
@requires(Permission.UPKEEP_READ)
def as_csv(tenant_id: UUID) -> ResponseReturnValue:
    """As comma-separated values."""
    return _file(tenant_id, "csv")


def _file(tenant_id: UUID, ending: str) -> ResponseReturnValue:
    try:
        rows = _pack(tenant_id, ending).rows()
    except Invalid as refused:
        return _page(tenant_id, said=str(refused)), HTTPStatus.UNPROCESSABLE_ENTITY
    return printouts.spreadsheet(rows, ending=ending, name=_NAME, sheet=_NAME)


def _pack(tenant_id: UUID, form: str) -> Pack:
    today = clock.today()
    first, last = _day("from", today - _YEAR), _day("until", today)
    return upkeep_pack.pack(actor=actor(), tenant_id=tenant_id, first=first, last=last, form=form)


def _day(name: str, otherwise: date) -> date:
    typed = request.args.get(name, "").strip()
    return parse_date(typed, field=name) if typed else otherwise


def _page(tenant_id: UUID, *, said: str = "") -> str:
    today = clock.today()
    rules = regulation.rules_of_institution(tenant_id=tenant_id)
    return render_template(
        "school/upkeep/pack.html",
        first=request.args.get("from") or short_date(today - _YEAR),
        last=request.args.get("until") or short_date(today),
        article=rules.article(Clause.MAINTENANCE_RECORDS),
        said=said,
    )
