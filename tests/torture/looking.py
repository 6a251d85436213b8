"""`python -m tests.torture.looking TENANT SNAPSHOTS`, as the worker: opens every segment and looks for it in the spool.

Prints as JSON how many segments decode to as many pictures as their lines say, which do not, and of how many some bytes
lay in the spool as they are in the plain film. `unmarked` films lack what is searched by name, `slices` were searched
otherwise; `torn` ones lack the picture that was under way when their connection broke, and `spool` files of footage
were searched through: without them nothing was looked for.
"""

import io
import json
import random
import sys
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any
from uuid import UUID

import av
from av.error import FFmpegError
from sqlalchemy import select

from infra import age
from infra.causes import Ended
from infra.db import db
from infra.tenancy import Binding, bind
from tenants.footage.keys import open_day_key
from tenants.footage.models import Segment
from workers import context
from workers.context import worker_app

_SLICE, _SLICES = 48, 2
_EVERY_FILM, _OF_CODEC = (b"ftypiso", b"moof\x00\x00"), {"h264": b"avcC\x01", "hevc": b"hvcC\x01"}
_MARKERS = (*_EVERY_FILM, *_OF_CODEC.values())
_BROKE = frozenset({Ended.STREAM_ENDED, Ended.STREAM_STALLED})
_FOOTAGE = frozenset({".open", ".age"})


@dataclass
class Found:
    """What is printed."""

    spool: int
    plain: int
    decoded: int = 0
    sounding: int = 0
    damaged: int = 0
    torn: int = 0
    unmarked: int = 0
    slices: int = 0
    broken: list[str] = field(default_factory=list)


def main() -> None:
    """Look, print."""
    tenant_id, snapshots = UUID(sys.argv[1]), Path(sys.argv[2])
    kept = list(snapshots.iterdir())
    spool = [path.read_bytes() for path in kept]
    found = Found(
        spool=sum(path.suffix in _FOOTAGE and path.stat().st_size > 0 for path in kept),
        plain=sum(any(one in held for held in spool) for one in _MARKERS),
    )
    with worker_app().app_context():
        bind(db.session, Binding(tenant_id=tenant_id))
        for segment, film in _films(tenant_id):
            _decode(segment, film, found)
            found.unmarked += not all(one in film for one in (*_EVERY_FILM, _OF_CODEC[segment.codec]))
            slices = list(_slices(film))
            found.slices += len(slices)
            found.plain += any(one in held for one in slices for held in spool)
        sys.stdout.write(json.dumps(asdict(found)))


def _decode(segment: Segment, film: bytes, found: Found) -> None:
    pictures = _played(film, "video")
    if segment.audio:
        is_heard = _played(film, "audio") > 0
        found.sounding += is_heard
        if not is_heard:
            found.broken.append(f"{segment.id}: no sound, {segment.notes or 'without a note'}, {segment.ended_because}")
    found.decoded += pictures == segment.packets
    # What a camera did not send cannot be shown; the line says how many packets it was.
    is_damaged = 0 < pictures < segment.packets and segment.lost_packets > 0
    # Nor can the rest of the one that was under way when the connection broke.
    is_torn = not is_damaged and segment.ended_because in _BROKE and pictures == segment.packets - 1 > 0
    found.damaged += is_damaged
    found.torn += is_torn
    if pictures != segment.packets and not is_damaged and not is_torn:
        found.broken.append(
            f"{segment.id}: {pictures} of {segment.packets}, {segment.lost_packets} lost, {segment.ended_because}, "
            f"{segment.codec} {segment.notes or 'without a note'}, {segment.camera_id} at {segment.started_at:%T}"
        )


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


def _played(film: bytes, kind: str) -> int:
    """How many frames are shown or heard; as a player does, which goes on after what it cannot decode.

    -1 where the film does not open.
    """
    try:
        with av.open(io.BytesIO(film)) as file:
            return sum(_shown(packet) for packet in file.demux([one for one in file.streams if one.type == kind]))
    except FFmpegError:
        return -1


def _shown(packet: Any) -> int:  # noqa: ANN401 - PyAV ships no complete types
    try:
        return len(packet.decode())
    except FFmpegError:
        return 0


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
