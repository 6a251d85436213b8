"""`python -m tests.torture.looking TENANT SNAPSHOTS`, as the worker: opens every segment and looks for it in the spool.

Prints as JSON how many segments decode to as many pictures as their lines say, which do not, and of how many some bytes
lay in the spool as they are in the plain film.
"""

import io
import json
import random
import sys
from collections.abc import Iterator
from pathlib import Path
from uuid import UUID

import av
from av.error import FFmpegError
from sqlalchemy import select

from infra import age
from infra.db import db
from infra.tenancy import Binding, bind
from tenants.footage.keys import open_day_key
from tenants.footage.models import Segment
from workers import context
from workers.context import worker_app

_SLICE, _SLICES, _MARKERS = 48, 2, (b"ftypiso", b"moof\x00\x00", b"avcC\x01", b"hvcC\x01")


def main() -> None:
    """Look, print."""
    tenant_id, snapshots = UUID(sys.argv[1]), Path(sys.argv[2])
    spool = [path.read_bytes() for path in snapshots.iterdir()]
    with worker_app().app_context():
        bind(db.session, Binding(tenant_id=tenant_id))
        broken, plain, decoded, damaged = [], sum(any(one in held for held in spool) for one in _MARKERS), 0, 0
        for segment, film in _films(tenant_id):
            pictures = _pictures(film)
            decoded += pictures == segment.packets
            # What a camera did not send cannot be shown; the line says how many packets it was.
            is_damaged = 0 < pictures < segment.packets and segment.lost_packets > 0
            damaged += is_damaged
            if pictures != segment.packets and not is_damaged:
                broken.append(f"{segment.id}: {pictures} of {segment.packets}, {segment.ended_because}")
            plain += any(one in held for one in _slices(film) for held in spool)
        sys.stdout.write(json.dumps({"decoded": decoded, "damaged": damaged, "broken": broken, "plain": plain}))


def _films(tenant_id: UUID) -> Iterator[tuple[Segment, bytes]]:
    secrets: dict[tuple[object, int], str] = {}
    query = select(Segment).where(Segment.tenant_id == tenant_id, Segment.state == "stored")
    for segment in db.session.scalars(query.order_by(Segment.started_at)):
        of = segment.civil_day, segment.retention_days
        if of not in secrets:
            secrets[of] = open_day_key(
                tenant_id=tenant_id,
                day=segment.civil_day,
                retention_days=segment.retention_days,
                kms=context.kms(),
                store=context.store(),
            )
        yield segment, age.decrypt(context.store().get(segment.object_key), secrets[of])


def _pictures(film: bytes) -> int:
    try:
        with av.open(io.BytesIO(film)) as file:
            return sum(1 for _ in file.decode(video=0))
    except FFmpegError:
        return -1


def _slices(film: bytes) -> Iterator[bytes]:
    """Some bytes from within, none so plain that they could lie anywhere."""
    pick = random.Random(len(film))  # noqa: S311 - which bytes are looked for
    for _ in range(_SLICES):
        at = pick.randrange(max(1, len(film) - _SLICE))
        found = film[at : at + _SLICE]
        if len(set(found)) > _SLICE // 2:
            yield found


if __name__ == "__main__":
    main()
