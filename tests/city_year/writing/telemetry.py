"""What boxes told by a moment that is looked at: their last word, the footage of a day, and the nights' drills.

A year of minutes is only bulk. Of each day that is looked at its footage is written, and of the days before it the
oldest that is left; what became due in between is destroyed, with its certificate.
"""

import hashlib
from datetime import date, datetime, timedelta
from uuid import uuid4

from sqlalchemy import text, update
from sqlalchemy.dialects.postgresql import insert

from infra.db import db
from tenants.footage.models import CameraStatus, DayKey, FilmedDay, Segment
from tenants.registry.models import EdgeDevice
from tenants.retention.models import Destruction
from tests.city_year import events, footage
from tests.city_year.days import ONE_DAY, at, day_of
from tests.city_year.footage import Span
from tests.city_year.inventing import Year
from tests.city_year.oracle import equipment
from tests.city_year.oracle.answers import Question
from tests.city_year.writing.devices import checked
from tests.city_year.writing.founding import Settled
from tests.factories import inspections
from tests.factories.lines import LOOK

_MINUTE = timedelta(minutes=1)
_DayAndClass = tuple[date, int]


class Telemetry:
    """Of one institution. The session is bound to it."""

    def __init__(self, year: Year, school: events.School, settled: Settled) -> None:
        self.year, self.school, self.settled = year, school, settled
        self._written: dict[tuple[str, date], list[Span]] = {}
        self._keys: set[tuple[date, int]] = set()
        self._nights: set[date] = set()
        self._measured: set[tuple[str, datetime]] = set()

    def tell(self, day: date, told_at: datetime) -> None:
        """All that is known of a day at a moment."""
        asked = Question(self.year, self.school, day, told_at)
        self._destroy(day_of(told_at), told_at)
        for camera in asked.cameras:
            self._film(camera, day, told_at, whole=True)
            for found in (footage.oldest, footage.goes_next):
                kept = found(self.year, camera, told_at)
                if kept is not None:
                    self._film(camera, kept, told_at, whole=False)
        self.speak(told_at)
        self._measure(asked)
        self._drill(asked)
        self._owe(asked)
        db.session.commit()

    def speak(self, told_at: datetime) -> None:
        """The boxes' last word."""
        for camera in self.year.all(events.Camera, self.school.code):
            told = footage.said(self.year, camera, told_at)
            if told is None or camera.code not in self.settled.of.cameras:
                continue
            said = {"reported_at": told.at, "recording": told.recording, "recorded_until": told.until, "spooled": 0}
            said["fault"] = "" if told.recording else "camera_unreachable"
            ids = {"tenant_id": self.settled.of.tenant_id, "camera_id": self.settled.of.cameras[camera.code]}
            row = insert(CameraStatus).values(**ids, **said)
            db.session.execute(row.on_conflict_do_update(index_elements=list(ids), set_=said))
            box = update(EdgeDevice).where(EdgeDevice.id == self.settled.devices[0])
            db.session.execute(box.values(last_seen_at=told.at))

    def _measure(self, asked: Question) -> None:
        """What boxes measured last by the end of the day, where they spoke."""
        moment = min(at(asked.day, "24:00"), asked.told_at)
        for camera in asked.cameras:
            told = footage.said(self.year, camera, moment)
            if told is not None and (camera.code, told.at) not in self._measured:
                self._measured.add((camera.code, told.at))
                checked(camera, self.settled, told.at, day_of(told.at))

    def _film(self, camera: events.Camera, day: date, told_at: datetime, *, whole: bool) -> None:
        spans = footage.footage(self.year, camera, day, told_at)
        written = self._written.setdefault((camera.code, day), [])
        if not whole:
            spans = [] if written else [(spans[0][0], min(spans[0][1], spans[0][0] + _MINUTE))]
        new = footage.without(spans, written)
        self._written[camera.code, day] = [*written, *new]
        days = footage.kept_days(self.year, day)
        self._key(day, days)
        for begins, ends in new:
            db.session.execute(text("select ensure_segment_partition(:day, :days)"), {"day": day, "days": days})
            db.session.add(_segment(self.settled, camera.code, (day, days), (begins, ends)))
        db.session.flush()

    def _key(self, day: date, days: int) -> None:
        if (day, days) not in self._keys:
            self._keys.add((day, days))
            ids = {"tenant_id": self.settled.of.tenant_id, "civil_day": day, "retention_days": days}
            db.session.add(DayKey(**ids, recipient=f"age1{uuid4().hex}", wrapped_secret=b"wrapped"))
            db.session.flush()

    def _owe(self, asked: Question) -> None:
        """Each day's footage that should be gone and is not: its key, and a minute of each camera."""
        for day in footage.overdue(self.year, self.school.code, asked.told_at):
            self._key(day, footage.kept_days(self.year, day))
            for camera in asked.cameras:
                if footage.footage(self.year, camera, day, asked.told_at):
                    self._film(camera, day, asked.told_at, whole=False)

    def _destroy(self, today: date, told_at: datetime) -> None:
        """What became due by the morning goes, with its certificate, unless destruction stood still."""
        for day, days in sorted(self._keys):
            due = day + (days + 1) * ONE_DAY
            if due > today:
                continue
            begun = at(due, "00:10")
            for each in self.year.all(events.LateDestruction, self.school.code):
                if each.begins <= due < each.ends:
                    begun = at(each.ends, "00:10")
            if begun <= told_at:
                self._keys.discard((day, days))
                self._destroyed((day, days), begun)

    def _destroyed(self, of: _DayAndClass, begun: datetime) -> None:
        tenant_id, site_id = self.settled.of.tenant_id, self.settled.of.site_id
        key = {"tenant_id": tenant_id, "civil_day": of[0], "retention_days": of[1]}
        filmed = [(code, spans) for (code, day), spans in self._written.items() if day == of[0] and spans]
        for code, spans in filmed:
            about = {"segments": len(spans), "size": 1000, "started_at": spans[0][0], "ended_at": spans[-1][1]}
            db.session.add(FilmedDay(camera_id=self.settled.of.cameras[code], site_id=site_id, **key, **about))
        its = (DayKey.tenant_id == tenant_id, DayKey.civil_day == of[0], DayKey.retention_days == of[1])
        db.session.execute(update(DayKey).where(*its).values(destroyed_at=begun, wrapped_secret=None))
        made = Destruction(id=uuid4(), profile_version="1", state="certified", begun_at=begun, begun_by="test", **key)
        made.segments, made.size, made.digest, made.kept_back = len(filmed), 1000, "0" * 64, 0
        made.certified_at, made.certificate_no, made.certificate = begun, f"銷毀-{uuid4().hex[:8]}", {}
        db.session.add(made)
        db.session.flush()

    def _drill(self, asked: Question) -> None:
        """The nights that are asked for: the random segment opened, where there was any footage."""
        failed = self.year.all(events.DrillsFail, self.school.code)
        for back in (3, 2, 1):
            night = asked.day - back * ONE_DAY
            told = night in self._nights or any(each.first <= night <= each.last for each in failed)
            if not told and asked.cameras and equipment.is_drilled(asked, night):
                self._nights.add(night)
                inspections.drill(self.settled.of, day=night, camera="C-1")


def _sha256(words: str) -> bytes:
    return hashlib.sha256(words.encode()).digest()


def _segment(settled: Settled, camera: str, of: _DayAndClass, span: Span) -> Segment:
    """One run of footage as one segment: rows only, and no object lies in any store."""
    made = Segment(id=uuid4(), tenant_id=settled.of.tenant_id, site_id=settled.of.site_id, civil_day=of[0], **LOOK)
    made.camera_id, made.device_id, made.retention_days = settled.of.cameras[camera], settled.devices[0], of[1]
    made.started_at, made.ended_at = span
    made.media_ms, made.plain_bytes, made.cipher_bytes, made.state = 1000, 900, 1000, "stored"
    made.plain_sha256, made.cipher_sha256 = _sha256(f"plain {made.id}"), _sha256(f"cipher {made.id}")
    made.cipher_md5 = made.cipher_sha256[:16]
    made.signature = _sha256(f"left {made.id}") + _sha256(f"right {made.id}")
    made.confirmed_at = made.checked_at = span[1]
    return made
