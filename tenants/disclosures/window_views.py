"""The windows of a case as its page shows them: asked, what exists of them, and why nothing does."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from tenants.disclosures.models import Disclosure, DisclosureWindow
from tenants.disclosures.questions import left_of, may_still_arrive
from tenants.footage.rules import Window
from tenants.roc_dates import format_date


@dataclass(frozen=True, kw_only=True)
class WindowView:
    """A window and what is known of it: what is still held, and the certificates of what was destroyed."""

    window: DisclosureWindow
    recorded: tuple[Window, ...]
    recorded_ms: int
    asked_ms: int
    destroyed: bool
    certificates: tuple[str, ...]
    earliest: date | None
    may_still_arrive: bool

    @property
    def nothing(self) -> str:
        """The sentence of a window of which no footage exists; empty where some does."""
        if self.recorded_ms:
            return ""
        since = f"最早可查 {format_date(self.earliest)}" if self.earliest else "這支鏡頭目前沒有可查的影像"
        hope = "，錄影主機日後補傳時將一併保全" if self.may_still_arrive else ""
        return f"這個時段查無影像（{since}）{hope}"


def views(disclosure: Disclosure, windows: Sequence[DisclosureWindow]) -> tuple[WindowView, ...]:
    """The windows of a case, in their order."""
    return tuple(_view(disclosure, window) for window in windows)


def _view(disclosure: Disclosure, window: DisclosureWindow) -> WindowView:
    left = left_of(disclosure, window)
    return WindowView(
        window=window,
        recorded=left.recorded,
        recorded_ms=left.recorded_ms,
        asked_ms=round((window.ended_at - window.started_at).total_seconds() * 1000),
        destroyed=left.destroyed,
        certificates=left.certificates,
        earliest=left.earliest,
        may_still_arrive=may_still_arrive(window),
    )
