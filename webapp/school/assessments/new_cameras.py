"""登記鏡頭: one by a form, many by a table. A forbidden place is refused with the article, and kept (KH-3-6)."""

from http import HTTPStatus
from uuid import UUID

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from infra import spreadsheets
from tenants.errors import Invalid
from tenants.permissions import Permission
from tenants.registry import actions
from tenants.registry import queries as registry
from tenants.registry.assessments import attempts, importing
from tenants.registry.assessments.attempts import Tried
from tenants.registry.assessments.importing import Imported
from tenants.registry.assessments.rules import Way
from webapp import printouts
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


@blueprint.get("/import")
@requires(Permission.CAMERA_MANAGE)
def show_import(tenant_id: UUID) -> str:
    """The form for a table of cameras."""
    return _import_page(tenant_id)


@blueprint.get("/import/template.csv")
@requires(Permission.CAMERA_MANAGE)
def template(tenant_id: UUID) -> ResponseReturnValue:
    """The headings with one line to show how, of the institution's own first site."""
    code = next((site.code for site in registry.sites(tenant_id=tenant_id)), "")
    rows = [importing.HEADINGS, (code, "C-GATE", "前門", "前門出入口", "否")]
    return printouts.file(spreadsheets.as_csv(rows), media_type=spreadsheets.CSV, name="鏡頭匯入範本.csv")


@blueprint.post("/import")
@requires(Permission.CAMERA_MANAGE)
def import_table(tenant_id: UUID) -> ResponseReturnValue:
    """Enter the cameras of a table; what was refused stands on the page by its line."""
    file = request.files.get("file")
    try:
        content = file.read(importing.MOST_BYTES + 1) if file is not None else b""
        found = importing.import_cameras(actor=actor(), tenant_id=tenant_id, content=content)
    except Invalid as refused:
        return _import_page(tenant_id, refused=str(refused)), HTTPStatus.UNPROCESSABLE_ENTITY
    if found.faults:
        keep_changes()  # the attempts, and the cameras beside a forbidden one
        return _import_page(tenant_id, result=found), HTTPStatus.UNPROCESSABLE_ENTITY
    flash(f"已匯入 {found.added} 支鏡頭。請接著指定各自依據的評估。", "good")
    return redirect(url_for("school.assessments.index"), HTTPStatus.SEE_OTHER)


def _import_page(tenant_id: UUID, *, refused: str = "", result: Imported | None = None) -> str:
    return render_template(
        "school/assessments/import.html",
        headings=importing.HEADINGS,
        refused=refused,
        result=result,
        article=view.article_of(view.rule_of(tenant_id)),
    )


def _page(tenant_id: UUID, form: CameraForm) -> str:
    rule = view.rule_of(tenant_id)
    return render_template("school/assessments/camera.html", form=form, article=view.article_of(rule), rule=rule)
