"""Whether anybody knows the time in this boot, and by which one amount everything is shifted once somebody does."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from infra.clock import day_start
from infra.manifest import CLOCK_BY_HAND, NEVER_COMPARED, UNKNOWN, instant, microseconds
from infra.timeline import Timeline, boot_id
from workers.edge.clocks.readings import DRIFT_PPM, Readings, moment, source_of
from workers.edge.configuration import Config
from workers.edge.ledger import CONTACT, Ledger

# No box of this program was set up before, in microseconds since 1970: the first of January 2025 in Taipei.
_BUILT_US = 1_735_660_800_000_000
# A clock that went back by less is put right by the timeline of each camera alone.
BACK_US = 300_000_000
_AHEAD_US = 2 * 366 * 86_400_000_000
# A machine's clock that moved by more within one boot was set by somebody, and did not get there by itself.
_SET_US = 300_000_000
_MILLION = 1_000_000
_NANOSECONDS_PER_MICROSECOND = 1000
# The server's word for a machine's clock that somebody set, while no reference was heard.
BY_MACHINE = NEVER_COMPARED


@dataclass(frozen=True)
class Shift:
    """What was found to be added to the time since a boot began, within which bound, by whom, and when."""

    us: int
    bound_us: int
    source: str
    read_ns: int
    found_us: int

    @property
    def is_by_hand(self) -> bool:
        """Whether it came so late that the index had told of that time already."""
        return self.source == CLOCK_BY_HAND

    def bound_at(self, monotonic_ns: int) -> int:
        """How wrong it may be at another moment of that boot; `UNKNOWN` where nobody can say."""
        apart_us = abs(monotonic_ns - self.read_ns) // _NANOSECONDS_PER_MICROSECOND
        return self.bound_us + apart_us * DRIFT_PPM // _MILLION if self.bound_us != UNKNOWN else UNKNOWN


@dataclass(frozen=True)
class Unknown:
    """A boot that is over and whose time nobody found: after the one, and before the other once that is known."""

    boot_id: str
    after_us: int
    before_us: int | None


class Boots:
    """What is known of this boot's time, and of earlier ones that never got any."""

    def __init__(
        self,
        ledger: Ledger,
        readings: Readings,
        config: Callable[[], Config | None],
        *,
        boot: Callable[[], str] = boot_id,
    ) -> None:
        self._ledger, self._readings, self._config, self.boot = ledger, readings, config, boot()

    def is_lost(self) -> bool:
        """Whether nobody knows the time: no reference was heard in this boot, and the machine's clock cannot be right.

        A clock that can be right is believed for the whole boot (`believed`).

        What began so ends with the first reference that can be trusted, or once somebody set the machine's clock to
        what can be right; that it came there by itself, running on from a wrong time, is not enough.
        """
        here_ns = moment()
        held = self._ledger.connection.execute(
            "select shift_us, machine_us from undated_boots where boot_id = ?", (self.boot,)
        ).fetchone()
        if held is None:
            if self._readings.trusted(here_ns) is not None or self._is_believed() or self._is_plausible(here_ns):
                return False
            self._begin(here_ns)
            return True
        return held[0] is None and not self._find(here_ns, held[1])

    def is_standing(self) -> bool:
        """The same as last found, without looking anew: for whoever only shows it."""
        row = self._ledger.connection.execute(
            "select 1 from undated_boots where boot_id = ? and shift_us is null", (self.boot,)
        ).fetchone()
        return row is not None

    def shift(self, boot: str) -> Shift | None:
        """What was found for a boot; None while nobody knows, and of a boot whose time was never lost."""
        row = self._ledger.connection.execute(
            "select shift_us, bound_us, source, read_ns, found_us from undated_boots "
            "where boot_id = ? and shift_us is not null",
            (boot,),
        ).fetchone()
        return Shift(*row) if row is not None else None

    def never_found(self) -> Sequence[Unknown]:
        """The earlier boots whose time nobody found, the first one first."""
        rows = self._ledger.connection.execute(
            "select boot_id, after_us, before_us from undated_boots where shift_us is null and boot_id <> ? "
            "order by rowid",
            (self.boot,),
        )
        return [Unknown(*row) for row in rows]

    def end_earlier(self) -> None:
        """Once the time is known: what earlier boots recorded without it was before this boot began."""
        lacking = "select 1 from undated_boots where before_us is null and shift_us is null and boot_id <> ?"
        if self._ledger.connection.execute(lacking, (self.boot,)).fetchone() is None or self.is_lost():
            return
        here_ns = moment()
        began_us = self._readings.best_us(here_ns) - here_ns // _NANOSECONDS_PER_MICROSECOND
        with self._ledger.transaction() as run:
            run.execute(
                "update undated_boots set before_us = max(?, after_us) "
                "where before_us is null and shift_us is null and boot_id <> ?",
                (began_us, self.boot),
            )

    def _begin(self, here_ns: int) -> None:
        position_us = Timeline.machine_at(here_ns) - here_ns // _NANOSECONDS_PER_MICROSECOND
        with self._ledger.transaction() as run:
            run.execute(
                "insert or ignore into undated_boots (boot_id, after_us, machine_us) values (?, ?, ?)",
                (self.boot, newest_known_us(self._ledger, self._config()), position_us),
            )

    def _find(self, here_ns: int, machine_us: int) -> bool:
        """Whether the time is known now; the first amount that is found stays."""
        agreed = self._readings.trusted(here_ns)
        position_us = Timeline.machine_at(here_ns) - here_ns // _NANOSECONDS_PER_MICROSECOND
        if agreed is not None:
            us = agreed.span.middle_us - here_ns // _NANOSECONDS_PER_MICROSECOND
            self._keep(us, agreed.span.bound_us, source_of(agreed), here_ns)
            return True
        was_set = abs(position_us - machine_us) > _SET_US and self._is_plausible(here_ns)
        if was_set and self._readings.agreed(here_ns) is None:
            self._keep(position_us, UNKNOWN, BY_MACHINE, here_ns)
            return True
        return False

    def _keep(self, shift_us: int, bound_us: int, source: str, here_ns: int) -> None:
        found_us = here_ns // _NANOSECONDS_PER_MICROSECOND + shift_us
        with self._ledger.transaction() as run:
            run.execute(
                "update undated_boots set shift_us = ?, bound_us = ?, source = ?, read_ns = ?, found_us = ? "
                "where boot_id = ? and shift_us is null",
                (shift_us, bound_us, source, here_ns, found_us, self.boot),
            )

    def _is_believed(self) -> bool:
        """Whether the machine's clock was taken for right in this boot: it may have been set back since."""
        row = self._ledger.connection.execute("select 1 from cameras where claimed_boot = ?", (self.boot,)).fetchone()
        return row is not None

    def _is_plausible(self, here_ns: int) -> bool:
        config, machine_us = self._config(), Timeline.machine_at(here_ns)
        known_us = newest_known_us(self._ledger, config)
        if not known_us - BACK_US <= machine_us <= known_us + _AHEAD_US:
            return False
        # For a day without a key nothing can be recorded, for every day that has one it can.
        return config is None or not config.days or config.has_key(instant(machine_us))


def newest_known_us(ledger: Ledger, config: Config | None) -> int:
    """What the present cannot be before: the last second recorded or missing, the last contact, and the day keys.

    What was claimed by a clock that nobody confirmed says nothing.
    """
    told = ledger.connection.execute(
        "select max(ifnull(sure_until_us, max(ifnull(recorded_until_us, 0), ifnull(missing_since_us, 0)))) from cameras"
    ).fetchone()[0]
    # A server hands out yesterday's key, and those that follow.
    keys_us = microseconds(day_start(min(config.days))) if config is not None and config.days else 0
    return max(_BUILT_US, int(told or 0), ledger.fact(CONTACT) or 0, keys_us)
