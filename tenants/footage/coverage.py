"""Coverage, in the one place where it is reckoned: of every instant whether there is footage, and why not. Pure.

An `account` takes the ledger alone, signed segments and signed gaps, so whoever holds those can compute it again and
gets the same (DR-17). A `camera_day` is an account of the part of a day that is over, with what the edge said last.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from infra.causes import GapCause
from tenants.footage.rules import (
    OLDEST,
    SILENT_AFTER,
    Gap,
    Now,
    Reported,
    Window,
    explained,
    merged,
    missing,
    state_now,
)

RECORDED = "recorded"
UNKNOWN = frozenset({GapCause.NO_CONTACT, GapCause.NOT_EXPLAINED})
_MICROSECOND, _SECOND = timedelta(microseconds=1), 1_000_000


@dataclass(frozen=True)
class Account:
    """A span without rest: `recorded` and `gaps` do not meet and together are all of it."""

    whole: Window
    recorded: Sequence[Window]
    gaps: Sequence[Gap]

    @property
    def microseconds(self) -> Mapping[str, int]:
        """How long each part is: `recorded`, and each cause that occurs."""
        found = {RECORDED: sum(map(_length, self.recorded))}
        for gap in self.gaps:
            found[gap.cause.value] = found.get(gap.cause.value, 0) + _length(gap.window)
        return found

    @property
    def seconds(self) -> Mapping[str, int]:
        """The same in whole seconds that add up to the span's: what is over a second goes to the largest rests."""
        exact = self.microseconds
        found = {name: length // _SECOND for name, length in exact.items()}
        owed = round(_length(self.whole) / _SECOND) - sum(found.values())
        for name in sorted(exact, key=lambda one: (-(exact[one] % _SECOND), one))[:owed]:
            found[name] += 1
        return found


@dataclass(frozen=True)
class CameraDay:
    """What is known of one camera over the part of a day that is over. `coverage` is None when no part of it counts.

    Continuity is judged on recording, so footage still on its way counts as covered and is shown as late, and footage
    that its box signed for and the store lost since is shown as lost: to keep it is another duty (DR-17).
    """

    expected: Window | None
    recorded: Sequence[Window] = field(default_factory=tuple)
    lost: Sequence[Window] = field(default_factory=tuple)
    late: Sequence[Window] = field(default_factory=tuple)
    gaps: Sequence[Gap] = field(default_factory=tuple)
    # Whether anything at all was said of this day; without a word its gaps are unknown and not a fault (DR-30).
    heard: bool = False

    @property
    def coverage(self) -> float | None:
        """The share of the expected span that was recorded, from 0 to 1."""
        if self.expected is None:
            return None
        return 1 - sum(gap.window.seconds for gap in self.gaps) / self.expected.seconds


def account(whole: Window, *, footage: Iterable[Window], gaps: Iterable[Gap]) -> Account:
    """Settle a span. Where footage and a gap claim the same instant it is footage, which can be shown."""
    recorded = _within(whole, footage)
    return Account(whole, recorded, explained(missing(whole, recorded), gaps))


def camera_day(
    whole: Window,
    *,
    arrived: Sequence[Window],
    reports: Sequence[Gap],
    reported: Reported | None,
    now: datetime,
    lost: Sequence[Window] = (),
) -> CameraDay:
    """Coverage and gaps of the part of `whole` that is over; `lost` is what of `arrived` is in the store no more.

    While a camera records, the minute being written is neither covered nor missing; once it fails or falls silent, the
    time since its last durable second is a gap, with its fault or `no_contact` as the cause.
    """
    known_until, open_gap = _reach(reported, now)
    expected = Window(whole.started_at, now).within(whole) if now > whole.started_at else None
    if expected is not None and known_until is not None:
        expected = expected.within(Window(datetime.min.replace(tzinfo=UTC), known_until))
    heard = _heard(whole, arrived, [*reports, *_said_so_far(reported, open_gap)], reported)
    if expected is None:
        return CameraDay(expected=None, heard=heard)
    came = _within(expected, arrived)
    gone = _within(expected, lost)
    late = _late(expected, came, reports, reported, now=now)
    settled = account(expected, footage=[*came, *late], gaps=[*reports, *([open_gap] if open_gap else ())])
    return CameraDay(
        expected=expected,
        recorded=[part for span in came for part in missing(span, gone)] if gone else came,
        lost=gone,
        late=late,
        gaps=settled.gaps,
        heard=heard or bool(late),
    )


def _within(whole: Window, spans: Iterable[Window]) -> list[Window]:
    return merged(part for span in spans if (part := span.within(whole)) is not None)


def _heard(whole: Window, arrived: Iterable[Window], reports: Iterable[Gap], reported: Reported | None) -> bool:
    """Whether footage, a reported gap or the edge's last word is of this day."""
    footage = any(span.within(whole) for span in arrived)
    told = any(gap.cause is not GapCause.NO_CONTACT and gap.window.within(whole) for gap in reports)
    if reported is None or (reported.recorded_until is None and reported.fault is None):
        return footage or told
    return footage or told or whole.started_at <= reported.at < whole.ended_at


def _said_so_far(reported: Reported | None, open_gap: Gap | None) -> Iterable[Gap]:
    """The gap that still grows, where a box told since when: a camera that fails for days is known of on each of them.

    Its own word comes when it ends. One that never recorded says no beginning, and so nothing of the days before.
    """
    begun = reported is not None and reported.recorded_until is not None
    return [open_gap] if open_gap is not None and begun else []


def _reach(reported: Reported | None, now: datetime) -> tuple[datetime | None, Gap | None]:
    """Until when the edge's word reaches (None: until now), and the gap that is open since."""
    if reported is None or reported.recorded_until is None:
        cause = (reported.fault if reported else None) or GapCause.NO_CONTACT
        return None, Gap(Window(datetime.min.replace(tzinfo=UTC), now), cause)
    if state_now(reported, now) is Now.RECORDING:
        return reported.recorded_until, None
    if reported.recorded_until >= now:
        return None, None
    silent = now - reported.at > SILENT_AFTER
    cause = GapCause.NO_CONTACT if silent else reported.fault or GapCause.NOT_EXPLAINED
    return None, Gap(Window(reported.recorded_until, now), cause)


def _late(
    expected: Window, recorded: Iterable[Window], reports: Iterable[Gap], reported: Reported | None, *, now: datetime
) -> list[Window]:
    """What the edge says it holds and has not sent, without what arrived and without its own gaps.

    A claim ends with the time in which it could still arrive: what has not come by then is lost, whoever says that it
    was recorded (DR-17).
    """
    if reported is None or reported.late is None or reported.late.ended_at <= now - OLDEST:
        return []
    claimed = Window(max(reported.late.started_at, now - OLDEST), reported.late.ended_at).within(expected)
    return missing(claimed, [*recorded, *(report.window for report in reports)]) if claimed is not None else []


def _length(window: Window) -> int:
    return (window.ended_at - window.started_at) // _MICROSECOND
