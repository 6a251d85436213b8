"""調閱登記簿 by 民國 year: to read, to print on the form, and as a spreadsheet."""

from dataclasses import dataclass
from datetime import date
from http import HTTPStatus
from uuid import UUID

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from tenants.disclosures.register import copies, reading
from tenants.disclosures.register import queries as registers
from tenants.errors import Invalid
from tenants.permissions import Permission
from tenants.profiles import RuleProfile
from tenants.registry import queries as registry
from tenants.roc_dates import parse_date, this_year
from webapp import printouts
from webapp.access import requires
from webapp.form_fields import id_or_none
from webapp.identify import actor
from webapp.school import regulation
from webapp.school.cases import register_view

blueprint = Blueprint("register", __name__)


@dataclass(frozen=True, kw_only=True)
class _Asked:
    """One year's volume, and which days of it; None leaves an end open."""

    year: int
    first: date | None
    last: date | None


@blueprint.get("/register")
@requires(Permission.REGISTER_READ)
def show(tenant_id: UUID) -> str:
    """One volume of the register (附件2), this year's unless another was asked for."""
    return _page(tenant_id)


@blueprint.get("/register/register.pdf")
@requires(Permission.REGISTER_READ)
def printed(tenant_id: UUID) -> ResponseReturnValue:
    """The volume on the form of one regulation, or those of its pages that have a line of the days asked for."""
    try:
        asked = _asked()
        sheet = copies.printed(
            actor=actor(),
            tenant=registry.tenant(tenant_id=tenant_id),
            rule=_form(tenant_id, asked.year),
            year=asked.year,
            first=asked.first,
            last=asked.last,
        )
        return printouts.pdf(sheet, name=f"調閱登記簿-{asked.year}年")
    except Invalid as refused:
        return _page(tenant_id, said=str(refused)), HTTPStatus.UNPROCESSABLE_ENTITY


@blueprint.get("/register/register.csv")
@requires(Permission.REGISTER_READ)
def as_csv(tenant_id: UUID) -> ResponseReturnValue:
    """The lines as comma-separated values."""
    return _file(tenant_id, "csv")


@blueprint.get("/register/register.ods")
@requires(Permission.REGISTER_READ)
def as_ods(tenant_id: UUID) -> ResponseReturnValue:
    """The lines as an OpenDocument spreadsheet."""
    return _file(tenant_id, "ods")


@blueprint.get("/register/case")
@requires(Permission.REGISTER_READ)
def choose(tenant_id: UUID) -> ResponseReturnValue:
    """From the chosen case to the form for its paper."""
    chosen = id_or_none(request.args.get("case", ""))
    known = {each.id for each in register_view.cases_to_enter(tenant_id=tenant_id, actor=actor())}
    if chosen not in known:
        return redirect(url_for("school.register.show", tenant_id=tenant_id), HTTPStatus.SEE_OTHER)
    address = url_for("school.paper_lines.new", tenant_id=tenant_id, disclosure_id=chosen)
    return redirect(address, HTTPStatus.SEE_OTHER)


def _file(tenant_id: UUID, form: str) -> ResponseReturnValue:
    try:
        asked = _asked()
    except Invalid as refused:
        return _page(tenant_id, said=str(refused)), HTTPStatus.UNPROCESSABLE_ENTITY
    rows = copies.exported(
        actor=actor(), tenant_id=tenant_id, year=asked.year, form=form, first=asked.first, last=asked.last
    )
    year = f"{asked.year}年"
    return printouts.spreadsheet(rows, ending=form, name=f"調閱登記簿-{year}", sheet=year)


def _page(tenant_id: UUID, *, said: str = "") -> str:
    year, may_enter = _year(), actor().may(Permission.PAPER_ENTER)
    known = {*registers.years(tenant_id=tenant_id), this_year(), year}
    found = reading.lines(tenant_id=tenant_id, roc_year=year)
    return render_template(
        "school/cases/register.html",
        year=year,
        years=sorted(known, reverse=True),
        lines=register_view.register_lines(found),
        rules=regulation.rules_of_institution(tenant_id=tenant_id),
        forms=register_view.forms(found, tenant_id=tenant_id),
        may_enter=may_enter,
        may_open=actor().may(Permission.APPLICATION_PRINT),
        cases=register_view.cases_to_enter(tenant_id=tenant_id, actor=actor()) if may_enter else (),
        typed={"from": request.args.get("from", ""), "until": request.args.get("until", "")},
        said=said,
    )


def _asked() -> _Asked:
    """Raises `Invalid` with a sentence for the page."""
    first, last = _day("from"), _day("until")
    if first is not None and last is not None and last < first:
        raise Invalid("迄日不能早於起日。請檢查日期。", field="until")
    return _Asked(year=_year(), first=first, last=last)


def _form(tenant_id: UUID, year: int) -> RuleProfile:
    """The regulation on whose form the volume is printed: the one that was asked for, else the first site's."""
    code, first = request.args.get("form", ""), regulation.rules_of_institution(tenant_id=tenant_id)
    if code in {"", first.code}:
        return first
    forms = register_view.forms(reading.lines(tenant_id=tenant_id, roc_year=year), tenant_id=tenant_id)
    return next((each.rule for each in forms if each.rule.code == code), first)


def _year() -> int:
    typed = request.args.get("year", "")
    return int(typed) if typed.isascii() and typed.isdigit() and len(typed) <= len("115") else this_year()


def _day(name: str) -> date | None:
    typed = request.args.get(name, "").strip()
    return parse_date(typed, field=name) if typed else None
