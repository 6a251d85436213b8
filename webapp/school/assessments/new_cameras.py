"""登記鏡頭: one by a form. A place where none may be is refused with the article, and the attempt kept (KH-3-6)."""

from http import HTTPStatus
from uuid import UUID

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from tenants.errors import Invalid
from tenants.permissions import Permission
from tenants.registry import actions
from tenants.registry import queries as registry
from tenants.registry.assessments import attempts
from tenants.registry.assessments.attempts import Tried
from tenants.registry.assessments.rules import Way
from webapp.access import requires
from webapp.identify import actor, keep_changes
from webapp.school.assessments import view
from webapp.school.assessments.forms import CameraForm

blueprint = Blueprint("new_cameras", __name__, url_prefix="/assessments/cameras")


@blueprint.get("/")
@requires(Permission.CAMERA_MANAGE)
def show(tenant_id: UUID) -> str:
    """The form."""
    return _page(tenant_id, CameraForm.of(registry.sites(tenant_id=tenant_id), fresh=True))


@blueprint.post("/")
@requires(Permission.CAMERA_MANAGE)
def add(tenant_id: UUID) -> ResponseReturnValue:
    """Enter a camera."""
    form = CameraForm.of(registry.sites(tenant_id=tenant_id))
    if form.validate():
        try:
            made = actions.add_camera(
                tenant_id=tenant_id,
                site_id=UUID(form.site.data),
                code=form.code.data,
                name=form.name.data or "",
                zone=form.zone.data,
                audio=bool(form.audio.data),
                reviewed=bool(form.reviewed.data),
                actor=actor(),
            )
        except Invalid as refused:
            form.show(refused)
            if refused.code == "prohibited_place":
                tried = Tried(typed=form.name.data or "", zone=form.zone.data, way=Way.FORM)
                attempts.note_attempt(actor=actor(), tenant_id=tenant_id, tried=tried)
                keep_changes()
        else:
            flash(f"已登記鏡頭「{made.name}」。請接著指定它所依據的評估。", "good")
            return redirect(url_for("school.assessments.index"), HTTPStatus.SEE_OTHER)
    return _page(tenant_id, form), HTTPStatus.UNPROCESSABLE_ENTITY


def _page(tenant_id: UUID, form: CameraForm) -> str:
    rule = view.rule_of(tenant_id)
    return render_template("school/assessments/camera.html", form=form, article=view.article_of(rule), rule=rule)
