"""Saying how much room there is."""

from collections.abc import Iterator
from datetime import date
from uuid import uuid4

from infra import clock
from infra.db import db
from tenants.actor import Actor, person
from tenants.audit import actions as audit
from tenants.audit.events import Event
from tenants.compliance.storage.models import StorageCapacity
from tenants.errors import Invalid, refuse
from tenants.permissions import Permission
from tenants.registry import queries as registry

# More than a city of twenty thousand cameras fills in a year, and less than a slip of the unit makes.
MOST = 1000 * 10**15


def set_capacity(*, actor: Actor, capacity_bytes: int, effective_from: date, reason: str) -> StorageCapacity:
    """Enter the room from a day on, today at the earliest. Raises `Invalid`. The session is bound to the bureau."""
    actor.require(Permission.CAPACITY_SET)
    refuse(capacity_faults(capacity_bytes, effective_from, reason))
    made = StorageCapacity(
        id=uuid4(),
        tenant_id=registry.bureau().id,
        capacity_bytes=capacity_bytes,
        effective_from=effective_from,
        reason=reason.strip(),
        entered_at=clock.now(),
        entered_by=person(actor),
    )
    db.session.add(made)
    audit.record(
        Event.CAPACITY_SET,
        tenant_id=made.tenant_id,
        actor=actor,
        subject_id=made.id,
        bytes=capacity_bytes,
        effective_from=effective_from.isoformat(),
    )
    return made


def capacity_faults(capacity_bytes: int, effective_from: date, reason: str) -> Iterator[Invalid]:
    """What an entry lacks, all at once."""
    if not 0 < capacity_bytes <= MOST:
        yield Invalid("請填大於 0、不超過 1,000,000 的數字，單位為 TB。", field="terabytes", code="out_of_range")
    if effective_from < clock.today():
        yield Invalid("生效日不得早於今天；先前的容量留作紀錄。", field="effective_from", code="not_ahead")
    if not reason.strip():
        yield Invalid("請填寫依據，例如：採購案號或儲存服務合約。", field="reason", code="reason_missing")
