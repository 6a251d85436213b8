"""Real footage for tests of the law: encrypted to real day keys, signed by a real device key, lying in a real store."""

import os
from dataclasses import dataclass, field
from datetime import date, datetime
from uuid import UUID, uuid4

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from sqlalchemy import text

from infra import age, clock, manifest
from infra.age_keys import Kind, name_of
from infra.db import db
from infra.kms import Kms
from infra.objects import ObjectStore
from infra.signing import public_key_text
from tenants.actor import system
from tenants.footage import keys
from tenants.footage.lines import columns
from tenants.footage.models import DayKey, Segment, SegmentState
from tests.factories.footage import device
from tests.factories.lines import LOOK, bytes_of
from tests.factories.registry import Institution

ACTOR = system("test")


@dataclass
class Archive:
    """An institution's footage. `plain` keeps what each segment's samples were, by id; `kind` is that of all keys."""

    of: Institution
    store: ObjectStore
    kms: Kms
    kind: Kind = Kind.CLASSIC
    signer: Ed25519PrivateKey = field(default_factory=Ed25519PrivateKey.generate)
    plain: dict[UUID, bytes] = field(default_factory=dict)
    device_id: UUID = field(init=False)

    def __post_init__(self) -> None:
        """Enrol the box that will have recorded everything."""
        takes_hybrid = self.kind is Kind.HYBRID
        self.device_id = device(self.of, public_key=public_key_text(self.signer), takes_hybrid=takes_hybrid)

    def key(self, day: date, *, retention_days: int = 14) -> DayKey:
        """The day's key, made when absent."""
        keys.make_day_keys(
            actor=ACTOR,
            tenant_id=self.of.tenant_id,
            kms=self.kms,
            store=self.store,
            first=day,
            last=day,
            retention_days=retention_days,
            kind=self.kind,
        )
        db.session.commit()
        return db.session.get_one(DayKey, (self.of.tenant_id, day, retention_days))

    def record(
        self,
        started_at: datetime,
        *,
        camera: str = "C-GATE",
        seconds: int = 60,
        retention_days: int = 14,
        state: SegmentState = SegmentState.STORED,
        plain: bytes = b"",
    ) -> Segment:
        """One minute, uploaded and indexed: random bytes, or the given samples where somebody will look at them."""
        day, segment_id, plain = clock.civil_day(started_at), uuid4(), plain or os.urandom(2000)
        key = self.key(day, retention_days=retention_days)
        cipher = age.encrypt(plain, key.recipient)
        line = self._line(key, started_at, seconds=seconds, camera=camera, segment_id=segment_id, data=(plain, cipher))
        signed = manifest.signed(line, self.signer)
        made = self._index(line, signed, state=state)
        self.plain[segment_id] = plain
        self.store.put(made.object_key, cipher, beside=manifest.beside(signed))
        return made

    def _index(self, line: manifest.ManifestLine, signed: manifest.SignedLine, *, state: SegmentState) -> Segment:
        where = {"day": line.civil_day, "days": line.retention_days}
        db.session.execute(text("select ensure_segment_partition(:day, :days)"), where)
        made = Segment(state=state, confirmed_at=clock.now(), **columns(line, signed))
        db.session.add(made)
        db.session.commit()
        return made

    def _line(
        self,
        key: DayKey,
        started_at: datetime,
        *,
        seconds: int,
        camera: str,
        segment_id: UUID,
        data: tuple[bytes, bytes],
    ) -> manifest.ManifestLine:
        start = manifest.microseconds(started_at)
        return manifest.ManifestLine(
            segment_id=segment_id,
            tenant_id=self.of.tenant_id,
            site_id=self.of.site_id,
            camera_id=self.of.cameras[camera],
            device_id=self.device_id,
            civil_day=clock.civil_day(started_at),
            retention_days=key.retention_days,
            recipient=name_of(key.recipient),
            started_us=start,
            ended_us=start + seconds * 1_000_000,
            media_ms=seconds * 1000,
            **bytes_of(*data),
            **LOOK,
        )
