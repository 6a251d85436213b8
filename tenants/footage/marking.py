"""What a sweep concludes about rows: stored after all, missing, or other bytes than were stored."""

import hashlib
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import update

from infra.comparison import Expected
from infra.db import db
from tenants.actor import Actor
from tenants.audit import actions as audit
from tenants.audit.events import Event
from tenants.footage.areas import DayOfClass, day_of
from tenants.footage.inventory import IndexRow
from tenants.footage.models import Segment, SegmentState

_AT_ONCE = 500
_NAMED_AT_MOST = 20
_FOUND = {SegmentState.MISSING: "missing", SegmentState.MISMATCHED: "other_bytes"}


@dataclass
class _Tally:
    """The segments of one camera that came to one end."""

    segments: int = 0
    first: datetime | None = None
    last: datetime | None = None
    digest: Any = field(default_factory=hashlib.sha256)

    def add(self, row: IndexRow) -> None:
        """One more."""
        self.segments += 1
        self.first = min(self.first or row.started_at, row.started_at)
        self.last = max(self.last or row.ended_at, row.ended_at)
        self.digest.update(f"{row.id}\n".encode())


@dataclass
class Marks:
    """The conclusions of one sweep of one area, written as it goes and recorded at its end."""

    tenant_id: UUID
    area: str
    now: datetime
    _waiting: dict[SegmentState, list[UUID]] = field(default_factory=dict)
    _tallies: dict[tuple[SegmentState, UUID], _Tally] = field(default_factory=dict)
    _copies: dict[str, list[str]] = field(default_factory=dict)
    _copies_count: dict[str, int] = field(default_factory=dict)

    def kept(self, expected: Expected[IndexRow | None]) -> None:
        """It is there as it should be."""
        if expected.row is not None and expected.row.state != SegmentState.STORED:
            self._mark(expected.row, SegmentState.STORED)

    def missing(self, expected: Expected[IndexRow | None]) -> None:
        """It is not there."""
        self._lacks(expected, SegmentState.MISSING)

    def differing(self, expected: Expected[IndexRow | None]) -> None:
        """Something else is there."""
        self._lacks(expected, SegmentState.MISMATCHED)

    def settle(self, *, actor: Actor) -> None:
        """Write what still waits, and record every change in the chain: one line a camera."""
        for state in list(self._waiting):
            self._write(state)
        for (state, camera_id), tally in self._tallies.items():
            event = Event.FOOTAGE_FOUND if state == SegmentState.STORED else Event.FOOTAGE_MISSING
            day = self._day()
            audit.record(
                event,
                tenant_id=self.tenant_id,
                actor=actor,
                subject_id=camera_id,
                camera_id=str(camera_id),
                civil_day=day.day.isoformat(),
                retention_days=day.retention_days,
                segments=tally.segments,
                first=tally.first.isoformat() if tally.first else "",
                last=tally.last.isoformat() if tally.last else "",
                digest=tally.digest.hexdigest(),
                **({} if state == SegmentState.STORED else {"found": _FOUND[state]}),
            )
        for found, keys in self._copies.items():
            audit.record(
                Event.COPIES_MISSING,
                tenant_id=self.tenant_id,
                actor=actor,
                area=self.area,
                found=found,
                count=self._copies_count[found],
                keys=keys,
            )

    def _lacks(self, expected: Expected[IndexRow | None], state: SegmentState) -> None:
        if expected.row is None:
            named = self._copies.setdefault(_FOUND[state], [])
            self._copies_count[_FOUND[state]] = self._copies_count.get(_FOUND[state], 0) + 1
            if len(named) < _NAMED_AT_MOST:
                named.append(expected.key)
        elif expected.row.state not in {SegmentState.MISMATCHED, state}:
            self._mark(expected.row, state)

    def _mark(self, row: IndexRow, state: SegmentState) -> None:
        self._tallies.setdefault((state, row.camera_id), _Tally()).add(row)
        waiting = self._waiting.setdefault(state, [])
        waiting.append(row.id)
        if len(waiting) >= _AT_ONCE:
            self._write(state)

    def _write(self, state: SegmentState) -> None:
        day = self._day()
        db.session.execute(
            update(Segment)
            .where(
                Segment.civil_day == day.day,
                Segment.retention_days == day.retention_days,
                Segment.tenant_id == self.tenant_id,
                Segment.id.in_(self._waiting.pop(state)),
            )
            .values(state=state, checked_at=self.now)
            .execution_options(synchronize_session=False)
        )

    def _day(self) -> DayOfClass:
        day = day_of(self.area)
        assert day is not None  # noqa: S101 - only an area of footage has rows of the index
        return day
