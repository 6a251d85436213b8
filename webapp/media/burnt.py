"""Answers of the pictures that are made for one request: a playlist, what a player needs first, and pieces."""

from collections.abc import Iterable
from http import HTTPStatus

import structlog
from flask import Response

from infra.burning import NoSuchPiece, Viewing
from infra.playlists import Piece, playlist
from tenants.errors import NotFound

log = structlog.get_logger(__name__)

VIDEO = "video/mp4"


def listed(pieces: Iterable[Piece]) -> Response:
    """The playlist."""
    return Response(playlist(pieces), HTTPStatus.OK, mimetype="application/vnd.apple.mpegurl")


def header(shown: Viewing) -> Response:
    """What a player needs before the first piece."""
    return Response(shown.init(), HTTPStatus.OK, mimetype=VIDEO)


def piece(shown: Viewing, number: int, **about: str) -> Response:
    """Two seconds, decoded, marked and encoded now; what could not be is logged with `about`. Raises `NotFound`."""
    try:
        made = shown.piece(number)
    except NoSuchPiece as error:
        raise NotFound from error
    for fault in made.faults:
        log.warning("a segment could not be shown whole", code=fault.code, at=fault.at_us, **about)
    return Response(made.data, HTTPStatus.OK, mimetype=VIDEO)
