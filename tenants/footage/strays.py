"""What lies in the store and nothing accounts for: caught in a sweep, listed in quarantine, and told to the chain."""

import hashlib
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import select

from infra.db import db
from infra.objects import Form
from tenants.actor import Actor
from tenants.audit import actions as audit
from tenants.audit.events import Event
from tenants.footage.models import QuarantinedObject, StrayState

OPEN = frozenset({StrayState.QUARANTINED, StrayState.PROPOSED, StrayState.APPROVED})
# A lost index makes every object a stray. So many are listed by name for each area; the chain has the count of all.
LISTED_AT_MOST = 1000


@dataclass(frozen=True)
class Stray:
    """One form of one key that nothing accounts for."""

    key: str
    form: Form
    bytes: int
    md5: str
    modified: datetime


@dataclass
class Net:
    """The strays of one sweep of one area, against those that are in quarantine there."""

    tenant_id: UUID
    area: str
    now: datetime
    count: int = 0
    size: int = 0
    _known: dict[tuple[str, str], QuarantinedObject] = field(init=False)
    _seen: set[tuple[str, str]] = field(default_factory=set)
    _claimed: set[str] = field(default_factory=set)
    _new: int = 0
    _digest: Any = field(default_factory=hashlib.sha256)

    def __post_init__(self) -> None:
        """Read what is in quarantine."""
        rows = db.session.scalars(
            select(QuarantinedObject).where(
                QuarantinedObject.tenant_id == self.tenant_id, QuarantinedObject.area == self.area
            )
        )
        self._known = {(row.key, row.form): row for row in rows}
        self._open = sum(row.state in OPEN for row in self._known.values())

    def catch(self, stray: Stray) -> None:
        """Something that nothing accounts for."""
        name = (stray.key, stray.form.value)
        self.count += 1
        self.size += stray.bytes
        held = self._known.get(name)
        if held is not None and held.state in OPEN:
            self._seen.add(name)
            held.seen_at, held.size, held.md5, held.modified_at = self.now, stray.bytes, stray.md5, stray.modified
            return
        self._new += 1
        self._digest.update(f"{stray.key} {stray.form.value}\n".encode())
        if self._open < LISTED_AT_MOST:
            self._open += 1
            self._seen.add(name)
            self._quarantine(stray, held)

    def claim(self, key: str) -> None:
        """What lies under a key is accounted for."""
        if (key, Form.OBJECT.value) in self._known:
            self._claimed.add(key)

    def settle(self, *, actor: Actor) -> None:
        """Let those out of quarantine that are accounted for or gone, and record what was found."""
        ended = {StrayState.CLAIMED: 0, StrayState.GONE: 0}
        for name, held in self._known.items():
            if held.state in OPEN and name not in self._seen:
                is_claimed = name[0] in self._claimed and name[1] == Form.OBJECT
                held.state = StrayState.CLAIMED if is_claimed else StrayState.GONE
                held.ended_at = self.now
                ended[StrayState(held.state)] += 1
        if self._new:
            audit.record(
                Event.STRAYS_QUARANTINED,
                tenant_id=self.tenant_id,
                actor=actor,
                area=self.area,
                count=self._new,
                in_all=self.count,
                bytes=self.size,
                digest=self._digest.hexdigest(),
            )
        if any(ended.values()):
            audit.record(
                Event.STRAYS_SETTLED,
                tenant_id=self.tenant_id,
                actor=actor,
                area=self.area,
                claimed=ended[StrayState.CLAIMED],
                gone=ended[StrayState.GONE],
            )

    def _quarantine(self, stray: Stray, held: QuarantinedObject | None) -> None:
        """Enter it, or enter it again: what was let out and is there once more begins anew."""
        if held is None:
            held = QuarantinedObject(id=uuid4(), tenant_id=self.tenant_id, area=self.area, key=stray.key)
            held.form = stray.form
            db.session.add(held)
            self._known[stray.key, stray.form.value] = held
        held.state, held.found_at, held.seen_at = StrayState.QUARANTINED, self.now, self.now
        held.size, held.md5, held.modified_at = stray.bytes, stray.md5, stray.modified
        held.reason, held.ended_at = "", None
        held.proposed_at = held.proposed_by = held.approved_at = held.approved_by = None
