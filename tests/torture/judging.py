"""What became of every second: footage, or a gap whose cause is that of a fault that was injected then. Pure."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from itertools import pairwise

from infra.causes import GapCause
from tenants.footage.coverage import UNKNOWN, account
from tenants.footage.rules import Gap, Window


@dataclass(frozen=True)
class Injected:
    """A fault, in the box's own time, until the camera recorded again, and what a gap of then may say."""

    name: str
    window: Window
    causes: frozenset[GapCause]


@dataclass
class Verdict:
    """Of one camera or of all."""

    seconds: float = 0
    missing_s: float = 0
    unexplained_s: float = 0
    right_s: float = 0
    overlaps: int = 0
    wrong: list[str] = field(default_factory=list)
    causes: set[GapCause] = field(default_factory=set)

    def add(self, other: "Verdict") -> None:
        """Take another camera in."""
        self.seconds += other.seconds
        self.missing_s += other.missing_s
        self.unexplained_s += other.unexplained_s
        self.right_s += other.right_s
        self.overlaps += other.overlaps
        self.wrong += other.wrong
        self.causes |= other.causes

    @property
    def cause_right(self) -> float:
        """The share of missing seconds that has the cause of a fault of that time."""
        return self.right_s / self.missing_s if self.missing_s else 1.0


def judge(segments: Sequence[Window], gaps: Sequence[Gap], injected: Sequence[Injected]) -> Verdict:
    """From a camera's first second to its last; it recorded. Segments and gaps of one ledger must nowhere meet."""
    whole = Window(min(one.started_at for one in segments), max(one.ended_at for one in segments))
    settled = account(whole, footage=segments, gaps=gaps)
    meeting = _meeting([*segments, *(gap.window for gap in gaps)])
    found = Verdict(seconds=whole.seconds, overlaps=len(meeting), wrong=meeting)
    for gap in settled.gaps:
        found.missing_s += gap.window.seconds
        found.causes.add(gap.cause)
        if gap.cause in UNKNOWN:
            found.unexplained_s += gap.window.seconds
        if gap.cause in _allowed(gap.window, injected):
            found.right_s += gap.window.seconds
        else:
            long = f"{gap.window.seconds:.2f} s from {gap.window.started_at:%H:%M:%S.%f}"
            found.wrong.append(f"{gap.cause} for {long} beside {_names(gap.window, injected)}")
    return found


def _allowed(window: Window, injected: Iterable[Injected]) -> set[GapCause]:
    return {cause for fault in injected if fault.window.within(window) for cause in fault.causes}


def _names(window: Window, injected: Iterable[Injected]) -> str:
    return ", ".join(fault.name for fault in injected if fault.window.within(window)) or "no fault"


def _meeting(spans: Iterable[Window]) -> list[str]:
    ordered = pairwise(sorted(spans))
    return [f"{two} begins before {one} ended" for one, two in ordered if one.ended_at > two.started_at]
