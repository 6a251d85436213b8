"""邊緣主機: the boxes of the institution, one-time codes for new ones, and the withdrawal of either."""

import secrets
from http import HTTPStatus
from uuid import UUID

from flask import Blueprint, current_app, flash, redirect, render_template, session, url_for
from flask.typing import ResponseReturnValue

from infra import clock
from infra.settings import Settings
from tenants.permissions import Permission
from tenants.registry import devices, sending
from tenants.registry import queries as registry
from webapp.access import requires
from webapp.identify import actor
from webapp.school.equipment import device_view, sending_view
from webapp.school.equipment.device_forms import SendingForm, TokenForm

blueprint = Blueprint("devices", __name__, url_prefix="/devices")
_NONCE = "token_form"


@blueprint.get("/")
@requires(Permission.DEVICE_ENROL)
def index(tenant_id: UUID) -> str:
    """Every box, revoked ones too."""
    return _page(tenant_id, TokenForm.of(registry.sites(tenant_id=tenant_id)))


@blueprint.post("/tokens")
@requires(Permission.DEVICE_ENROL)
def issue_token(tenant_id: UUID) -> ResponseReturnValue:
    """A code, shown on this one page and never again: only its hash is kept."""
    form = TokenForm.of(registry.sites(tenant_id=tenant_id))
    if not form.validate():
        return _page(tenant_id, form), HTTPStatus.UNPROCESSABLE_ENTITY
    if not _taken(form):
        flash("這一次的註冊碼已經核發並顯示過，沒有再核發新的。如未抄下，請重新核發一組。", "warn")
        return redirect(url_for("school.devices.index", tenant_id=tenant_id), HTTPStatus.SEE_OTHER)
    site = registry.site(tenant_id=tenant_id, site_id=UUID(form.site.data))
    now = clock.now()
    token = devices.issue_token(actor=actor(), tenant_id=tenant_id, site_id=site.id, now=now)
    return render_template(
        "school/equipment/token.html",
        token=token,
        site=site,
        expires_at=now + devices.TOKEN_LIFETIME,
        base_url=_base_url(),
    )


@blueprint.post("/tokens/<uuid:token_id>/withdrawal")
@requires(Permission.DEVICE_ENROL)
def withdraw_token(tenant_id: UUID, token_id: UUID) -> ResponseReturnValue:
    """Take a code back that was issued and not used."""
    devices.withdraw_token(actor=actor(), tenant_id=tenant_id, token_id=token_id, now=clock.now())
    flash("已撤回註冊碼，不能再用它註冊主機。", "good")
    return redirect(url_for("school.devices.index", tenant_id=tenant_id), HTTPStatus.SEE_OTHER)


@blueprint.post("/<uuid:device_id>/revocation")
@requires(Permission.DEVICE_ENROL)
def revoke(tenant_id: UUID, device_id: UUID) -> ResponseReturnValue:
    """Refuse the box from its next request on."""
    devices.revoke(actor=actor(), tenant_id=tenant_id, device_id=device_id, now=clock.now())
    flash("已撤銷。這台主機之後的連線一律拒絕；已上傳的影像不受影響。", "good")
    return redirect(url_for("school.devices.index", tenant_id=tenant_id), HTTPStatus.SEE_OTHER)


@blueprint.post("/sending")
@requires(Permission.DEVICE_ENROL)
def send(tenant_id: UUID) -> ResponseReturnValue:
    """Say when and how fast the boxes of a site send."""
    form = SendingForm.of(registry.sites(tenant_id=tenant_id))
    typed = form.typed()
    if not form.validate():
        token_form = TokenForm.of(registry.sites(tenant_id=tenant_id))
        return _page(tenant_id, token_form, sending_form=form), HTTPStatus.UNPROCESSABLE_ENTITY
    site_id = UUID(form.sending_site.data)
    site = sending.set_sending(tenant_id=tenant_id, site_id=site_id, typed=typed, actor=actor())
    flash(f"已設定「{site.name}」的上傳方式，主機約一分鐘內套用。", "good")
    return redirect(url_for("school.devices.index", tenant_id=tenant_id), HTTPStatus.SEE_OTHER)


def _page(tenant_id: UUID, form: TokenForm, *, sending_form: SendingForm | None = None) -> str:
    form.nonce.data = session.setdefault(_NONCE, secrets.token_urlsafe(16))
    now = clock.now()
    return render_template(
        "school/equipment/devices.html",
        lines=device_view.lines(tenant_id=tenant_id, now=now),
        tokens=device_view.token_lines(tenant_id=tenant_id, now=now),
        form=form,
        sites=sending_view.lines(tenant_id=tenant_id),
        sending_form=sending_form or SendingForm.of(registry.sites(tenant_id=tenant_id)),
    )


def _taken(form: TokenForm) -> bool:
    """Whether the form was sent for the first time: a page that is reloaded sends the same form once more."""
    held = session.get(_NONCE, "")
    if not held or not secrets.compare_digest(held.encode(), (form.nonce.data or "").encode()):
        return False
    del session[_NONCE]
    return True


def _base_url() -> str:
    settings: Settings = current_app.config["SETTINGS"]
    return settings.base_url
