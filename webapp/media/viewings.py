"""The picture of a viewing session, piece by piece: each asks anew whether the companion is there (DR-12, DR-14).

Nothing but an approved window of the session's own case can be named, no address works in another browser or after the
session stopped, and every piece bears its mark. The first request of a window is an event of the chain.
"""

from http import HTTPStatus
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
from webapp.viewing_cookie import token_of

viewings = Blueprint(
    "media_viewings",
    __name__,
    url_prefix="/media/schools/<uuid:tenant_id>/viewings/<uuid:viewing_id>/<uuid:window_id>/<int:take>",
)


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
    return burnt.listed(shown.pieces)


@viewings.get("/init.mp4")
@requires(Permission.FOOTAGE_WATCH)
def init(tenant_id: UUID, viewing_id: UUID, window_id: UUID, take: int) -> Response:
    """What a player needs before the first piece."""
    return burnt.header(_opened(tenant_id, viewing_id, window_id, take))


@viewings.get("/<int:number>.m4s")
@requires(Permission.FOOTAGE_WATCH)
def piece(tenant_id: UUID, viewing_id: UUID, window_id: UUID, take: int, number: int) -> Response:
    """Two seconds of it, decoded, marked and encoded for this request."""
    return burnt.piece(_opened(tenant_id, viewing_id, window_id, take), number, viewing_id=str(viewing_id))


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
