"""What other clocks showed, kept beside the box's index for all its processes: references of time, and cameras."""

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from uuid import UUID

from infra.manifest import UNKNOWN, Trust
from infra.recorded import Recorded
from infra.timeline import Timeline, boot_id
from workers.edge.clocks.agreeing import Agreed, Span, agree
from workers.edge.ledger import Ledger

SERVER = "server"
_NTP = "ntp:"
_CAMERA = "camera:"
# What a cheap quartz may drift: the bound of a reading grows by it until the clock is read again.
DRIFT_PPM = 100
# A reference that was not heard of for longer takes no part any more while another one was.
_STALE_NS = 30 * 60 * 1_000_000_000
# How long one time server alone is not believed yet, so that the others and the city's server can answer.
_ALONE_NS = 60 * 1_000_000_000
# Beyond this a minute that is shown may be the wrong one (KH-3-10), and the box does not vouch for its times.
MOST_BOUND_US = 5_000_000
_MILLION = 1_000_000
_NANOSECONDS_PER_MICROSECOND = 1000
_NANOSECOND = 1_000_000_000
_LARGEST_INT = 2**31 - 1


@dataclass(frozen=True)
class Reading:
    """What a clock showed at a moment of our monotonic clock: microseconds since 1970, wrong by the bound at most."""

    monotonic_ns: int
    shown_us: int
    bound_us: int

    def at(self, monotonic_ns: int) -> Span:
        """What it would show at another moment of the same boot."""
        passed_us = (monotonic_ns - self.monotonic_ns) // _NANOSECONDS_PER_MICROSECOND
        return Span(self.shown_us + passed_us, self.bound_us + abs(passed_us) * DRIFT_PPM // _MILLION)


@dataclass(frozen=True)
class Worth:
    """What a line says of the time of a segment (`infra.manifest.ManifestLine`)."""

    trust: Trust = Trust.UNSYNCHRONISED
    clock_source: str = "none"
    clock_offset_us: int = 0
    clock_bound_us: int = UNKNOWN
    camera_offset_us: int = 0
    camera_bound_us: int = UNKNOWN
    camera_age_s: int = UNKNOWN


class CameraClock:
    """Where a camera's own time is kept, whoever asked for it: the `Date` of its answers, or ONVIF."""

    def __init__(self, readings: "Readings", camera_id: UUID) -> None:
        self._readings, self._name = readings, f"{_CAMERA}{camera_id}"

    def keep(self, reading: Reading) -> None:
        """Remember what the camera's clock showed."""
        self._readings.keep(self._name, reading)

    def offset(self, monotonic_ns: int) -> tuple[Span, int] | None:
        """What must be added to the camera's clock, and how many nanoseconds ago it was read; None when not known."""
        held = self._readings.held().get(self._name)
        agreed = self._readings.agreed(held.monotonic_ns) if held is not None else None
        if held is None or agreed is None:
            return None
        off_us = agreed.span.middle_us - held.shown_us
        return Span(off_us, agreed.span.bound_us + held.bound_us), max(0, monotonic_ns - held.monotonic_ns)


class Readings:
    """The readings of this boot of the machine. Those of another say nothing any more: its monotonic clock is over."""

    def __init__(self, ledger: Ledger, *, boot: Callable[[], str] = boot_id) -> None:
        self._ledger, self._boot = ledger, boot()

    def keep(self, clock: str, reading: Reading) -> None:
        """Remember the newest reading of a clock. Raises `OSError` when the disk does not take it."""
        values = (clock, self._boot, reading.monotonic_ns, reading.shown_us, reading.bound_us)
        with self._ledger.transaction() as run:
            run.execute("insert or replace into clock_readings values (?, ?, ?, ?, ?)", values)

    def keep_ntp(self, server: str, reading: Reading) -> None:
        """Remember what a time server showed."""
        self.keep(_NTP + server, reading)

    def held(self) -> Mapping[str, Reading]:
        """The newest reading of each clock."""
        rows = self._ledger.connection.execute(
            "select clock, monotonic_ns, shown_us, bound_us from clock_readings where boot_id = ?", (self._boot,)
        )
        return {row[0]: Reading(*row[1:]) for row in rows}

    def agreed(self, monotonic_ns: int) -> Agreed | None:
        """What the references say together of the time at that moment; None before any was heard in this boot."""
        known = {name: one for name, one in self.held().items() if not name.startswith(_CAMERA)}
        newest_ns = max((one.monotonic_ns for one in known.values()), default=0)
        fresh = {name: one for name, one in known.items() if newest_ns - one.monotonic_ns < _STALE_NS}
        return agree({name: one.at(monotonic_ns) for name, one in fresh.items()})

    def trusted(self, monotonic_ns: int) -> Agreed | None:
        """The same, where it is enough to date what was recorded before anybody knew the time.

        Enough are two that agree, the city's server alone, or a time server alone once the others had a minute to
        answer. The server stands where nobody else agrees, since it is what every line is judged by.
        """
        agreed, held = self.agreed(monotonic_ns), self.held()
        if agreed is None:
            return None
        ntp = [one for name, one in held.items() if name.startswith(_NTP)]
        alone = len(agreed.by) == 1 and SERVER not in agreed.by
        waited = all(monotonic_ns - one.monotonic_ns > _ALONE_NS for one in ntp)
        if agreed.span.bound_us <= MOST_BOUND_US and (not alone or waited):
            return agreed
        server = held.get(SERVER)
        return agree({SERVER: server.at(monotonic_ns)}) if server is not None else None

    def best_us(self, monotonic_ns: int) -> int:
        """The time at that moment: the machine's, unless the references say that it cannot be right."""
        machine_us = Timeline.machine_at(monotonic_ns)
        agreed = self.trusted(monotonic_ns) or self.agreed(monotonic_ns)
        if agreed is None or agreed.span.first_us <= machine_us <= agreed.span.last_us:
            return machine_us
        return agreed.span.middle_us

    def now_us(self) -> int:
        """The time now (`best_us`)."""
        return self.best_us(moment())

    def position_us(self) -> int:
        """The time (`best_us`) against the monotonic clock, which only a step of it changes.

        A step of the machine's clock alone is none while references say that it is wrong.
        """
        here_ns = moment()
        return self.best_us(here_ns) - here_ns // _NANOSECONDS_PER_MICROSECOND

    def machine_lacks_us(self) -> int | None:
        """What must be added to the machine's clock to meet the server's; None before it was heard in this boot."""
        server, here_ns = self.held().get(SERVER), moment()
        return server.at(here_ns).middle_us - Timeline.machine_at(here_ns) if server is not None else None

    def worth(self, recorded: Recorded, camera_id: UUID) -> Worth:
        """What the times of a segment are worth, which may be one of a boot of before, or off the camera's card."""
        if recorded.boot_id != self._boot:
            return Worth(
                camera_offset_us=recorded.camera_offset_us,
                camera_bound_us=recorded.camera_bound_us,
                camera_age_s=recorded.camera_age_s,
            )
        agreed = self.agreed(recorded.monotonic_ns)
        if agreed is None:
            return Worth()
        camera = CameraClock(self, camera_id).offset(recorded.monotonic_ns)
        seen = camera is not None and camera[0].bound_us <= _LARGEST_INT
        off_us = agreed.span.middle_us - recorded.started_us
        is_right = max(abs(off_us), agreed.span.bound_us) <= MOST_BOUND_US
        return Worth(
            trust=Trust.SYNCHRONISED if is_right else Trust.UNSYNCHRONISED,
            clock_source=source_of(agreed),
            clock_offset_us=off_us,
            clock_bound_us=agreed.span.bound_us,
            camera_offset_us=camera[0].middle_us if camera is not None and seen else 0,
            camera_bound_us=camera[0].bound_us if camera is not None and seen else UNKNOWN,
            camera_age_s=camera[1] // _NANOSECOND if camera is not None and seen else UNKNOWN,
        )


def source_of(agreed: Agreed) -> str:
    """Who said so, in the one word of a line: `server`, `ntp`, or both."""
    ntp, server = any(name.startswith(_NTP) for name in agreed.by), SERVER in agreed.by
    return "+".join(word for word, is_there in (("ntp", ntp), (SERVER, server)) if is_there)


def between(sent_ns: int, shown_us: int, got_ns: int, *, coarse_us: int = 0) -> Reading:
    """The reading of an answer: of the middle of the exchange, wrong by half of it and by what the clock rounds off."""
    half_us = (got_ns - sent_ns) // 2 // _NANOSECONDS_PER_MICROSECOND + 1
    return Reading((sent_ns + got_ns) // 2, shown_us + coarse_us // 2, half_us + coarse_us // 2)


def moment() -> int:
    """Now, by the monotonic clock."""
    return time.monotonic_ns()
