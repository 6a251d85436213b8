"""The pieces of a copy for reference, by the number of the part that they play, as its row keeps them in JSON."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict
from typing import Any

from infra.playlists import INIT, Piece, piece_name
from tenants.disclosures.retained.models import RetainedCopy


def pieces_of(copy: RetainedCopy) -> Mapping[int, Sequence[Piece]]:
    """The pieces of each part; nothing before the copy was made."""
    return {int(part): [Piece(**piece) for piece in pieces] for part, pieces in copy.pieces.items()}


def names(pieces: Sequence[Piece]) -> Iterator[str]:
    """What the objects of a part are called; none where it has no picture to play."""
    if pieces:
        yield INIT
        yield from (piece_name(piece.number) for piece in pieces)


def to_json(pieces: Mapping[int, Sequence[Piece]]) -> dict[str, Any]:
    """As the row keeps them."""
    return {str(part): [asdict(piece) for piece in held] for part, held in pieces.items()}
