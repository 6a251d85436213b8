"""Playback of a finished package's parts in the institution's own review page.

Only approved seconds of the case's own copies are ever made into a piece, so there is nothing else that a changed
number could reach (DR-12). No address works without the session that opened the playlist, which is one event of the
chain: no audit, no access.
"""

from typing import Any
from uuid import UUID

from flask import Blueprint, Response

from infra.burning import Viewing
from tenants.disclosures.packages import reviewing
from tenants.permissions import Permission
from webapp.access import requires
from webapp.identify import actor
from webapp.media import burnt
from webapp.media.holdings import kms, store
from webapp.media.opened import opened_by, remember

playback = Blueprint(
    "media_playback",
    __name__,
    url_prefix="/media/schools/<uuid:tenant_id>/packages/<uuid:package_id>/<int:part>",
)


@playback.get("/index.m3u8")
@requires(Permission.FOOTAGE_WATCH)
def index(tenant_id: UUID, package_id: UUID, part: int) -> Response:
    """The playlist of one part, and the audit's line that somebody watches it."""
    opened = reviewing.open_part(actor=actor(), tenant_id=tenant_id, package_id=package_id, part=part)
    remember(f"{package_id}:{part}", opened.seq)
    return burnt.listed(opened.pieces)


@playback.get("/init.mp4")
@requires(Permission.FOOTAGE_WATCH)
def init(tenant_id: UUID, package_id: UUID, part: int) -> Response:
    """What a player needs before the first piece."""
    return burnt.header(_opened(tenant_id, package_id, part))


@playback.get("/<int:number>.m4s")
@requires(Permission.FOOTAGE_WATCH)
def piece(tenant_id: UUID, package_id: UUID, part: int, number: int) -> Response:
    """Two seconds of the part."""
    return burnt.piece(_opened(tenant_id, package_id, part), number, package_id=str(package_id))


def _opened(tenant_id: UUID, package_id: UUID, part: int) -> Viewing:
    asked: dict[str, Any] = {"tenant_id": tenant_id, "package_id": package_id, "part": part}
    reviewing.check_there(**asked)  # before any key is looked for
    seq = opened_by(f"{package_id}:{part}")
    return reviewing.opened_part(actor=actor(), **asked, seq=seq, store=store(), kms=kms())
