"""The picture of a viewing session, piece by piece: each asks anew whether the companion is there (DR-12, DR-14).

Nothing but an approved window of the session's own case can be named, no address works in another browser or after the
session stopped, and every piece bears its mark. The first request of a window is an event of the chain.
"""

from http import HTTPStatus
from uuid import UUID

import structlog
from flask import Blueprint, Response

from infra.burning import NoSuchPiece, Viewing
from infra.playlists import playlist
from tenants.disclosures.viewing import footage, queries
from tenants.disclosures.viewing.presence import Stopped
from tenants.errors import NotFound
from tenants.permissions import Permission
from webapp.access import requires
from webapp.identify import actor, keep_changes
from webapp.media.holdings import kms, store
from webapp.viewing_cookie import token_of

log = structlog.get_logger(__name__)

viewings = Blueprint(
    "media_viewings",
    __name__,
    url_prefix="/media/schools/<uuid:tenant_id>/viewings/<uuid:viewing_id>/<uuid:window_id>/<int:take>",
)
_VIDEO = "video/mp4"


@viewings.get("/index.m3u8")
@requires(Permission.FOOTAGE_WATCH)
def index(tenant_id: UUID, viewing_id: UUID, window_id: UUID, take: int) -> Response:
    """The playlist of one take of an approved window, and the chain's line that it was opened."""
    queries.session(tenant_id=tenant_id, viewing_id=viewing_id)  # before any key is looked for
    shown = footage.open_window(
        actor=actor(),
        tenant_id=tenant_id,
        viewing_id=viewing_id,
        window_id=window_id,
        take=take,
        token=token_of(viewing_id),
        store=store(),
        kms=kms(),
    )
    return Response(playlist(shown.pieces), HTTPStatus.OK, mimetype="application/vnd.apple.mpegurl")


@viewings.get("/init.mp4")
@requires(Permission.FOOTAGE_WATCH)
def init(tenant_id: UUID, viewing_id: UUID, window_id: UUID, take: int) -> Response:
    """What a player needs before the first piece."""
    return Response(_opened(tenant_id, viewing_id, window_id, take).init(), HTTPStatus.OK, mimetype=_VIDEO)


@viewings.get("/<int:number>.m4s")
@requires(Permission.FOOTAGE_WATCH)
def piece(tenant_id: UUID, viewing_id: UUID, window_id: UUID, take: int, number: int) -> Response:
    """Two seconds of it, decoded, marked and encoded for this request."""
    try:
        made = _opened(tenant_id, viewing_id, window_id, take).piece(number)
    except NoSuchPiece as error:
        raise NotFound from error
    for fault in made.faults:
        log.warning("a segment could not be shown whole", viewing_id=str(viewing_id), code=fault.code, at=fault.at_us)
    return Response(made.data, HTTPStatus.OK, mimetype=_VIDEO)


@viewings.errorhandler(Stopped)
def stopped(refused: Stopped) -> tuple[dict[str, str], HTTPStatus]:
    """A session that is not live: that it stopped was perhaps found by this very request, and stays recorded."""
    keep_changes()
    return {"code": refused.code, "detail": str(refused)}, HTTPStatus.CONFLICT


def _opened(tenant_id: UUID, viewing_id: UUID, window_id: UUID, take: int) -> Viewing:
    queries.session(tenant_id=tenant_id, viewing_id=viewing_id)
    return footage.opened_window(
        actor=actor(),
        tenant_id=tenant_id,
        viewing_id=viewing_id,
        window_id=window_id,
        take=take,
        token=token_of(viewing_id),
        store=store(),
        kms=kms(),
    )
