"""A coming version's list of who lacks storage, sent and as a file, and whose meeting has adopted it (journey B3)."""

from http import HTTPStatus
from uuid import UUID

from flask import Blueprint, Response, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from tenants.compliance.forecast import Adoption
from tenants.compliance.rule_notices import actions
from tenants.permissions import Permission
from tenants.registry import regulations
from webapp import printouts
from webapp.access import Place, requires
from webapp.bureau import adoption_view, regulation_view
from webapp.identify import actor
from webapp.outcome import outcome_said
from webapp.paging import asked_words, page_number

blueprint = Blueprint("adoptions", __name__, url_prefix="/regulations/<uuid:schedule_id>")


@blueprint.get("/adoption")
@requires(Permission.COMPLIANCE_READ, place=Place.BUREAU)
def show(schedule_id: UUID) -> str:
    """Which sites' meetings passed the version, on which day, and which have not yet; by district."""
    district, state = asked_words(("district", "state")).values()
    found = adoption_view.page(
        regulations.schedule(schedule_id=schedule_id),
        district=district,
        state=state if state in set(Adoption) else "",
        number=page_number(),
    )
    return render_template("bureau/adoption.html", page=found, district=district, state=state, view=regulation_view)


@blueprint.get("/lacking.csv")
@requires(Permission.COMPLIANCE_READ, place=Place.BUREAU)
def as_csv(schedule_id: UUID) -> Response:
    """The list of who lacks storage, as CSV."""
    return _file(schedule_id, "csv")


@blueprint.get("/lacking.ods")
@requires(Permission.COMPLIANCE_READ, place=Place.BUREAU)
def as_ods(schedule_id: UUID) -> Response:
    """The same as an OpenDocument spreadsheet."""
    return _file(schedule_id, "ods")


@blueprint.post("/notices")
@requires(Permission.REGULATION_SCHEDULE, place=Place.BUREAU)
def send(schedule_id: UUID) -> ResponseReturnValue:
    """Tell head and handler of each institution that lacks storage and was not told yet."""
    with outcome_said("已通知清單上的機構：首長與承辦人會收到電子郵件，首頁也會提醒。"):
        actions.send_list(actor=actor(), schedule_id=schedule_id)
    return redirect(url_for("bureau.regulations.show", schedule_id=schedule_id), HTTPStatus.SEE_OTHER)


def _file(schedule_id: UUID, ending: str) -> Response:
    rows = adoption_view.rows(regulations.schedule(schedule_id=schedule_id))
    return printouts.spreadsheet(rows, ending=ending, name="空間不足清單", sheet="空間不足")
