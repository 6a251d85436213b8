"""檢視影像: the handler looks with somebody beside them, before it is decided as the head allows, or to mask (DR-28).

No picture passes through here: the player asks the media process, which asks at every piece who is there.
"""

from http import HTTPStatus
from uuid import UUID

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from werkzeug import Response

from tenants.errors import Invalid, NotFound
from tenants.people.pins import WrongPin
from tenants.permissions import Permission
from tenants.rights import looking, queries, rules
from tenants.rights.models import RightsRequest
from webapp.access import requires
from webapp.companion_pin import tell_pin
from webapp.form_fields import faults
from webapp.identify import actor, keep_changes
from webapp.school.rights import film_view, masking
from webapp.school.rights.mask_forms import BesideForm

blueprint = Blueprint("looking", __name__, url_prefix="/rights/<uuid:rights_id>/look")
_UNPROCESSABLE = HTTPStatus.UNPROCESSABLE_ENTITY


@blueprint.post("/request")
@requires(Permission.FOOTAGE_WATCH)
def ask(tenant_id: UUID, rights_id: UUID) -> Response:
    """請首長同意檢視."""
    try:
        looking.ask_look(actor=actor(), tenant_id=tenant_id, rights_id=rights_id)
    except Invalid as refused:
        flash(str(refused), "bad")
    else:
        flash("已請首長同意檢視影像。", "good")
    return redirect(url_for("school.rights.show", tenant_id=tenant_id, rights_id=rights_id), HTTPStatus.SEE_OTHER)


@blueprint.post("/stop")
@requires(Permission.FOOTAGE_WATCH)
def stop(tenant_id: UUID, rights_id: UUID) -> Response:
    """停止: no further piece is shown until a PIN is typed again."""
    found = looking.stop_look(actor=actor(), tenant_id=tenant_id, rights_id=rights_id)
    flash("已停止檢視影像。再看時，請陪同人員重新輸入 PIN。", "good")
    return _back(found)


@blueprint.post("/permission")
@requires(Permission.RIGHTS_ANSWER)
def allow(tenant_id: UUID, rights_id: UUID) -> Response:
    """同意檢視."""
    try:
        looking.allow_look(actor=actor(), tenant_id=tenant_id, rights_id=rights_id)
    except Invalid as refused:
        flash(str(refused), "bad")
    else:
        flash("已同意檢視影像。請由承辦人開啟，並有另一位人員在場陪同。", "good")
    return redirect(url_for("school.rights.show", tenant_id=tenant_id, rights_id=rights_id), HTTPStatus.SEE_OTHER)


@blueprint.get("/")
@requires(Permission.FOOTAGE_WATCH)
def show(tenant_id: UUID, rights_id: UUID) -> str:
    """Who is there, and the film while somebody is."""
    found = _found(tenant_id, rights_id)
    if found.answered_at is not None:
        raise NotFound("案件已經決定或結束，不再為審查檢視影像。")
    return _render(found)


@blueprint.post("/")
@requires(Permission.FOOTAGE_WATCH)
def begin(tenant_id: UUID, rights_id: UUID) -> ResponseReturnValue:
    """Somebody is there, or still is."""
    found = _found(tenant_id, rights_id)
    form = BesideForm.of(queries.colleagues(found, actor()))
    sound, companion_id = form.validate(), form.chosen()
    if not sound or companion_id is None:
        tell_pin(form, companion_id)
        return _render(found, form), _UNPROCESSABLE
    of = {"tenant_id": tenant_id, "rights_id": rights_id, "companion_id": companion_id}
    try:
        looking.begin_look(actor=actor(), **of, pin=form.pin.data)
    except Invalid as refused:
        if isinstance(refused, WrongPin):  # it counts although the answer is a refusal
            keep_changes()
        form.show(refused)
        return _render(found, form), _UNPROCESSABLE
    flash("陪同人員已確認在場，可以開啟影像。", "good")
    return _back(found)


def _found(tenant_id: UUID, rights_id: UUID) -> RightsRequest:
    """The request, where its footage may be looked at now with somebody beside. Raises `NotFound` for any other."""
    actor().require(Permission.RIGHTS_HANDLE)
    found = queries.request(tenant_id=tenant_id, rights_id=rights_id)
    if found.ended_at is not None:
        raise NotFound("案件已經決定或結束，不再為審查檢視影像。")
    try:
        looking.check_looked(found, actor())
    except Invalid as refused:
        raise NotFound(str(refused)) from refused
    return found


def _back(found: RightsRequest) -> Response:
    page = "school.looking.show" if found.answered_at is None else "school.masking.show"
    return redirect(url_for(page, tenant_id=found.tenant_id, rights_id=found.id), HTTPStatus.SEE_OTHER)


def _render(found: RightsRequest, sent: BesideForm | None = None) -> str:
    if found.answered_at is not None:
        return masking.render(found, beside=sent)
    beside = looking.accompanied(found, actor())
    playing = request.args.get("take", type=int) if beside is not None else None
    return render_template(
        "school/rights/look.html",
        row=found,
        beside=beside,
        film=film_view.film_of(found, actor=actor(), playing=playing),
        form=sent or BesideForm.of(queries.colleagues(found, actor()), fresh=True),
        faults=faults(sent) if sent is not None else [],
        rights_article=rules.RIGHTS_ARTICLE,
    )
