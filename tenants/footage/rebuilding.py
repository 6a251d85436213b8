"""The index made again from the store alone: every object carries its device's signed line (infra/decisions/0013).

Only what a device of this institution signed, about exactly the bytes that lie there, under exactly this key, comes
back. What cannot be had from the store: the day keys (from a backup of the database, with their shares under `keys/`)
and the devices' public keys (from a backup, or the institution's chain, which keeps each at its enrolment).
"""

import hashlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import partial
from uuid import UUID

from sqlalchemy import select, text
from sqlalchemy.dialects.postgresql import insert

from infra import object_keys
from infra.age_keys import name_of
from infra.db import db
from infra.manifest import BadManifest, ManifestLine, SignedLine, lying_beside, parse, parse_and_verify
from infra.objects import NoSuchObject, ObjectFacts, ObjectStore
from tenants.actor import Actor
from tenants.audit import actions as audit
from tenants.audit.events import Event
from tenants.footage.areas import DayOfClass, day_of
from tenants.footage.lines import columns, signed_line
from tenants.footage.models import DayKey, Segment, SegmentState
from tenants.footage.queries import KEY_OF_SEGMENT
from tenants.registry.models import Camera, EdgeDevice

_AT_ONCE = 500
_ASKED_AT_ONCE = 8


@dataclass(frozen=True)
class IndexDigest:
    """One hash that stands for every stored segment of a day, and how many there are."""

    segments: int
    bytes: int
    sha256: str


@dataclass
class Rebuilt:
    """What a rebuilding found of one day and class: entered, there already, and refused by key with the reason."""

    restored: int = 0
    known: int = 0
    refused: list[tuple[str, str]] = field(default_factory=list)


def digest(*, tenant_id: UUID, day: date) -> IndexDigest:
    """The state of the index of one day: over the stored segments' signed lines, by class, camera, start and id."""
    query = (
        select(Segment, DayKey.recipient)
        .join(DayKey, KEY_OF_SEGMENT)
        .where(Segment.civil_day == day, Segment.tenant_id == tenant_id, Segment.state == SegmentState.STORED)
        .order_by(Segment.retention_days, Segment.camera_id, Segment.started_at, Segment.id)
    )
    made, segments, size = hashlib.sha256(), 0, 0
    for segment, recipient in db.session.execute(query, execution_options={"yield_per": _AT_ONCE}):
        held = signed_line(segment, recipient=recipient)
        made.update(f"{held.line}\n{held.signature}\n".encode())
        segments, size = segments + 1, size + segment.cipher_bytes
    return IndexDigest(segments, size, made.hexdigest())


def days_in_store(*, store: ObjectStore, tenant_id: UUID) -> Iterator[DayOfClass]:
    """Every day and class under which the store shows something of an institution, by class and day."""
    for class_folder in store.within(object_keys.SEGMENTS):
        prefix = f"{class_folder}{tenant_id}/"
        for entry in store.within(prefix) if class_folder.endswith("/") else ():
            if (found := day_of(entry)) is not None:
                yield found


def rebuild(
    *, actor: Actor, tenant_id: UUID, of: DayOfClass, store: ObjectStore, now: datetime, only_check: bool
) -> Rebuilt:
    """Enter every segment of a day and class that the store proves; with `only_check`, say what would come back.

    Rows that are there already are left as they are. Raises `StoreUnavailable`.
    """
    judge, made = _Judge(tenant_id, of), Rebuilt()
    prefix = object_keys.day_prefix(retention_days=of.retention_days, tenant_id=tenant_id, day=of.day)
    if not only_check:
        where = {"day": of.day, "days": of.retention_days}
        db.session.execute(text("select ensure_segment_partition(:day, :days)"), where)
    store_facts = partial(_ask, store)
    with ThreadPoolExecutor(_ASKED_AT_ONCE) as pool:
        for batch in _batches(store.listing(prefix)):
            proven: list[tuple[ManifestLine, SignedLine]] = []
            for one, facts in zip(batch, pool.map(store_facts, batch), strict=True):
                try:
                    proven.append(judge.proven(one.key, facts))
                except BadManifest as error:
                    made.refused.append((one.key, error.code))
            _enter(proven, made, now=now, only_check=only_check)
    if not only_check:
        audit.record(
            Event.INDEX_REBUILT,
            tenant_id=tenant_id,
            actor=actor,
            civil_day=of.day.isoformat(),
            retention_days=of.retention_days,
            restored=made.restored,
            known=made.known,
            refused=len(made.refused),
            digest=digest(tenant_id=tenant_id, day=of.day).sha256,
        )
    return made


class _Judge:
    """Whether an object is what one of the institution's devices signed."""

    def __init__(self, tenant_id: UUID, of: DayOfClass) -> None:
        self._tenant_id, self._of = tenant_id, of
        devices = select(EdgeDevice.id, EdgeDevice.public_key).where(EdgeDevice.tenant_id == tenant_id)
        self._devices: Mapping[UUID, str] = dict(db.session.execute(devices).all())
        self._cameras = set(db.session.scalars(select(Camera.id).where(Camera.tenant_id == tenant_id)))
        self._key = db.session.get(DayKey, (tenant_id, of.day, of.retention_days))

    def proven(self, key: str, facts: ObjectFacts | None) -> tuple[ManifestLine, SignedLine]:
        """The object's line. Raises `BadManifest` with the reason."""
        if facts is None:
            raise BadManifest("gone", "the object went while we looked")
        held = lying_beside(facts.beside)
        claimed = parse(held.line)
        public_key = self._devices.get(claimed.device_id)
        if public_key is None:
            raise BadManifest("unknown_device", "no device of this institution")
        line = parse_and_verify(held, public_key=public_key)
        if key != _place_of(line):
            raise BadManifest("other_place", "the line is another object's")
        if (facts.bytes, facts.md5) != (line.cipher_bytes, line.cipher_md5):
            raise BadManifest("other_bytes", "the object is not what the line says")
        if line.camera_id not in self._cameras:
            raise BadManifest("foreign_camera", "no camera of this institution")
        if self._key is None or name_of(self._key.recipient) != line.recipient:
            raise BadManifest("unknown_key", "not encrypted to this day's key")
        if self._key.destroyed_at is not None:
            raise BadManifest("day_destroyed", "the day's key is destroyed")
        return line, held


def _place_of(line: ManifestLine) -> str:
    return object_keys.segment(
        retention_days=line.retention_days,
        tenant_id=line.tenant_id,
        day=line.civil_day,
        camera_id=line.camera_id,
        segment_id=line.segment_id,
    )


def _ask(store: ObjectStore, one: ObjectFacts) -> ObjectFacts | None:
    try:
        return store.facts(one.key)
    except NoSuchObject:
        return None


def _enter(
    proven: Sequence[tuple[ManifestLine, SignedLine]], made: Rebuilt, *, now: datetime, only_check: bool
) -> None:
    stored = {"state": SegmentState.STORED, "confirmed_at": now, "checked_at": now}
    rows = [columns(line, held) | stored for line, held in proven]
    if only_check:
        made.restored += len(rows)
    elif rows:
        entered = insert(Segment).values(rows).on_conflict_do_nothing().returning(Segment.id)
        new = len(db.session.scalars(entered).all())
        made.restored += new
        made.known += len(rows) - new


def _batches(found: Iterable[ObjectFacts]) -> Iterator[list[ObjectFacts]]:
    batch: list[ObjectFacts] = []
    for one in found:
        batch.append(one)
        if len(batch) == _AT_ONCE:
            yield batch
            batch = []
    if batch:
        yield batch
