"""What is still there of a window: footage, copies in the case's hold, or the certificate of destruction (KH-6-3b)."""

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from tenants.footage.rules import Window, merged
from tenants.retention import queries as retention
from tenants.retention.queries import AvailabilityState
from tenants.retention.rules import CameraSpan


@dataclass(frozen=True, kw_only=True)
class Left:
    """Spans that can still be given, and the certificates of days that were destroyed.

    `destroyed` only where nothing is left and it was destroyed: footage past its period that still exists must be
    dealt with as any other, and one that was never recorded is another answer (KH-6-3b).
    """

    recorded: tuple[Window, ...]
    destroyed: bool
    certificates: tuple[str, ...]
    earliest: date | None

    @property
    def recorded_ms(self) -> int:
        """How much of the window that is."""
        return round(sum(window.seconds for window in self.recorded) * 1000)


def of_span(*, tenant_id: UUID, span: CameraSpan, hold_id: UUID | None) -> Left:
    """What is left of one camera's span, in the days' footage and in a hold's own copies."""
    found = retention.availability(tenant_id=tenant_id, span=span)
    spans = list(found.recorded)
    if hold_id is not None:
        asked = Window(span.started_at, span.ended_at)
        copies = retention.preserved(tenant_id=tenant_id, hold_id=hold_id, span=span)
        parts = (Window(copy.started_at, copy.ended_at).within(asked) for copy in copies)
        spans += [part for part in parts if part is not None]
    return Left(
        recorded=tuple(merged(spans)),
        destroyed=found.state is AvailabilityState.DESTROYED and not spans,
        certificates=found.certificates,
        earliest=found.earliest,
    )
