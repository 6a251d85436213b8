"""申請單與登記簿 and how long they are kept: what is over its year is listed for whoever approves, never removed."""

from collections.abc import Iterable
from datetime import date
from uuid import UUID

from flask import Blueprint, Response, render_template

from infra import clock, spreadsheets
from tenants.disclosures import keeping
from tenants.disclosures.keeping import KeptRecord
from tenants.permissions import Permission
from tenants.roc_dates import format_date
from webapp import printouts
from webapp.access import requires
from webapp.school import regulation

blueprint = Blueprint("records", __name__, url_prefix="/records")
_HEADINGS = ("資料", "起算日", "至少保存至", "申請人請求刪除")


@blueprint.get("/")
@requires(Permission.REGISTER_READ)
def index(tenant_id: UUID) -> str:
    """Every volume and form with the day through which it is kept."""
    today = clock.today()
    return render_template(
        "school/cases/records.html",
        volumes=keeping.volumes(tenant_id=tenant_id),
        forms=keeping.forms(tenant_id=tenant_id, today=today),
        today=today,
        rules=regulation.rules_of_institution(tenant_id=tenant_id),
    )


@blueprint.get("/proposal.ods")
@requires(Permission.REGISTER_READ)
def proposal(tenant_id: UUID) -> Response:
    """What is over its year, as the list that is sent for approval."""
    today = clock.today()
    found = [*keeping.volumes(tenant_id=tenant_id), *keeping.forms(tenant_id=tenant_id, today=today)]
    rows = _rows(found, today)
    return printouts.spreadsheet(rows, ending="ods", name="申請單與登記簿擬銷毀清冊", sheet="擬銷毀清冊")


def _rows(found: Iterable[KeptRecord], today: date) -> list[spreadsheets.Row]:
    over = keeping.proposals(list(found), today=today)
    return [
        _HEADINGS,
        *((each.name, _day(each.since), _day(each.through), "是" if each.asked else "") for each in over),
    ]


def _day(day: date | None) -> str:
    return format_date(day) if day is not None else ""
