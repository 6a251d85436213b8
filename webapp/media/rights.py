"""The film of a granted request about one's own data: what is hidden is hidden before it leaves this process (DR-28).

Shown piece by piece to whoever masks it, only while the chain knows that this person opened it; and given once for each
medium, made while it is sent, so that no copy of it is kept. How much left, and its hash, are noted when it is over.
"""

import hashlib
from collections.abc import Iterator
from http import HTTPStatus
from uuid import UUID

from flask import Blueprint, Flask, Response, current_app, session

from infra.burning import Viewing
from infra.db import db
from infra.tenancy import Binding, bind
from tenants.actor import Actor
from tenants.permissions import Permission
from tenants.rights import queries, showing
from webapp.access import requires
from webapp.file_names import disposition
from webapp.identify import actor
from webapp.media import burnt
from webapp.media.holdings import kms, store

rights = Blueprint("media_rights", __name__, url_prefix="/media/schools/<uuid:tenant_id>/rights")
_OPENED = "rights_films"
_MOST_AT_ONCE = 8


@rights.get("/<uuid:rights_id>/<int:take>/index.m3u8")
@requires(Permission.FOOTAGE_WATCH)
def index(tenant_id: UUID, rights_id: UUID, take: int) -> Response:
    """The playlist of one take, and the chain's line that somebody opened it."""
    queries.request(tenant_id=tenant_id, rights_id=rights_id)  # before any key is looked for
    film, seq = showing.open_film(
        actor=actor(), tenant_id=tenant_id, rights_id=rights_id, take=take, store=store(), kms=kms()
    )
    opened = _opened() | {f"{rights_id}:{take}": seq}
    session[_OPENED] = dict(sorted(opened.items(), key=lambda entry: entry[1])[-_MOST_AT_ONCE:])
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


@rights.post("/copies/<uuid:masked_id>/file")
@requires(Permission.FOOTAGE_WATCH)
def take_copy(tenant_id: UUID, masked_id: UUID) -> Response:
    """The copy itself, once, for the medium that was named."""
    copy = queries.copy(tenant_id=tenant_id, copy_id=masked_id)  # before any key is looked for
    film = showing.take_copy(actor=actor(), tenant_id=tenant_id, copy_id=masked_id, store=store(), kms=kms())
    serial = queries.request(tenant_id=tenant_id, rights_id=copy.rights_id).serial
    sent = _Sent(film, app=_app(), person=actor(), tenant_id=tenant_id, copy_id=masked_id)
    answer = Response(sent, HTTPStatus.OK, mimetype=burnt.VIDEO, direct_passthrough=True)
    answer.headers["Content-Disposition"] = disposition(serial, "mp4")
    return answer


def _film(tenant_id: UUID, rights_id: UUID, take: int) -> Viewing:
    queries.request(tenant_id=tenant_id, rights_id=rights_id)  # before any key is looked for
    return showing.opened_film(
        actor=actor(),
        tenant_id=tenant_id,
        rights_id=rights_id,
        take=take,
        seq=_opened().get(f"{rights_id}:{take}"),
        store=store(),
        kms=kms(),
    )


def _opened() -> dict[str, int]:
    """The events by which this session opened films. The cookie only says where in the chain to look."""
    held: dict[str, int] = session.get(_OPENED, {})
    return held


class _Sent:
    """A copy on its way: made piece by piece, hashed as it leaves. What was asked for next has arrived before."""

    def __init__(self, film: Viewing, *, app: Flask, person: Actor, tenant_id: UUID, copy_id: UUID) -> None:
        self._film, self._app, self._person = film, app, person
        self._tenant_id, self._copy_id = tenant_id, copy_id
        self._digest, self._sent, self._over = hashlib.sha256(), 0, False

    def __iter__(self) -> Iterator[bytes]:
        """The header, then every piece, one in memory at a time."""
        yield from self._counted(self._film.init())
        for each in self._film.pieces:
            yield from self._counted(self._film.piece(each.number).data)
        self._note(whole=True)

    def close(self) -> None:
        """PEP 3333: the server calls this also when the browser goes away in the middle."""
        self._note(whole=False)

    def _counted(self, data: bytes) -> Iterator[bytes]:
        self._digest.update(data)
        yield data
        self._sent += len(data)

    def _note(self, *, whole: bool) -> None:
        """In a transaction of its own: the request's has been over since before the first byte."""
        if self._over:
            return
        self._over = True
        with self._app.app_context():
            bind(db.session, Binding(tenant_id=self._tenant_id))
            showing.note_copy(
                actor=self._person,
                tenant_id=self._tenant_id,
                copy_id=self._copy_id,
                sha256=self._digest.hexdigest(),
                sent=self._sent,
                whole=whole,
            )
            db.session.commit()


def _app() -> Flask:
    """The app itself, for what happens after the request is over."""
    app: Flask = current_app._get_current_object()  # type: ignore[attr-defined]  # noqa: SLF001 - as Flask documents
    return app
