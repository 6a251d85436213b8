"""The scan of an official document, for the people of the institution who handle it."""

from http import HTTPStatus
from uuid import UUID

from flask import Blueprint, Response

from infra import age, object_keys
from tenants.audit import actions as audit
from tenants.audit.events import Event
from tenants.disclosures.official import queries as official
from tenants.footage.keys import open_records_key
from tenants.permissions import Permission
from webapp.access import requires
from webapp.identify import actor
from webapp.media.holdings import kms, store

letters = Blueprint("media_letters", __name__, url_prefix="/media/schools/<uuid:tenant_id>/letters")


@letters.get("/<uuid:letter_id>")
@requires(Permission.DISCLOSURE_READ)
def show(tenant_id: UUID, letter_id: UUID) -> Response:
    """The PDF, to be saved and not shown in our origin: whatever it holds can do nothing here (KH-6-1e)."""
    letter = official.letter(tenant_id=tenant_id, letter_id=letter_id)
    secret = open_records_key(tenant_id=tenant_id, kms=kms())
    plain = age.decrypt(store().get(object_keys.letter(tenant_id=tenant_id, letter_id=letter_id)), secret)
    audit.record(
        Event.LETTER_READ,
        tenant_id=tenant_id,
        actor=actor(),
        subject_id=letter.disclosure_id,
        letter_id=str(letter_id),
        disclosure_id=str(letter.disclosure_id),
    )
    answer = Response(plain, HTTPStatus.OK, mimetype="application/pdf")
    answer.headers["Content-Security-Policy"] = "sandbox; default-src 'none'"
    answer.headers.set("Content-Disposition", "attachment", filename=f"letter-{letter_id}.pdf")
    return answer
