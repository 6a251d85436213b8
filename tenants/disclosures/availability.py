"""What is still there of a window: footage, copies in the case's hold, or the certificate of destruction (KH-6-3b)."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from infra import clock
from tenants.disclosures.asking import AskedWindow
from tenants.disclosures.models import Disclosure, DisclosureState, DisclosureWindow
from tenants.footage.rules import OLDEST, Window, merged
from tenants.retention import queries as retention
from tenants.retention.availability import AvailabilityState, is_unsound
from tenants.retention.availability import availability as left_in_store
from tenants.retention.rules import CameraSpan
from tenants.roc_dates import format_date


@dataclass(frozen=True, kw_only=True)
class Left:
    """Spans that can still be given, and the certificates of days that were destroyed.

    `destroyed` only where nothing is left and it was destroyed: footage past its period that still exists must be
    dealt with as any other, and one that was never recorded is another answer (KH-6-3b). `expired` where nothing is
    known of a window whose period is over: whatever there was is gone by the rule, and no certificate of ours says so.
    `recorded` is what the index has; `verified` is what of it a hold has copied, and so opened and compared with what
    the device signed. `unsound`: of some the store has nothing, or something else than was signed.
    """

    recorded: tuple[Window, ...]
    destroyed: bool
    certificates: tuple[str, ...]
    earliest: date | None
    expired: bool = False
    destroyed_at: datetime | None = None
    verified: tuple[Window, ...] = ()
    unsound: bool = False

    @property
    def recorded_ms(self) -> int:
        """How much of the window that is."""
        return round(sum(window.seconds for window in self.recorded) * 1000)

    def why_nothing(self, article: str) -> str:
        """Why there is nothing, by which rule, and from which day on there is something; empty where some is left."""
        if self.recorded:
            return ""
        since = f"最早可查{format_date(self.earliest)}" if self.earliest else "這支鏡頭目前沒有可查的影像"
        if self.destroyed:
            return f"影像已依規定銷毀，無法提供（銷毀證明：{'、'.join(self.certificates)}，依據：{article}；{since}）"
        if self.expired:
            return f"已超過保存期限，影像如曾錄存，已依規定銷毀（依據：{article}；{since}）"
        if self.unsound:
            return f"錄影主機回報過這段影像，但儲存的內容不存在或不符，不能提供；已留下紀錄，請機構查明（{since}）"
        return f"這個時段查無影像（{since}）"


def of_span(*, tenant_id: UUID, span: CameraSpan, hold_id: UUID | None) -> Left:
    """What is left of one camera's span, in the days' footage and in a hold's own copies."""
    found = left_in_store(tenant_id=tenant_id, span=span)
    spans, verified = list(found.recorded), list[Window]()
    if hold_id is not None:
        asked = Window(span.started_at, span.ended_at)
        copies = retention.preserved(tenant_id=tenant_id, hold_id=hold_id, span=span)
        parts = (Window(copy.started_at, copy.ended_at).within(asked) for copy in copies)
        verified = [part for part in parts if part is not None]
        spans += verified
    return Left(
        recorded=tuple(merged(spans)),
        destroyed=found.state is AvailabilityState.DESTROYED and not spans,
        certificates=found.certificates,
        earliest=found.earliest,
        expired=found.state is AvailabilityState.EXPIRED and not spans,
        destroyed_at=found.destroyed_at,
        verified=tuple(merged(verified)),
        unsound=is_unsound(tenant_id=tenant_id, span=span),
    )


def left_of(disclosure: Disclosure, window: DisclosureWindow) -> Left:
    """What is still there of a case's window, the copies of the case's hold included."""
    return of_span(tenant_id=disclosure.tenant_id, span=window, hold_id=disclosure.hold_id)


@dataclass(frozen=True, kw_only=True)
class OutOfReach:
    """The windows of a case of which nothing can be granted: destroyed, or not recorded and too old to arrive still."""

    destroyed: frozenset[UUID]
    absent: frozenset[UUID]


def out_of_reach(disclosure: Disclosure, windows: Mapping[UUID, DisclosureWindow]) -> OutOfReach:
    """Which of the windows nobody can consent to any more, whoever decides (KH-6-3b)."""
    left = {key: left_of(disclosure, window) for key, window in windows.items()}
    return OutOfReach(
        destroyed=frozenset(key for key, found in left.items() if found.destroyed),
        absent=frozenset(
            key for key, window in windows.items() if not left[key].recorded and not may_still_arrive(window)
        ),
    )


def lost_since_filing(disclosure: Disclosure, left: Left) -> bool:
    """Whether nothing is left of what should have been preserved when it was asked for: a breach of DR-01 (KH-6-3b).

    After the decision it may go once its hold is over; of what was withdrawn, as well.
    """
    at = left.destroyed_at
    if not left.destroyed or at is None or at <= disclosure.filed_at:
        return False
    undecided = disclosure.decided_at is None or at < disclosure.decided_at
    if undecided and disclosure.state != DisclosureState.WITHDRAWN:
        return True
    if disclosure.hold_id is None:
        return False
    released_at = retention.hold(tenant_id=disclosure.tenant_id, hold_id=disclosure.hold_id).released_at
    return released_at is None or at < released_at


def asked_of(window: DisclosureWindow) -> AskedWindow:
    """The window as it was asked for."""
    return AskedWindow(camera_id=window.camera_id, started_at=window.started_at, ended_at=window.ended_at)


def may_still_arrive(window: DisclosureWindow) -> bool:
    """Whether a box that was offline may still deliver the window; what is older is refused at the door."""
    return window.ended_at > clock.now() - OLDEST
