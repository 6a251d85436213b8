"""The film of a granted request about one's own data: what is hidden is hidden before it leaves this process (DR-28).

Shown piece by piece to whoever masks it, only while the chain knows that this person opened it; and given once for each
medium, made while it is sent, so that no copy of it is kept. How much left, and its hash, are noted when it is over.
"""

import hashlib
from collections.abc import Callable, Iterator
from http import HTTPStatus
from uuid import UUID

from flask import Blueprint, Response

from infra.burning import Viewing
from infra.tenancy import Binding
from tenants.errors import NotFound
from tenants.permissions import Permission
from tenants.rights import queries, showing
from webapp.access import requires
from webapp.file_names import disposition
from webapp.identify import actor
from webapp.media import burnt
from webapp.media.holdings import kms, store
from webapp.media.opened import opened_by, remember
from webapp.media.sending import Sending, discard

rights = Blueprint("media_rights", __name__, url_prefix="/media/schools/<uuid:tenant_id>/rights")
rights.teardown_request(discard)


@rights.get("/<uuid:rights_id>/<int:take>/index.m3u8")
@requires(Permission.FOOTAGE_WATCH)
def index(tenant_id: UUID, rights_id: UUID, take: int) -> Response:
    """The playlist of one take, and the chain's line that somebody opened it."""
    queries.request(tenant_id=tenant_id, rights_id=rights_id)  # before any key is looked for
    film, seq = showing.open_film(
        actor=actor(), tenant_id=tenant_id, rights_id=rights_id, take=take, store=store(), kms=kms()
    )
    remember(f"{rights_id}:{take}", seq)
    return burnt.listed(film.pieces)


@rights.get("/<uuid:rights_id>/<int:take>/init.mp4")
@requires(Permission.FOOTAGE_WATCH)
def init(tenant_id: UUID, rights_id: UUID, take: int) -> Response:
    """What a player needs before the first piece."""
    return burnt.header(_film(tenant_id, rights_id, take))


@rights.get("/<uuid:rights_id>/<int:take>/<int:number>.m4s")
@requires(Permission.FOOTAGE_WATCH)
def piece(tenant_id: UUID, rights_id: UUID, take: int, number: int) -> Response:
    """Two seconds of it, with what is hidden now."""
    return burnt.piece(_film(tenant_id, rights_id, take), number, rights_id=str(rights_id))


@rights.post("/<uuid:rights_id>/copies/<uuid:masked_id>/file")
@requires(Permission.FOOTAGE_WATCH)
def take_copy(tenant_id: UUID, rights_id: UUID, masked_id: UUID) -> Response:
    """The copy itself, once, for the medium that was named."""
    copy = queries.copy(tenant_id=tenant_id, copy_id=masked_id)  # before any key is looked for
    if copy.rights_id != rights_id:
        raise NotFound
    film = showing.take_copy(actor=actor(), tenant_id=tenant_id, copy_id=masked_id, store=store(), kms=kms())
    serial = queries.request(tenant_id=tenant_id, rights_id=rights_id).serial
    who, digest = actor(), hashlib.sha256()
    sending = Sending(
        _hashed(film, digest.update),
        binding=Binding(tenant_id=tenant_id),
        note=lambda sent: showing.note_copy(
            actor=who,
            tenant_id=tenant_id,
            copy_id=masked_id,
            sha256=digest.hexdigest(),
            sent=sent.count,
            whole=sent.whole,
        ),
    )
    answer = Response(sending, HTTPStatus.OK, mimetype=burnt.VIDEO, direct_passthrough=True)
    answer.headers["Content-Disposition"] = disposition(serial, "mp4")
    return answer


def _film(tenant_id: UUID, rights_id: UUID, take: int) -> Viewing:
    queries.request(tenant_id=tenant_id, rights_id=rights_id)  # before any key is looked for
    return showing.opened_film(
        actor=actor(),
        tenant_id=tenant_id,
        rights_id=rights_id,
        take=take,
        seq=opened_by(f"{rights_id}:{take}"),
        store=store(),
        kms=kms(),
    )


def _hashed(film: Viewing, hear: Callable[[bytes], None]) -> Iterator[bytes]:
    """The header, then every piece, one in memory at a time; `hear` is told each before it leaves."""
    hear(header := film.init())
    yield header
    for each in film.pieces:
        hear(data := film.piece(each.number).data)
        yield data
