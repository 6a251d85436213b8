"""The Merkle tree hash of RFC 6962 section 2.1 over the segments that were destroyed.

One root on the certificate stands for every segment: whoever holds a segment's signed line can make its leaf and later
prove that it was among them, and nobody can add or leave out one afterwards.
"""

from collections.abc import Iterable

from sqlalchemy import ColumnElement, LargeBinary, func, literal
from sqlalchemy.dialects.postgresql import aggregate_order_by

from tenants.audit.merkle import LEAF, root_of_hashes
from tenants.footage.models import Segment

METHOD = (
    "RFC 6962, SHA-256; a leaf is the 16 bytes of a segment's id and the 32 of its cipher text's SHA-256, "
    "as its device signed them; leaves are ordered by camera, start and id"
)


def leaf_hashes() -> ColumnElement[bytes]:
    """The hashes of one camera's leaves, one after another: made by the database, so that 32 bytes a row travel."""
    data = func.uuid_send(Segment.id, type_=LargeBinary).concat(Segment.cipher_sha256)
    hashed = func.sha256(literal(LEAF, LargeBinary).concat(data), type_=LargeBinary)
    nothing_between = aggregate_order_by(literal(b"", LargeBinary), Segment.started_at, Segment.id)
    return func.string_agg(hashed, nothing_between, type_=LargeBinary)


def merkle_root(cameras: Iterable[bytes]) -> str:
    """The root in hex over what `leaf_hashes` gave for each camera. Of nothing it is the hash of nothing."""
    return root_of_hashes(b"".join(cameras)).hex()
