"""遮蔽與製作複製本: what the film of a granted request hides, who else saw it, and the media that it leaves on (DR-28).

No picture passes through here: the player asks the media process, which alone may open footage.
"""

from collections.abc import Callable
from functools import partial
from http import HTTPStatus
from typing import Any
from uuid import UUID

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from werkzeug import Response

from tenants.errors import Invalid, NotFound
from tenants.people import queries as people
from tenants.people.pins import WrongPin
from tenants.permissions import Permission
from tenants.rights import looking, masking, queries, rules
from tenants.rights.film import is_confirmed, plan_of
from tenants.rights.models import RightsRequest, RightsState
from webapp import addresses
from webapp.access import requires
from webapp.companion_pin import tell_pin
from webapp.form_fields import faults
from webapp.forms import Form
from webapp.identify import actor, keep_changes
from webapp.school.rights import film_view
from webapp.school.rights.mask_forms import BesideForm, ConfirmForm, MaskForm, MediumForm, ReadBackForm

blueprint = Blueprint("masking", __name__, url_prefix="/rights/<uuid:rights_id>/masking")
_UNPROCESSABLE = HTTPStatus.UNPROCESSABLE_ENTITY


@blueprint.get("/")
@requires(Permission.FOOTAGE_WATCH)
def show(tenant_id: UUID, rights_id: UUID) -> str:
    """The film with what is hidden in it, and the next thing to do."""
    return render(_found(tenant_id, rights_id))


@blueprint.post("/")
@requires(Permission.FOOTAGE_WATCH)
def save(tenant_id: UUID, rights_id: UUID) -> ResponseReturnValue:
    """Keep what is hidden; the player shows it from then on."""
    found, form = _found(tenant_id, rights_id), MaskForm()
    if form.rearranged(request.form):
        return render(found, masks=form)
    plan = form.plan(found)
    if plan is None:
        return render(found, masks=form), _UNPROCESSABLE
    nobody = "" if plan.boxes else "，影像中沒有人會被遮住"
    done = f"已儲存 {len(plan.boxes)} 個遮蔽範圍{nobody}。請開啟遮蔽後的影像從頭看一次，再由另一位人員確認。"
    act = partial(masking.set_masks, tenant_id=tenant_id, rights_id=rights_id, plan=plan)
    return _tried(found, act, done, masks=form)


@blueprint.post("/confirmation")
@requires(Permission.FOOTAGE_WATCH)
def confirm(tenant_id: UUID, rights_id: UUID) -> ResponseReturnValue:
    """Somebody else looked as well."""
    found = _found(tenant_id, rights_id)
    form = ConfirmForm.about_film(found, queries.colleagues(found, actor()))
    sound, companion_id = form.validate(), form.chosen()
    if not sound or companion_id is None:
        tell_pin(form, companion_id)
        return render(found, confirming=form), _UNPROCESSABLE
    of: dict[str, Any] = {"tenant_id": tenant_id, "rights_id": rights_id}
    act = partial(
        masking.confirm_masks,
        **of,
        companion_id=companion_id,
        pin=form.pin.data,
        nobody_visible=form.nobody_visible.data,
    )
    return _tried(found, act, f"已確認遮蔽結果，共 {len(plan_of(found).boxes)} 個範圍。", confirming=form)


@blueprint.post("/copies/<int:take>")
@requires(Permission.FOOTAGE_WATCH)
def prepare(tenant_id: UUID, rights_id: UUID, take: int) -> ResponseReturnValue:
    """Name the medium; the download follows on this page."""
    found, form = _found(tenant_id, rights_id), MediumForm.of(take)
    if not form.validate():
        return render(found, medium=(take, form)), _UNPROCESSABLE
    of: dict[str, Any] = {"tenant_id": tenant_id, "rights_id": rights_id}
    act = partial(masking.prepare_copy, **of, medium_serial=form.medium_serial.data, take=take)
    return _tried(found, act, "已登記媒體。請按「下載並寫入媒體」，直接存到這個媒體上。", medium=(take, form))


@blueprint.post("/copies/<uuid:masked_id>/read-back")
@requires(Permission.FOOTAGE_WATCH)
def read_back(tenant_id: UUID, rights_id: UUID, masked_id: UUID) -> ResponseReturnValue:
    """What is on the medium is what left."""
    found, form = _found(tenant_id, rights_id), ReadBackForm()
    if masked_id not in {each.id for each in queries.copies(tenant_id=tenant_id, rights_id=rights_id)}:
        raise NotFound
    if not form.validate():
        return render(found, reading=(masked_id, form)), _UNPROCESSABLE
    act = partial(masking.read_back, tenant_id=tenant_id, copy_id=masked_id, typed=form.read_back.data)
    return _tried(found, act, "媒體上的複製本相符，可以交付並登記辦理情形。", reading=(masked_id, form))


def _found(tenant_id: UUID, rights_id: UUID) -> RightsRequest:
    """The request, where its footage may be shown or given at all. Raises `NotFound` for any other."""
    actor().require(Permission.RIGHTS_HANDLE)
    found = queries.request(tenant_id=tenant_id, rights_id=rights_id)
    try:
        rules.check_shown(answer=found.answer, right=found.right, has_footage=found.camera_id is not None)
    except Invalid as refused:
        raise NotFound(str(refused)) from refused
    if found.state != RightsState.ANSWERED:
        raise NotFound("案件已結束，影像不能再開啟。")
    return found


def _tried(found: RightsRequest, act: Callable[..., object], done: str, **sent: Any) -> ResponseReturnValue:  # noqa: ANN401 - as `render`
    """Back to the page after an act; the page with the sentence beside the form that was sent where it is refused."""
    try:
        act(actor=actor())
    except Invalid as refused:
        if isinstance(refused, WrongPin):  # it counts although the answer is a refusal
            keep_changes()
        (form,) = (each[1] if isinstance(each, tuple) else each for each in sent.values())
        form.show(refused)
        return render(found, **sent), _UNPROCESSABLE
    flash(done, "good")
    return _back(found)


def render(
    found: RightsRequest,
    *,
    masks: MaskForm | None = None,
    confirming: ConfirmForm | None = None,
    medium: tuple[int, MediumForm] | None = None,
    reading: tuple[UUID, ReadBackForm] | None = None,
    beside: BesideForm | None = None,
) -> str:
    """The page; with the form that came back with faults, else with fresh ones."""
    of = {"tenant_id": found.tenant_id, "rights_id": found.id}
    others = [medium[1] if medium else None, reading[1] if reading else None]
    sent: list[Form | None] = [beside, masks, confirming, *others]
    confirmed, there = is_confirmed(found), looking.accompanied(found, actor())
    playing = request.args.get("take", type=int) if confirmed or there is not None else None
    shown = film_view.film_of(found, actor=actor(), playing=playing)
    colleagues = queries.colleagues(found, actor())
    fresh = {each.number: MediumForm.of(each.number, fresh=True) for each in shown.takes}
    return render_template(
        "school/rights/masking.html",
        row=found,
        film=shown,
        beside=there,
        companion=beside or BesideForm.of(colleagues, fresh=True),
        masks=masks or MaskForm.of(found),
        unsaved=masks is not None,
        boxes=len(plan_of(found).boxes) if found.mask_plan is not None else 0,
        confirming=confirming or ConfirmForm.about_film(found, colleagues, fresh=True),
        media=fresh | dict([medium] if medium else []),
        reading=reading or (None, ReadBackForm(formdata=None)),
        copies=queries.copies(**of),
        confirmed=confirmed,
        confirmed_by=people.user(user_id=found.masks_confirmed_by) if found.masks_confirmed_by else None,
        copy_address=addresses.masked_copy,
        may_copy=found.right == "copy",
        faults=[fault for form in sent if form is not None for fault in faults(form, named=_numbered(form))],
        rights_article=rules.RIGHTS_ARTICLE,
    )


def _numbered(form: Form) -> dict[str, str]:
    """Which of several rectangles a fault belongs to."""
    boxes = form.boxes if isinstance(form, MaskForm) else ()
    return {entry.id: f"第 {number} 個範圍 " for number, entry in enumerate(boxes, 1)}


def _back(found: RightsRequest) -> Response:
    address = url_for("school.masking.show", tenant_id=found.tenant_id, rights_id=found.id)
    return redirect(address, HTTPStatus.SEE_OTHER)
