"""Two boxes with one key: each run of a box names itself, and one that was replaced comes back only from a twin.

A copied disk or a cloned machine has the key, so every proof and signature of both is good; only their turns tell.
"""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from tenants.actor import Actor
from tenants.audit import actions as audit
from tenants.audit.events import Event
from tenants.registry.models import EdgeDevice

# One late heartbeat of a run that has ended makes two turns: its own, and that of the run which goes on.
TURNS_THAT_TELL = 3


@dataclass(frozen=True, kw_only=True)
class Runs:
    """What is remembered of the runs of one box: the present one, the one before, and how often they took turns."""

    present: UUID | None
    former: UUID | None
    turns: int


def after(held: Runs, said: UUID) -> Runs:
    """What is remembered once a run has named itself."""
    if said == held.present:
        return held
    turns = held.turns + 1 if said == held.former else 0
    return Runs(present=said, former=held.present, turns=turns)


def notice(device: EdgeDevice, said: UUID | None, *, actor: Actor, now: datetime) -> None:
    """Remember which run speaks, where one says so. The first time that two take turns becomes an event."""
    if said is None:
        return
    held = Runs(present=device.run_id, former=device.former_run_id, turns=device.turns)
    found = after(held, said)
    device.run_id, device.former_run_id, device.turns = found.present, found.former, found.turns
    if found.turns < TURNS_THAT_TELL:
        return
    if device.doubled_at is None:
        audit.record(
            Event.DEVICE_DOUBLED,
            tenant_id=device.tenant_id,
            actor=actor,
            subject_id=device.id,
            device_id=str(device.id),
        )
    if found != held:
        device.doubled_at = now
