"""The windows of a case as its page shows them: asked, what exists of them, and why nothing does."""

from collections.abc import Sequence
from dataclasses import dataclass

from tenants.disclosures.availability import Left, left_of, lost_since_filing, may_still_arrive
from tenants.disclosures.models import Disclosure, DisclosureWindow
from tenants.footage.rules import Window
from tenants.profiles import Clause
from tenants.registry.regulations import profile_version
from tenants.retention import queries as retention


@dataclass(frozen=True, kw_only=True)
class WindowView:
    """A window and what is known of it: what is still held, and the certificates of what was destroyed.

    `lost`: it was destroyed after it had been asked for, which is a breach (KH-6-3b). `unverified_ms`: how much of it
    is known from the index only, while the case's hold has not opened and copied it yet: 待確認. `unsound`: of some of
    it the store has nothing, or something else than its device signed.
    """

    window: DisclosureWindow
    recorded: tuple[Window, ...]
    recorded_ms: int
    asked_ms: int
    destroyed: bool
    certificates: tuple[str, ...]
    nothing: str  # why there is no footage, as a sentence; empty where there is some
    lost: bool = False
    unverified_ms: int = 0
    unsound: bool = False


def views(disclosure: Disclosure, windows: Sequence[DisclosureWindow]) -> tuple[WindowView, ...]:
    """The windows of a case, in their order."""
    return tuple(_view(disclosure, window) for window in windows)


def _view(disclosure: Disclosure, window: DisclosureWindow) -> WindowView:
    left = left_of(disclosure, window)
    article = profile_version(disclosure.profile, disclosure.profile_version).article(Clause.RETENTION_MAX)
    nothing = left.why_nothing(article)
    awaited = nothing and not left.destroyed and not left.unsound and may_still_arrive(window)
    hope = "，錄影主機日後補傳時將一併保全" if awaited else ""
    return WindowView(
        window=window,
        recorded=left.recorded,
        recorded_ms=left.recorded_ms,
        asked_ms=round((window.ended_at - window.started_at).total_seconds() * 1000),
        destroyed=left.destroyed,
        certificates=left.certificates,
        nothing=nothing + hope,
        lost=lost_since_filing(disclosure, left),
        unverified_ms=_unverified_ms(disclosure, left),
        unsound=left.unsound,
    )


def _unverified_ms(disclosure: Disclosure, left: Left) -> int:
    """After the hold's end nothing is verified any more, and nothing is promised."""
    if disclosure.hold_id is None:
        return 0
    if retention.hold(tenant_id=disclosure.tenant_id, hold_id=disclosure.hold_id).released_at is not None:
        return 0
    return left.recorded_ms - round(sum(window.seconds for window in left.verified) * 1000)
