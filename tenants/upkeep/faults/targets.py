"""Within what time faults are to be dealt with: the bureau's numbers, by the day from which they count (Q-12)."""

from collections.abc import Iterator, Sequence
from dataclasses import asdict
from datetime import date
from uuid import uuid4

from sqlalchemy import select

from infra import clock
from infra.db import db
from tenants import first_days
from tenants.actor import Actor, person
from tenants.audit import actions as audit
from tenants.audit.events import Event
from tenants.errors import Invalid
from tenants.permissions import Permission
from tenants.registry import queries as registry
from tenants.upkeep.faults.models import FaultTarget
from tenants.upkeep.faults.rules import DEFAULT, Targets

# The least and most of each number, as the table's own checks have them.
LIMITS = {
    "assign_hours": (1, 40),
    "report_hours": (1, 40),
    "repair_days": (1, 30),
    "recheck_days": (1, 30),
    "bureau_hours": (1, 80),
}


def in_force(*, day: date) -> Targets:
    """The targets on a civil day; ours until the bureau set any."""
    query = select(FaultTarget).where(FaultTarget.effective_from <= day)
    held = db.session.scalars(query.order_by(FaultTarget.effective_from.desc()).limit(1)).first()
    return DEFAULT if held is None else Targets(**{name: getattr(held, name) for name in Targets.__dataclass_fields__})


def versions() -> Sequence[FaultTarget]:
    """Every version, the latest first."""
    return list(db.session.scalars(select(FaultTarget).order_by(FaultTarget.effective_from.desc())))


def set_targets(*, actor: Actor, targets: Targets, effective_from: date, document: str) -> FaultTarget:
    """Enter numbers for the faults found from a day ahead on; what is open keeps the ones it has. Raises `Invalid`.

    The session is bound to the bureau.
    """
    actor.require(Permission.FAULT_TARGET_SET)
    for fault in faults(targets, effective_from, document):
        raise fault
    made = FaultTarget(
        id=uuid4(),
        effective_from=effective_from,
        document=document.strip(),
        entered_by=person(actor),
        **asdict(targets),
    )
    db.session.add(made)
    audit.record(
        Event.FAULT_TARGET_SET,
        tenant_id=registry.bureau().id,
        actor=actor,
        subject_id=made.id,
        effective_from=effective_from.isoformat(),
        document=made.document,
        numbers="/".join(str(getattr(targets, name)) for name in Targets.__dataclass_fields__),
    )
    return made


def faults(targets: Targets, effective_from: date, document: str) -> Iterator[Invalid]:
    """What a version lacks, all at once."""
    for name, (least, most) in LIMITS.items():
        if not least <= getattr(targets, name) <= most:
            yield Invalid(f"請填 {least} 到 {most}。", field=name, code="out_of_range")
    taken = set(db.session.scalars(select(FaultTarget.effective_from)))
    yield from first_days.faults(effective_from, taken=taken, today=clock.today(), spared="已發現的故障不受影響")
    if not document.strip():
        yield Invalid("請填寫公文文號，例如：高市教幼字第1150001號。", field="document", code="document_missing")
