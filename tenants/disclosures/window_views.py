"""The windows of a case as its page shows them: asked, what exists of them, and why nothing does."""

from collections.abc import Sequence
from dataclasses import dataclass

from tenants.disclosures.availability import left_of, lost_since_filing, may_still_arrive
from tenants.disclosures.models import Disclosure, DisclosureWindow
from tenants.footage.rules import Window
from tenants.profiles import Clause
from tenants.registry.regulations import profile_version


@dataclass(frozen=True, kw_only=True)
class WindowView:
    """A window and what is known of it: what is still held, and the certificates of what was destroyed.

    `lost`: it was destroyed after it had been asked for, which is a breach (KH-6-3b).
    """

    window: DisclosureWindow
    recorded: tuple[Window, ...]
    recorded_ms: int
    asked_ms: int
    destroyed: bool
    certificates: tuple[str, ...]
    nothing: str  # why there is no footage, as a sentence; empty where there is some
    lost: bool = False


def views(disclosure: Disclosure, windows: Sequence[DisclosureWindow]) -> tuple[WindowView, ...]:
    """The windows of a case, in their order."""
    return tuple(_view(disclosure, window) for window in windows)


def _view(disclosure: Disclosure, window: DisclosureWindow) -> WindowView:
    left = left_of(disclosure, window)
    article = profile_version(disclosure.profile, disclosure.profile_version).article(Clause.RETENTION_MAX)
    nothing = left.why_nothing(article)
    hope = "，錄影主機日後補傳時將一併保全" if nothing and not left.destroyed and may_still_arrive(window) else ""
    return WindowView(
        window=window,
        recorded=left.recorded,
        recorded_ms=left.recorded_ms,
        asked_ms=round((window.ended_at - window.started_at).total_seconds() * 1000),
        destroyed=left.destroyed,
        certificates=left.certificates,
        nothing=nothing + hope,
        lost=lost_since_filing(disclosure, left),
    )
