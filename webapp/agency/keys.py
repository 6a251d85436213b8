"""The agency's own public keys, to which its copies are encrypted: registered and ended by its officers."""

from http import HTTPStatus
from uuid import UUID

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from werkzeug import Response
from wtforms import StringField
from wtforms.validators import Length

from tenants.errors import Invalid
from tenants.permissions import Permission
from tenants.registry.agency_keys import actions, queries
from webapp.access import Place, requires
from webapp.form_fields import Stated
from webapp.forms import Form
from webapp.identify import acting_agency, actor

blueprint = Blueprint("keys", __name__, url_prefix="/keys")
# A post-quantum key has 1,959 letters, and some spaces come along when it is copied.
_LONGEST = 2000
_UNPROCESSABLE = HTTPStatus.UNPROCESSABLE_ENTITY


class KeyForm(Form):
    """A public key."""

    recipient = StringField("公鑰", [Stated("請貼上 age1 開頭的公鑰。"), Length(max=_LONGEST)])


class RevokeForm(Form):
    """Why a key is used no longer."""

    reason = StringField("停用的理由", [Stated("請敘明停用的理由，例如保管人異動。"), Length(max=100)])


@blueprint.get("/")
@requires(Permission.DISCLOSURE_FOLLOW, place=Place.AGENCY)
def index() -> str:
    """The keys, the newest first, and how one is made."""
    return _page(KeyForm(formdata=None))


@blueprint.post("/")
@requires(Permission.AGENCY_KEY_REGISTER, place=Place.AGENCY)
def register() -> ResponseReturnValue:
    """Register one; the operator confirms it by telephone."""
    form = KeyForm()
    if not form.validate():
        return _page(form), _UNPROCESSABLE
    try:
        actions.register_key(actor=actor(), agency_id=acting_agency(), recipient=form.recipient.data)
    except Invalid as refused:
        form.show(refused)
        form.recipient.data = ""  # it may be the private half, which must not come back on a page
        return _page(form), _UNPROCESSABLE
    flash("已登記。平台維運人員將以電話與貴機關核對，核定後開始使用。", "good")
    return _back()


@blueprint.post("/<uuid:agency_key_id>/revocation")
@requires(Permission.AGENCY_KEY_REGISTER, place=Place.AGENCY)
def revoke(agency_key_id: UUID) -> ResponseReturnValue:
    """Use it no longer."""
    queries.key(agency_id=acting_agency(), agency_key_id=agency_key_id)
    form = RevokeForm()
    if not form.validate():
        return _page(KeyForm(formdata=None), revoking=form), _UNPROCESSABLE
    actions.revoke_key(actor=actor(), agency_id=acting_agency(), agency_key_id=agency_key_id, reason=form.reason.data)
    flash("已停用。之後領取的影像不再以這把公鑰加密。", "good")
    return _back()


def _page(form: KeyForm, *, revoking: RevokeForm | None = None) -> str:
    agency_id = acting_agency()
    return render_template(
        "agency/keys.html",
        form=form,
        revoking=revoking or RevokeForm(formdata=None),
        keys=queries.keys_of(agency_id=agency_id),
        in_use=queries.key_in_use(agency_id=agency_id),
    )


def _back() -> Response:
    return redirect(url_for("agency.keys.index"), HTTPStatus.SEE_OTHER)
