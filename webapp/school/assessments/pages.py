"""設置評估: what was decided of each zone, which cameras rest on it, and what waits (KH-3-1 to KH-3-6)."""

from http import HTTPStatus
from uuid import UUID

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from werkzeug import Response

from infra import clock
from tenants.errors import Invalid
from tenants.permissions import Permission
from tenants.registry import queries as registry
from tenants.registry.assessments import actions, attempts
from tenants.registry.assessments.attempts import Tried
from tenants.registry.assessments.rules import Way
from webapp.access import requires
from webapp.forms import written
from webapp.identify import actor, keep_changes
from webapp.outcome import outcome_said
from webapp.school.assessments import view
from webapp.school.assessments.forms import AssessmentForm, LinkForm

blueprint = Blueprint("assessments", __name__, url_prefix="/assessments")
_UNPROCESSABLE = HTTPStatus.UNPROCESSABLE_ENTITY


@blueprint.get("/")
@requires(Permission.CAMERA_READ)
def index(tenant_id: UUID) -> str:
    """Cameras by group, assessments, and forms for who may assess."""
    return _page(tenant_id)


@blueprint.post("/")
@requires(Permission.ZONE_ASSESS)
def assess(tenant_id: UUID) -> ResponseReturnValue:
    """Record an assessment; a forbidden place is refused and kept."""
    form = AssessmentForm.of(registry.sites(tenant_id=tenant_id))
    typed = form.typed(clock.today())
    if typed is not None and not form.errors:
        actions.assess(actor=actor(), tenant_id=tenant_id, site_id=UUID(form.site.data), typed=typed)
        flash("已登記評估。", "good")
        return _back()
    if "不得設置鏡頭" in " ".join(form.place.errors):
        tried = Tried(typed=form.place.data or "", zone=form.zone.data, way=Way.ASSESSMENT)
        attempts.note_attempt(actor=actor(), tenant_id=tenant_id, tried=tried)
        keep_changes()
    return _page(tenant_id, assessment=form), _UNPROCESSABLE


@blueprint.post("/links")
@requires(Permission.ZONE_ASSESS)
def link(tenant_id: UUID) -> ResponseReturnValue:
    """Say on which assessment a camera rests."""
    form = LinkForm.of(registry.cameras(tenant_id=tenant_id), view.choosable(tenant_id=tenant_id))
    if form.validate():
        ids = {"camera_id": UUID(form.camera.data), "assessment_id": UUID(form.assessment.data)}
        try:
            actions.link_camera(actor=actor(), tenant_id=tenant_id, **ids)
        except Invalid as refused:
            form.show(refused)
        else:
            flash("已指定鏡頭所依據的評估。", "good")
            return _back()
    return _page(tenant_id, link=form), _UNPROCESSABLE


@blueprint.post("/<uuid:assessment_id>/privacy")
@requires(Permission.ZONE_ASSESS)
def note_privacy(tenant_id: UUID, assessment_id: UUID) -> ResponseReturnValue:
    """Say afterwards what nobody is filmed at."""
    with outcome_said("已補登隱私註記。"):
        note = written("privacy_note")
        actions.note_privacy(actor=actor(), tenant_id=tenant_id, assessment_id=assessment_id, note=note)
    return _back()


@blueprint.post("/<uuid:assessment_id>/confirmation")
@requires(Permission.ZONE_CONFIRM)
def confirm(tenant_id: UUID, assessment_id: UUID) -> ResponseReturnValue:
    """The head's word on an "other" indoor place."""
    with outcome_said("已確認這個區域可以設置。"):
        actions.confirm(actor=actor(), tenant_id=tenant_id, assessment_id=assessment_id)
    return _back()


@blueprint.post("/<uuid:assessment_id>/withdrawal")
@requires(Permission.ZONE_ASSESS)
def withdraw(tenant_id: UUID, assessment_id: UUID) -> ResponseReturnValue:
    """Take an assessment back on which no camera in use rests."""
    with outcome_said("已撤回這筆評估，紀錄會保留。"):
        actions.withdraw(actor=actor(), tenant_id=tenant_id, assessment_id=assessment_id)
    return _back()


def _page(tenant_id: UUID, *, assessment: AssessmentForm | None = None, link: LinkForm | None = None) -> str:
    sites, cameras = registry.sites(tenant_id=tenant_id), registry.cameras(tenant_id=tenant_id)
    choosable, rule = view.choosable(tenant_id=tenant_id), view.rule_of(tenant_id)
    return render_template(
        "school/assessments/index.html",
        groups=view.groups(tenant_id=tenant_id),
        rows=view.rows(tenant_id=tenant_id),
        tried=view.tried(tenant_id=tenant_id),
        assessment=assessment or AssessmentForm.of(sites, fresh=True),
        link=link or LinkForm.of(cameras, choosable, fresh=True),
        faulty=assessment or link,
        has_choice=bool(cameras and choosable),
        rule=rule,
        article=view.article_of(rule),
        may_assess=actor().may(Permission.ZONE_ASSESS),
        may_add=actor().may(Permission.CAMERA_MANAGE),
        may_confirm=actor().may(Permission.ZONE_CONFIRM),
        may_review=actor().may(Permission.ENTRANCE_REVIEW),
    )


def _back() -> Response:
    return redirect(url_for("school.assessments.index"), HTTPStatus.SEE_OTHER)
