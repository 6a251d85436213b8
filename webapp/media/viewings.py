"""The picture of a viewing session, piece by piece: each asks anew whether the companion is there (DR-12, DR-14).

Nothing but an approved window of the session's own case can be named, no address works in another browser or after the
session stopped, and every piece bears its mark. The first request of a window is an event of the chain. The master key
opens footage as a quarter of an hour is entered; pieces are read with what lies between the session's two shares since.
"""

from http import HTTPStatus
from typing import Any
from uuid import UUID

from flask import Blueprint, Response

from infra.burning import Viewing
from tenants.disclosures.viewing import footage, queries
from tenants.disclosures.viewing.presence import Stopped
from tenants.permissions import Permission
from webapp.access import requires
from webapp.identify import actor, keep_changes
from webapp.media import burnt
from webapp.media.holdings import kms, store
from webapp.viewing_cookie import share_of_pictures, token_of

Answer = tuple[dict[str, str], HTTPStatus]
viewings = Blueprint(
    "media_viewings",
    __name__,
    url_prefix="/media/schools/<uuid:tenant_id>/viewings/<uuid:viewing_id>/<uuid:window_id>/<int:take>",
)


@viewings.get("/index.m3u8")
@requires(Permission.FOOTAGE_WATCH)
def index(tenant_id: UUID, viewing_id: UUID, window_id: UUID, take: int) -> Response:
    """The playlist of one take of an approved window, and the chain's line that it was opened."""
    return burnt.listed(footage.open_window(**_asked(tenant_id, viewing_id), window_id=window_id, take=take))


@viewings.post("/keys/<int:stretch>")
@requires(Permission.FOOTAGE_WATCH)
def enter(tenant_id: UUID, viewing_id: UUID, window_id: UUID, take: int, stretch: int) -> Answer:
    """The player enters a quarter of an hour: the keys of its pieces are opened, and lie between the two shares."""
    asked = _asked(tenant_id, viewing_id)
    footage.open_stretch(**asked, window_id=window_id, take=take, stretch=stretch, store=store())
    return {}, HTTPStatus.OK


@viewings.get("/init.mp4")
@requires(Permission.FOOTAGE_WATCH)
def init(tenant_id: UUID, viewing_id: UUID, window_id: UUID, take: int) -> Response:
    """What a player needs before the first piece."""
    return burnt.header(_shown(tenant_id, viewing_id, window_id, take))


@viewings.get("/<int:number>.m4s")
@requires(Permission.FOOTAGE_WATCH)
def piece(tenant_id: UUID, viewing_id: UUID, window_id: UUID, take: int, number: int) -> Response:
    """Two seconds of it, decoded, marked and encoded for this request."""
    return burnt.piece(_shown(tenant_id, viewing_id, window_id, take), number, viewing_id=str(viewing_id))


@viewings.errorhandler(Stopped)
def stopped(refused: Stopped) -> Answer:
    """A session that is not live: that it stopped was perhaps found by this very request, and stays recorded."""
    keep_changes()
    return {"code": refused.code, "detail": str(refused)}, HTTPStatus.CONFLICT


def _shown(tenant_id: UUID, viewing_id: UUID, window_id: UUID, take: int) -> Viewing:
    return footage.opened_window(**_asked(tenant_id, viewing_id), window_id=window_id, take=take, store=store())


def _asked(tenant_id: UUID, viewing_id: UUID) -> dict[str, Any]:
    """Who asks from which browser, of a session that there is."""
    queries.session(tenant_id=tenant_id, viewing_id=viewing_id)  # before any key is looked for
    return {
        "actor": actor(),
        "tenant_id": tenant_id,
        "viewing_id": viewing_id,
        "token": token_of(viewing_id),
        "share": share_of_pictures(),
        "kms": kms(),
    }
