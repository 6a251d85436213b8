"""邊緣主機: the boxes of the institution, one-time codes for new ones, and the withdrawal of either."""

import secrets
from http import HTTPStatus
from typing import Any
from uuid import UUID

from flask import Blueprint, current_app, flash, redirect, render_template, session, url_for
from flask.typing import ResponseReturnValue

from infra import clock
from infra.settings import Settings
from tenants.errors import Invalid
from tenants.people.designations import standing as designations
from tenants.people.undertakings import standing as undertakings
from tenants.permissions import Permission
from tenants.profiles import Clause
from tenants.registry import devices, notices, sending
from tenants.registry import queries as registry
from webapp.access import requires
from webapp.identify import actor
from webapp.school import regulation
from webapp.school.equipment import device_view, sending_view
from webapp.school.equipment.device_forms import NoticeForm, SendingForm, TokenForm

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
    site = registry.site(tenant_id=tenant_id, site_id=UUID(form.site.data))
    try:
        notices.check_live(site)
    except Invalid as refused:
        form.show(refused)
        return _page(tenant_id, form), HTTPStatus.UNPROCESSABLE_ENTITY
    if not _taken(form):
        flash("這一次的註冊碼已經核發並顯示過，沒有再核發新的。如未複製，請重新核發一組。", "warn")
        return redirect(url_for("school.devices.index", tenant_id=tenant_id), HTTPStatus.SEE_OTHER)
    now = clock.now()
    token = devices.issue_token(actor=actor(), tenant_id=tenant_id, site_id=site.id, now=now)
    return render_template(
        "school/equipment/token.html",
        token=token,
        site=site,
        expires_at=now + devices.TOKEN_LIFETIME,
        base_url=_base_url(),
    )


@blueprint.post("/notice")
@requires(Permission.DEVICE_ENROL)
def post_notice(tenant_id: UUID) -> ResponseReturnValue:
    """Say that the notice hangs at a site."""
    sites = registry.sites(tenant_id=tenant_id)
    form = NoticeForm.of(sites)
    if form.validate():
        try:
            site = notices.post_notice(
                actor=actor(),
                tenant_id=tenant_id,
                site_id=UUID(form.notice_site.data),
                posted_on=form.posted_on.day,
                places=form.hangs_at.data or "",
            )
        except Invalid as refused:
            form.show(refused)
        else:
            flash(f"已登記「{site.name}」張貼告知事項。", "good")
            return redirect(url_for("school.devices.index", tenant_id=tenant_id), HTTPStatus.SEE_OTHER)
    return _page(tenant_id, TokenForm.of(sites), notice_form=form), HTTPStatus.UNPROCESSABLE_ENTITY


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


def _page(
    tenant_id: UUID,
    form: TokenForm,
    *,
    sending_form: SendingForm | None = None,
    notice_form: NoticeForm | None = None,
) -> str:
    form.nonce.data = session.setdefault(_NONCE, secrets.token_urlsafe(16))
    now = clock.now()
    lines = device_view.lines(tenant_id=tenant_id, now=now)
    return render_template(
        "school/equipment/devices.html",
        lines=lines,
        has_box=any(line.device.revoked_at is None for line in lines),
        tokens=device_view.token_lines(tenant_id=tenant_id, now=now),
        form=form,
        sites=sending_view.lines(tenant_id=tenant_id),
        **_golive(tenant_id),
        notice_form=notice_form or NoticeForm.of(registry.sites(tenant_id=tenant_id), fresh=True),
        sending_form=sending_form or SendingForm.of(registry.sites(tenant_id=tenant_id)),
    )


def _golive(tenant_id: UUID) -> dict[str, Any]:
    """What is checked before a first box records; only a notice that does not hang stops it."""
    today = clock.today()
    return {
        "notice_sites": registry.sites(tenant_id=tenant_id),
        "checked": (
            ("已指派專人或處室", designations.standing(tenant_id=tenant_id, day=today).designated),
            ("承辦人已簽署保密切結", not undertakings.standing(tenant_id=tenant_id, day=today).unsigned),
            ("告知事項有聯絡電話", bool(registry.tenant(tenant_id=tenant_id).phone)),
        ),
        "article": regulation.rules_of_institution(tenant_id=tenant_id).article(Clause.CONFIDENTIALITY),
    }


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
