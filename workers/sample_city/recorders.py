"""The recorder that each site had before today: enrolled like any box, with a key of its own that signs every line."""

import hashlib
import io
import secrets
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from sqlalchemy import insert, select

from infra import age
from infra.age_keys import name_of
from infra.causes import Ended
from infra.clock import civil_day
from infra.db import db
from infra.manifest import VERSION, ManifestLine, SignedLine, Trust, beside, microseconds, signed
from infra.objects import ObjectStore, md5_hex
from infra.signing import public_key_text, sign
from infra.stack.clips import Look, make_clip
from tenants.actor import Actor
from tenants.footage import actions as footage
from tenants.footage.admission import Admitted
from tenants.footage.lines import columns
from tenants.footage.models import DayKey, Segment, SegmentState
from tenants.registry import devices
from workers.sample_city.founding import Place

MINUTE = timedelta(minutes=1)
# The longest segment that the ingest takes: the old index is for looking at, and a tenth of the rows look the same.
LONG = timedelta(minutes=10)
_LOOK = {"width": 320, "height": 180, "rate": 5, "quality": 34, "key_seconds": 5, "seconds": 60, "fragmented": True}
_UPLOADS_AT_ONCE = 8
_CONFIRMED_AFTER, _CHECKED_AFTER = timedelta(seconds=20), timedelta(seconds=25)


@dataclass(kw_only=True)
class Recorder:
    """One box and its key. `recipients` are its day keys' public halves, `minutes` a minute of each camera."""

    place: Place
    device_id: UUID
    actor: Actor
    key: Ed25519PrivateKey
    recipients: dict[date, str]
    minutes: dict[str, bytes] = field(default_factory=dict)

    def minute_of(self, camera: str) -> bytes:
        """A minute of the camera as a recorder would have cut it; the same one each time."""
        if camera not in self.minutes:
            buffer = io.BytesIO()
            make_clip(buffer, Look(label=f"{self.place.plan.code} {camera}", **_LOOK))  # type: ignore[arg-type]
            self.minutes[camera] = buffer.getvalue()
        return self.minutes[camera]


def enrol(place: Place, *, head: Actor, at: datetime) -> Recorder:
    """Enrol a box at a site the ordinary way. The session is bound to the institution, its day keys are made."""
    key = Ed25519PrivateKey.generate()
    token = devices.issue_token(actor=head, tenant_id=place.tenant_id, site_id=place.site_id, now=at)
    applicant = devices.Applicant(name="原有錄影主機", public_key=public_key_text(key), proof=sign(key, token.encode()))
    device = devices.enrol(actor=head, tenant_id=place.tenant_id, token=token, applicant=applicant, now=at)
    query = select(DayKey).where(
        DayKey.tenant_id == place.tenant_id, DayKey.retention_days == place.plan.retention_days
    )
    recipients = {held.civil_day: held.recipient for held in db.session.scalars(query)}
    return Recorder(
        place=place, device_id=device.id, actor=devices.device_actor(device), key=key, recipients=recipients
    )


def index(recorder: Recorder, camera: str, spans: Iterable[tuple[datetime, datetime]]) -> int:
    """Enter spans that the recorder kept, signed by it, without objects in the store; how many."""
    size = 2_000_000
    lines = [_line(recorder, camera, started_at, ended_at, sizes=(size, size + 800)) for started_at, ended_at in spans]
    if lines:
        db.session.execute(insert(Segment), [_row(line, signed(line, recorder.key)) for line in lines])
    return len(lines)


def upload(recorder: Recorder, camera: str, starts: Sequence[datetime], *, uploads: ObjectStore) -> list[SignedLine]:
    """Put real minutes into the store, encrypted and signed as an edge does it; their lines, to be confirmed."""
    plain = recorder.minute_of(camera)

    def one(started_at: datetime) -> SignedLine:
        cipher = age.encrypt(plain, recorder.recipients[civil_day(started_at)])
        line = _line(recorder, camera, started_at, started_at + MINUTE, contents=(plain, cipher))
        held = signed(line, recorder.key)
        uploads.put(Admitted(line, held).object_key, cipher, beside=beside(held))
        return held

    with ThreadPoolExecutor(_UPLOADS_AT_ONCE) as pool:
        return list(pool.map(one, starts))


def confirm(recorder: Recorder, lines: Sequence[SignedLine], *, at: datetime, store: ObjectStore) -> None:
    """Confirm uploaded minutes, and let the store be asked about them."""
    tenant_id = recorder.place.tenant_id
    outcomes = footage.confirm(actor=recorder.actor, tenant_id=tenant_id, lines=lines, now=at)
    refused = {outcome.code for outcome in outcomes if not outcome.accepted}
    if refused:
        raise RuntimeError(f"the ingest refused the sample city's own footage: {refused}")
    while footage.settle_checks(actor=recorder.actor, tenant_id=tenant_id, store=store, now=at):
        pass


def spans(first: datetime, last: datetime, step: timedelta = LONG) -> Iterator[tuple[datetime, datetime]]:
    """The half-open spans of `step` from `first` on that end by `last`."""
    while first + step <= last:
        yield first, first + step
        first += step


def _row(line: ManifestLine, held: SignedLine) -> dict[str, Any]:
    told = {"confirmed_at": line.ended_at + _CONFIRMED_AFTER, "checked_at": line.ended_at + _CHECKED_AFTER}
    return columns(line, held) | told | {"state": SegmentState.STORED}


def _common(recorder: Recorder, camera: str) -> dict[str, Any]:
    place = recorder.place
    return {
        "tenant_id": place.tenant_id,
        "site_id": place.site_id,
        "camera_id": place.cameras[camera],
        "device_id": recorder.device_id,
        "retention_days": place.plan.retention_days,
    }


def _line(
    recorder: Recorder,
    camera: str,
    started_at: datetime,
    ended_at: datetime,
    *,
    contents: tuple[bytes, bytes] | None = None,
    sizes: tuple[int, int] = (0, 0),
) -> ManifestLine:
    """A line about these bytes, or, where there are none, about bytes of these sizes that nobody has."""
    day, seconds = civil_day(started_at), int((ended_at - started_at).total_seconds())
    plain, cipher = contents if contents is not None else (None, None)
    return ManifestLine(
        v=VERSION,
        segment_id=uuid4(),
        civil_day=day,
        recipient=name_of(recorder.recipients[day]),
        started_us=microseconds(started_at),
        ended_us=microseconds(ended_at),
        monotonic_ns=microseconds(started_at) * 1000,
        media_ms=seconds * 1000,
        clock_offset_us=0,
        clock_source="none",
        codec="h264",
        width=320,
        height=180,
        audio=False,
        packets=seconds * 5,
        plain_bytes=len(plain) if plain is not None else sizes[0],
        plain_sha256=_sha256(plain),
        cipher_bytes=len(cipher) if cipher is not None else sizes[1],
        cipher_sha256=_sha256(cipher),
        cipher_md5=md5_hex(cipher if cipher is not None else secrets.token_bytes(16)),
        ended_because=Ended.FULL,
        trust=Trust.UNSYNCHRONISED,
        **_common(recorder, camera),
    )


def _sha256(data: bytes | None) -> str:
    return hashlib.sha256(data).hexdigest() if data is not None else secrets.token_hex(32)
