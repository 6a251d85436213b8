"""不當使用或洩密: the list, a report, and one case with who had to do with the footage. No picture passes through."""

from http import HTTPStatus
from uuid import UUID

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from werkzeug import Response
from werkzeug.exceptions import BadRequest

from tenants.disclosures.official.copies_out import COPY_END_NAMES
from tenants.disclosures.viewing import queries as viewings
from tenants.disclosures.viewing import tracing
from tenants.disclosures.viewing.rules import BREACH_NAMES
from tenants.errors import Destroyed, Invalid, InvalidTransition
from tenants.misuse import actions, clocks, queries
from tenants.misuse.clocks import Incident
from tenants.misuse.models import MisuseCase, MisuseState
from tenants.misuse.rules import KIND_NAMES, MEASURE_NAMES
from tenants.people import queries as people
from tenants.people.models import User
from tenants.permissions import Permission
from tenants.registry import queries as registry
from tenants.retention.urgent import queries as urgent
from tenants.rights import queries as rights
from webapp.access import requires
from webapp.audit_event_names import EVENT_NAMES
from webapp.audit_view import done_by
from webapp.form_fields import id_or_none
from webapp.identify import actor
from webapp.school import regulation
from webapp.school.misuse.forms import MeasureForm, OutcomeForm, ReportForm, SuspectsForm, offered, viewer_words
from webapp.school.retention import kept_view

blueprint = Blueprint("misuse", __name__, url_prefix="/misuse")
_UNPROCESSABLE = HTTPStatus.UNPROCESSABLE_ENTITY


@blueprint.get("/")
@requires(Permission.MISUSE_HANDLE)
def index(tenant_id: UUID) -> str:
    """The cases, without those that suspect who looks; closed ones when asked for."""
    everything = request.args.get("all") == "1"
    return render_template(
        "school/misuse/index.html",
        cases=queries.cases(tenant_id=tenant_id, actor=actor(), closed=everything),
        everything=everything,
        kinds=KIND_NAMES,
        **regulation.confidentiality(tenant_id=tenant_id),
    )


@blueprint.get("/new")
@requires(Permission.MISUSE_HANDLE)
def new(tenant_id: UUID) -> str:
    """An empty report; of a request about one's own data that the address names, with what is known of it."""
    form, rights_id = _report_form(tenant_id, fresh=True), _named("rights")
    if rights_id is not None and actor().may(Permission.RIGHTS_HANDLE):
        form.begin_from(rights.request(tenant_id=tenant_id, rights_id=rights_id))
    return _form(tenant_id, form)


@blueprint.post("/new")
@requires(Permission.MISUSE_HANDLE)
def report(tenant_id: UUID) -> ResponseReturnValue:
    """登記."""
    form = _report_form(tenant_id)
    said = form.report(disclosure_id=_named("case"), viewing_id=_named("viewing"))
    if said is None:
        return _form(tenant_id, form), _UNPROCESSABLE
    try:
        made = actions.report(actor=actor(), tenant_id=tenant_id, said=said)
    except (Invalid, Destroyed) as refused:
        form.show(refused, beside="day")
        return _form(tenant_id, form), _UNPROCESSABLE
    frozen = "涉及的影像已先行保全。" if made.hold_id else ""
    flash(f"已登記，案號 {made.serial}。{frozen}", "good")
    return _back(tenant_id, made.id)


@blueprint.get("/<uuid:misuse_id>")
@requires(Permission.MISUSE_HANDLE)
def show(tenant_id: UUID, misuse_id: UUID) -> str:
    """One case: what is known, who had to do with the footage, what was done, and what is left to do."""
    return _render(tenant_id, misuse_id)


@blueprint.post("/<uuid:misuse_id>/measures")
@requires(Permission.MISUSE_HANDLE)
def note(tenant_id: UUID, misuse_id: UUID) -> ResponseReturnValue:
    """登記處置."""
    queries.case(tenant_id=tenant_id, misuse_id=misuse_id, actor=actor())
    form = MeasureForm()
    if form.validate():
        try:
            actions.note_measure(
                actor=actor(),
                tenant_id=tenant_id,
                misuse_id=misuse_id,
                kind=form.chosen(),
                words=form.words.data or "",
                document=form.document.data or "",
            )
        except (Invalid, InvalidTransition) as refused:
            form.show(refused)
        else:
            flash("已登記處置。", "good")
            return _back(tenant_id, misuse_id)
    return _render(tenant_id, misuse_id, measure=form), _UNPROCESSABLE


@blueprint.post("/<uuid:misuse_id>/viewings")
@requires(Permission.MISUSE_HANDLE)
def link(tenant_id: UUID, misuse_id: UUID) -> ResponseReturnValue:
    """Say that the case is about a viewing session that was found by the codes of a picture."""
    queries.case(tenant_id=tenant_id, misuse_id=misuse_id, actor=actor())
    viewing_id = id_or_none(request.form.get("viewing", ""))
    if viewing_id is None:
        raise BadRequest
    try:
        actions.link_viewing(actor=actor(), tenant_id=tenant_id, misuse_id=misuse_id, viewing_id=viewing_id)
    except InvalidTransition as refused:
        flash(str(refused), "bad")
    else:
        flash("已連結調閱場次。", "good")
    return _back(tenant_id, misuse_id)


@blueprint.post("/<uuid:misuse_id>/suspects")
@requires(Permission.MISUSE_HANDLE)
def suspect(tenant_id: UUID, misuse_id: UUID) -> ResponseReturnValue:
    """登記涉嫌人員: from now on they find neither the case nor its number."""
    found = queries.case(tenant_id=tenant_id, misuse_id=misuse_id, actor=actor())
    form = _suspects_form(found)
    if form.validate():
        try:
            actions.suspect(
                actor=actor(),
                tenant_id=tenant_id,
                misuse_id=misuse_id,
                suspects=form.accounts(),
                viewers=form.viewers(),
            )
        except (Invalid, InvalidTransition) as refused:
            form.show(refused, beside="suspects")
        else:
            flash("已登記涉嫌人員；本機構的人員看不到本案。", "good")
            return _back(tenant_id, misuse_id)
    return _render(tenant_id, misuse_id, suspecting=form), _UNPROCESSABLE


@blueprint.post("/<uuid:misuse_id>/closing")
@requires(Permission.MISUSE_HANDLE)
def close(tenant_id: UUID, misuse_id: UUID) -> ResponseReturnValue:
    """結案."""
    queries.case(tenant_id=tenant_id, misuse_id=misuse_id, actor=actor())
    form = OutcomeForm()
    if form.validate():
        try:
            actions.close(actor=actor(), tenant_id=tenant_id, misuse_id=misuse_id, outcome=form.outcome())
        except (Invalid, InvalidTransition) as refused:
            form.show(refused)
        else:
            flash("已結案。", "good")
            return _back(tenant_id, misuse_id)
    return _render(tenant_id, misuse_id, outcome=form), _UNPROCESSABLE


def _render(tenant_id: UUID, misuse_id: UUID, **sent: object) -> str:
    found = queries.case(tenant_id=tenant_id, misuse_id=misuse_id, actor=actor())
    members = {str(user.id): user.name for user in _members(tenant_id)}
    return render_template(
        "school/misuse/case.html",
        row=found,
        is_open=found.state == MisuseState.OPEN,
        kind=KIND_NAMES[found.kind],  # type: ignore[index]  # its column holds the enum's values
        suspects=[members.get(each, "已離職人員") for each in found.suspects],
        viewers=[viewer_words(each) for each in queries.suspected_viewers(found, actor())],
        breaches=[BREACH_NAMES[each] for each in queries.breaches_of(found, actor())],
        windows=kept_view.spans(tenant_id, queries.windows_of(found, actor())),
        urgent_number=urgent.number_of(tenant_id=tenant_id, hold_id=found.hold_id),
        sessions=[tracing.traced(each) for each in queries.viewings_of(found, actor())],
        reaching=[tracing.traced(each) for each in queries.viewings_reaching(found, actor())],
        copies=queries.copies_reaching(found, actor()),
        copy_end_names=COPY_END_NAMES,
        accesses=queries.accesses(found, actor()),
        asks_whether_out=found.state == MisuseState.OPEN and Incident.PERSONAL not in clocks.known(found).incidents,
        done_by=done_by,
        measures=queries.measures(tenant_id=tenant_id, misuse_id=misuse_id),
        measure_names=MEASURE_NAMES,
        event_names=EVENT_NAMES,
        **regulation.confidentiality(tenant_id=tenant_id),
        **(_fresh(found) | sent),
    )


def _fresh(found: MisuseCase) -> dict[str, object]:
    return {
        "measure": MeasureForm(formdata=None),
        "outcome": OutcomeForm(formdata=None),
        "suspecting": _suspects_form(found, fresh=True),
    }


def _suspects_form(found: MisuseCase, *, fresh: bool = False) -> SuspectsForm:
    """Everybody of the place but whoever asks, and who looked, without those whom the case suspects already."""
    others = [each for each in _others(found.tenant_id) if str(each.id) not in found.suspects]
    sessions = queries.viewings_of(found, actor())
    return SuspectsForm.of(
        offered(others, [each for each in sessions if str(each.id) not in found.suspect_viewings]), fresh=fresh
    )


def _form(tenant_id: UUID, form: ReportForm) -> str:
    return render_template(
        "school/misuse/new.html",
        form=form,
        about=_named("case"),
        viewing=_named("viewing"),
        **regulation.confidentiality(tenant_id=tenant_id),
    )


def _report_form(tenant_id: UUID, *, fresh: bool = False) -> ReportForm:
    viewing_id, sessions = _named("viewing"), []
    if viewing_id is not None:
        sessions = [viewings.session_for(tenant_id=tenant_id, viewing_id=viewing_id, actor=actor())]
    return ReportForm.of(registry.cameras(tenant_id=tenant_id), offered(_others(tenant_id), sessions), fresh=fresh)


def _others(tenant_id: UUID) -> list[User]:
    return [user for user in _members(tenant_id) if user.id != actor().id]


def _members(tenant_id: UUID) -> list[User]:
    found = {user.id: user for _role, user in people.staff(tenant_id=tenant_id)}
    return list(found.values())


def _named(name: str) -> UUID | None:
    """What the address names that it is about: the case in which the footage was looked at, or the session."""
    return id_or_none(request.values.get(name, ""))


def _back(tenant_id: UUID, misuse_id: UUID) -> Response:
    return redirect(url_for("school.misuse.show", tenant_id=tenant_id, misuse_id=misuse_id), HTTPStatus.SEE_OTHER)
