"""Playback and verification of a copy for reference, for who said why it is opened. No route sends the file itself.

Opening it is an act of the institution's page, with a reason, and stands in the chain before anything is read here;
without it no key is opened (infra/decisions/0015). Only the pieces of the copy exist, so a changed number reaches
nothing else (DR-12).
"""

from collections.abc import Sequence
from http import HTTPStatus
from uuid import UUID

from flask import Blueprint, Response, flash, redirect
from flask.typing import ResponseReturnValue

from infra import age, object_keys
from infra.playlists import Piece, playlist
from tenants.disclosures.retained import checking, opening, queries
from tenants.disclosures.retained.keys import open_retained_key
from tenants.disclosures.retained.models import Found
from tenants.disclosures.retained.pieces import names, pieces_of
from tenants.errors import NotFound
from tenants.permissions import Permission
from webapp import addresses
from webapp.access import requires
from webapp.identify import actor
from webapp.media.holdings import kms, store

retained = Blueprint("media_retained", __name__, url_prefix="/media/schools/<uuid:tenant_id>/retained/<uuid:copy_id>")
_SAID = {
    Found.SAME: ("驗證相符：複製本可以開啟，內容與製作時的雜湊相同。", "good"),
    Found.OTHER: ("驗證不符：內容與製作時的雜湊不同。請洽平台維運人員查明。", "bad"),
    Found.UNREADABLE: ("驗證不符：複製本無法開啟。請洽平台維運人員查明。", "bad"),
}


@retained.post("/check")
@requires(Permission.FOOTAGE_WATCH)
def check(tenant_id: UUID, copy_id: UUID) -> ResponseReturnValue:
    """Read it to its last byte, and write down whether it is what was kept."""
    copy = opening.check_opened(actor=actor(), tenant_id=tenant_id, copy_id=copy_id)
    found = checking.read_back(copy=copy, kms=kms(), store=store())
    opening.note_check(actor=actor(), tenant_id=tenant_id, copy_id=copy_id, found=found)
    flash(*_SAID[found])
    return redirect(addresses.retained_page(tenant_id=tenant_id, copy_id=copy_id), HTTPStatus.SEE_OTHER)


@retained.get("/<int:part>/index.m3u8")
@requires(Permission.FOOTAGE_WATCH)
def index(tenant_id: UUID, copy_id: UUID, part: int) -> Response:
    """The playlist of one part, and the audit's line that somebody watches it."""
    pieces = _pieces(tenant_id, copy_id, part)
    opening.note_watching(actor=actor(), tenant_id=tenant_id, copy_id=copy_id, part=part)
    return Response(playlist(pieces), HTTPStatus.OK, mimetype="application/vnd.apple.mpegurl")


@retained.get("/<int:part>/<name>")
@requires(Permission.FOOTAGE_WATCH)
def piece(tenant_id: UUID, copy_id: UUID, part: int, name: str) -> Response:
    """What a player needs before the first piece, or some seconds of the part."""
    if name not in names(_pieces(tenant_id, copy_id, part)):
        raise NotFound
    copy = opening.check_watched(actor=actor(), tenant_id=tenant_id, copy_id=copy_id)
    secret = open_retained_key(copy=copy, kms=kms(), store=store())
    key = object_keys.retained_piece(tenant_id=tenant_id, copy_id=copy_id, part=part, name=name)
    return Response(age.decrypt(store().get(key), secret), HTTPStatus.OK, mimetype="video/mp4")


def _pieces(tenant_id: UUID, copy_id: UUID, part: int) -> Sequence[Piece]:
    """The pieces of a part of the copy, which has the parts of the package that it was made of."""
    found = pieces_of(queries.kept(tenant_id=tenant_id, copy_id=copy_id).copy)
    if part not in found:
        raise NotFound
    return found[part]
