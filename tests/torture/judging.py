"""What became of every second: footage, or a gap whose cause is that of a fault that was injected then. Pure."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import pairwise

from infra.causes import GapCause
from tenants.footage.coverage import UNKNOWN, account
from tenants.footage.rules import Gap, Window

# What a recorder tells of its own end by force; its own fault is no other. What it may lose is measured only where
# nothing else happened to the camera for so long before.
KILLED = frozenset({GapCause.PROCESS_RESTARTED, GapCause.BOX_RESTARTED})
UNDISTURBED = timedelta(seconds=2.5)


@dataclass(frozen=True)
class Injected:
    """A fault, in the box's own time, until the camera recorded again, and what a gap of then may say.

    `touches` what is recorded, even where no gap comes of it.
    """

    name: str
    window: Window
    causes: frozenset[GapCause]
    touches: bool


@dataclass
class Verdict:
    """Of one camera or of all."""

    seconds: float = 0
    missing_s: float = 0
    unexplained_s: float = 0
    right_s: float = 0
    by_chance_s: float = 0
    overlaps: int = 0
    lost_at_kills: list[float] = field(default_factory=list)
    wrong: list[str] = field(default_factory=list)
    causes: set[GapCause] = field(default_factory=set)

    def add(self, other: "Verdict") -> None:
        """Take another camera in."""
        self.seconds += other.seconds
        self.missing_s += other.missing_s
        self.unexplained_s += other.unexplained_s
        self.right_s += other.right_s
        self.by_chance_s += other.by_chance_s
        self.lost_at_kills += other.lost_at_kills
        self.overlaps += other.overlaps
        self.wrong += other.wrong
        self.causes |= other.causes

    @property
    def cause_right(self) -> float:
        """The share of missing seconds that has the cause of a fault of that time."""
        return self.right_s / self.missing_s if self.missing_s else 1.0

    @property
    def by_chance(self) -> float:
        """The same share if each gap said any cause at random: how little it takes to be right beside the faults."""
        return self.by_chance_s / self.missing_s if self.missing_s else 1.0

    @property
    def lost_at_a_kill(self) -> float:
        """The most seconds before a kill that were gone afterwards."""
        return max(self.lost_at_kills, default=0.0)


def judge(
    segments: Sequence[Window], gaps: Sequence[Gap], injected: Sequence[Injected], kills: Sequence[datetime]
) -> Verdict:
    """From a camera's first second to its last; it recorded. Segments and gaps of one ledger must nowhere meet.

    `kills` are the instants, in the box's own time, at which whoever records it was killed.
    """
    whole = Window(min(one.started_at for one in segments), max(one.ended_at for one in segments))
    settled = account(whole, footage=segments, gaps=gaps)
    meeting = _meeting([*segments, *(gap.window for gap in gaps)])
    found = Verdict(seconds=whole.seconds, overlaps=len(meeting), wrong=meeting)
    found.lost_at_kills = list(_lost_at(kills, settled.gaps, injected))
    for gap in settled.gaps:
        found.missing_s += gap.window.seconds
        found.causes.add(gap.cause)
        if gap.cause in UNKNOWN:
            found.unexplained_s += gap.window.seconds
        allowed = _allowed(gap.window, injected)
        found.by_chance_s += gap.window.seconds * len(allowed) / len(GapCause)
        if gap.cause in allowed:
            found.right_s += gap.window.seconds
        else:
            long = f"{gap.window.seconds:.2f} s from {gap.window.started_at:%H:%M:%S.%f}"
            found.wrong.append(f"{gap.cause} for {long} beside {_names(gap.window, injected)}")
    return found


def _lost_at(kills: Iterable[datetime], gaps: Sequence[Gap], injected: Sequence[Injected]) -> Iterator[float]:
    """Seconds from the end of what was kept to each kill of a camera to which nothing else happened just before."""
    for kill in kills:
        recorded = Window(kill - UNDISTURBED, kill)
        others = [fault for fault in injected if fault.touches and not fault.causes & KILLED]
        befell = [fault for fault in others if fault.window.within(recorded)]
        of = [gap for gap in gaps if gap.cause in KILLED and gap.window.started_at <= kill < gap.window.ended_at]
        if of and not befell:
            yield (kill - of[0].window.started_at).total_seconds()


def _allowed(window: Window, injected: Iterable[Injected]) -> set[GapCause]:
    return {cause for fault in injected if fault.window.within(window) for cause in fault.causes}


def _names(window: Window, injected: Iterable[Injected]) -> str:
    return ", ".join(fault.name for fault in injected if fault.window.within(window)) or "no fault"


def _meeting(spans: Iterable[Window]) -> list[str]:
    ordered = pairwise(sorted(spans))
    return [f"{two} begins before {one} ended" for one, two in ordered if one.ended_at > two.started_at]
