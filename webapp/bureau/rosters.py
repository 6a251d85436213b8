"""以名冊開通機構: a table, what it would do or what is wrong with it, and the confirmation of exactly that."""

import re
from collections.abc import Iterable
from http import HTTPStatus
from typing import Any
from uuid import UUID

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from wtforms import StringField
from wtforms.validators import Length

from infra import clock, spreadsheets
from tenants.csv_tables import Fault
from tenants.errors import Invalid
from tenants.onboarding import actions, columns, comparing, queries
from tenants.onboarding.comparing import Verdict
from tenants.onboarding.lifecycle import LINE_NAMES, STATE_NAMES
from tenants.onboarding.models import LineState, Roster, RosterLine, RosterState
from tenants.permissions import Permission
from tenants.registry import queries as registry
from webapp import printouts
from webapp.access import Place, requires
from webapp.forms import Form
from webapp.identify import actor

blueprint = Blueprint("rosters", __name__, url_prefix="/rosters")
_manages = requires(Permission.TENANT_MANAGE, place=Place.BUREAU)
VERDICT_NAMES = {Verdict.MAKE: "開通", Verdict.CHANGE: "變更", Verdict.LEAVE: "不變"}
# More than anybody reads on a page; the file of faults has all.
_MOST_SHOWN = 1000


class RosterForm(Form):
    """The file, and districts that are new on purpose."""

    new_districts = StringField("新的行政區", [Length(max=400, message="最多 %(max)d 字。")])

    def districts(self) -> list[str]:
        """The new districts, one by one."""
        return [each for each in re.split(r"[、,，;；\s]+", self.new_districts.data or "") if each]


@blueprint.get("")
@_manages
def index() -> str:
    """The form, what each column asks for, and the last rosters."""
    return _page(RosterForm(formdata=None))


@blueprint.get("/template.csv")
@_manages
def template() -> ResponseReturnValue:
    """The headings with one line to show how."""
    rows = [columns.HEADINGS, tuple(columns.SAMPLE.get(each, "") for each in columns.HEADINGS)]
    return printouts.file(spreadsheets.as_csv(rows), media_type=spreadsheets.CSV, name="機構名冊範本.csv")


@blueprint.post("")
@_manages
def check() -> ResponseReturnValue:
    """The dry run. A roster with a fault is told all of them and kept nowhere; one without waits to be confirmed."""
    form, file = RosterForm(), request.files.get("file")
    content = file.read(columns.LAYOUT.most_bytes + 1) if file is not None else b""
    chosen = file is not None and bool(file.filename)
    if not form.validate() or not chosen:
        return _page(form, refused=() if chosen else ["請選擇檔案。"]), HTTPStatus.UNPROCESSABLE_ENTITY
    try:
        looked = comparing.look_through(actor=actor(), content=content, new_districts=form.districts())
    except Invalid as refused:
        told = [str(each) for each in (refused, *refused.besides)]
        return _page(form, refused=told), HTTPStatus.UNPROCESSABLE_ENTITY
    if looked.faults:
        if request.form.get("as_file"):
            return _faults_file(looked.faults)
        return _page(form, faults=looked.faults), HTTPStatus.UNPROCESSABLE_ENTITY
    made = actions.keep(
        actor=actor(),
        tenant_id=registry.bureau().id,
        content=content,
        new_districts=form.districts(),
        looked=looked,
    )
    return _to(made.id)


@blueprint.get("/<uuid:roster_id>")
@_manages
def show(roster_id: UUID) -> str:
    """What would be done, how far it is, or what came of it."""
    return _roster_page(_found(roster_id))


@blueprint.get("/<uuid:roster_id>/progress")
@_manages
def progress(roster_id: UUID) -> str:
    """How far the work is, for the page to refresh by itself."""
    return render_template("bureau/_roster_progress.html", **_standing(_found(roster_id)))


@blueprint.get("/<uuid:roster_id>/outcomes.csv")
@_manages
def outcomes(roster_id: UUID) -> ResponseReturnValue:
    """The same as a table that runs nothing (DR-24)."""
    found = _found(roster_id)
    rows: list[tuple[str | int, ...]] = [("列", "機構代碼", "機構名稱", "結果", "說明", "狀態", "未辦理的原因與處理")]
    by_line, state = _by_line(found), STATE_NAMES[RosterState(found.state)]
    for each in found.outcomes:
        verdict, line = VERDICT_NAMES[Verdict(each["verdict"])], by_line.get(each["line"])
        came = (LINE_NAMES[LineState(line.state)], line.reason) if line is not None else (state, "")
        rows.append((each["line"], each["code"], each["name"], verdict, "；".join(each["words"]), *came))
    return printouts.file(spreadsheets.as_csv(rows), media_type=spreadsheets.CSV, name="機構名冊結果.csv")


@blueprint.post("/<uuid:roster_id>/confirmation")
@_manages
def confirm(roster_id: UUID) -> ResponseReturnValue:
    """Have it carried out, by the hash that the page showed."""
    found, sha256 = _found(roster_id), request.form.get("sha256", "")
    try:
        actions.confirm(actor=actor(), tenant_id=found.tenant_id, roster_id=roster_id, sha256=sha256)
    except Invalid as refused:
        return _roster_page(found, refused=str(refused)), HTTPStatus.UNPROCESSABLE_ENTITY
    flash("已確認，開始逐一辦理。可以離開本頁，辦理不會中斷。", "good")
    return _to(roster_id)


def _faults_file(faults: Iterable[Fault]) -> ResponseReturnValue:
    rows: list[tuple[str | int, ...]] = [("列", "欄位", "問題與處理方式")]
    rows += [(each.line, each.column or "整列", each.message) for each in faults]
    return printouts.file(spreadsheets.as_csv(rows), media_type=spreadsheets.CSV, name="機構名冊問題.csv")


def _found(roster_id: UUID) -> Roster:
    return queries.roster(tenant_id=registry.bureau().id, roster_id=roster_id)


def _to(roster_id: UUID) -> ResponseReturnValue:
    return redirect(url_for("bureau.rosters.show", roster_id=roster_id), HTTPStatus.SEE_OTHER)


def _page(form: RosterForm, *, refused: Iterable[str] = (), faults: Iterable[Fault] = ()) -> str:
    told = list(faults)
    return render_template(
        "bureau/rosters.html",
        form=form,
        refused=list(refused),
        faults=told[:_MOST_SHOWN],
        count=len(told),
        explanations=columns.EXPLANATIONS,
        rosters=queries.latest(tenant_id=registry.bureau().id),
        state_names=STATE_NAMES,
        most=columns.LAYOUT.most_lines,
    )


def _roster_page(found: Roster, *, refused: str = "") -> str:
    counts: dict[str, Any] = dict.fromkeys(VERDICT_NAMES.values(), 0)
    for each in found.outcomes:
        counts[VERDICT_NAMES[Verdict(each["verdict"])]] += 1
    waits = found.state == RosterState.CHECKED and clock.now() < found.expires_at
    return render_template(
        "bureau/roster.html",
        **_standing(found),
        refused=refused,
        counts=counts,
        names=VERDICT_NAMES,
        waits=waits,
        has_work=bool(counts[VERDICT_NAMES[Verdict.MAKE]] + counts[VERDICT_NAMES[Verdict.CHANGE]]),
        lines={} if found.state == RosterState.CONFIRMED else _by_line(found),
        line_names=LINE_NAMES,
    )


def _standing(found: Roster) -> dict[str, Any]:
    """What the part of the page shows that refreshes itself while the work goes on."""
    return {
        "found": found,
        "state": STATE_NAMES[RosterState(found.state)],
        "poll": found.state == RosterState.CONFIRMED,
        "came": queries.progress(tenant_id=found.tenant_id, roster_id=found.id),
        "asked": sum(each["verdict"] != Verdict.LEAVE for each in found.outcomes),
    }


def _by_line(found: Roster) -> dict[int, RosterLine]:
    return {each.line: each for each in queries.lines(tenant_id=found.tenant_id, roster_id=found.id)}
