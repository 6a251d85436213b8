"""The one place from which this room opens faults: for a 否 (KH-A3-09), and for a drill that failed (ADR 0047)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from infra.clock import civil_day
from tenants.actor import Actor
from tenants.registry import queries as registry
from tenants.registry.standing import is_closed
from tenants.upkeep.faults.actions import Found, open_fault
from tenants.upkeep.faults.kinds import FaultKind, How
from tenants.upkeep.faults.models import Fault
from tenants.upkeep.inspections.models import DrillCause, Question, SegmentDrill


@dataclass(frozen=True, kw_only=True)
class Ticket:
    """A fault that stands open, by its id and its number for 備考 (KH-A3-07)."""

    id: UUID
    serial: str


@dataclass(frozen=True, kw_only=True)
class Wrong:
    """One question of an inspection that was answered 否: of these cameras, or of the site's host.

    `offline`: the facts say as well that the cameras do not record.
    """

    tenant_id: UUID
    site_id: UUID
    question: Question
    camera_ids: Sequence[UUID]
    offline: bool
    found_at: datetime
    words: str

    @property
    def kind(self) -> FaultKind:
        """As faults name it."""
        if self.question is Question.DEVICES and self.offline:
            return FaultKind.NOT_RECORDING
        return _KINDS[self.question]


_KINDS: Mapping[Question, FaultKind] = {
    Question.HOST: FaultKind.HOST,
    Question.DEVICES: FaultKind.DAMAGE,
    Question.PICTURE: FaultKind.PICTURE,
}
_OF_KEYS = frozenset({DrillCause.KEY_MISSING, DrillCause.NOT_OPENED})


def open_for_inspection(*, actor: Actor, wrong: Wrong) -> Ticket:
    """The fault of what an inspection found; of one that is open already, that one."""
    of_host = wrong.question is Question.HOST
    found = Found(
        kind=wrong.kind,
        found_at=wrong.found_at,
        how=How.INSPECTION,
        camera_ids=() if of_host else wrong.camera_ids,
        site_id=wrong.site_id if of_host else None,
        words=wrong.words,
    )
    return _ticket(open_fault(actor=actor, tenant_id=wrong.tenant_id, found=found))


def open_for_drill(*, actor: Actor, drill: SegmentDrill) -> Ticket | None:
    """The fault of a minute that could not be used; None of a drill that names no camera, and where nobody repairs."""
    if drill.camera_id is None or is_closed(registry.tenant(tenant_id=drill.tenant_id), civil_day(drill.drilled_at)):
        return None
    found = Found(
        kind=FaultKind.KEY if drill.cause in _OF_KEYS else FaultKind.OTHER,
        found_at=drill.drilled_at,
        how=How.NIGHTLY_LOOK,
        camera_ids=(drill.camera_id,),
        words="抽驗的影像無法取回、解密或解碼。",
    )
    return _ticket(open_fault(actor=actor, tenant_id=drill.tenant_id, found=found))


def _ticket(fault: Fault) -> Ticket:
    return Ticket(id=fault.id, serial=fault.serial)
