"""Puts right, and signs, what is not sure of a camera while it is recorded."""

from collections.abc import Callable, Mapping
from datetime import date

from infra.timeline import Timeline
from workers.edge.clocks.readings import moment
from workers.edge.configuration import DayRules
from workers.edge.undated.dating import Dating

_LOOK_NS = 1_000_000_000
# Besides, where there is nothing to sign.
_IDLE_NS = 9_000_000_000


class DatedWhileRecorded:
    """Looks once a second whether the time is known by now, and signs what was dated, one segment at a time."""

    def __init__(self, dating: Dating, timeline: Timeline, days: Callable[[], Mapping[date, DayRules]]) -> None:
        self._dating, self._timeline, self._days = dating, timeline, days
        self._begun_us = timeline.at(moment())
        self._looked_ns = moment()

    def go_on(self) -> None:
        """Called at every packet. Raises `OSError` when the disk does not take it."""
        here_ns = moment()
        if here_ns - self._looked_ns < _LOOK_NS:
            return
        self._looked_ns = here_ns
        if self._timeline.is_dated:
            is_claimed = self._dating.believed.look(self._timeline)
            if not self._dating.sign_one(self._days()) and not is_claimed:
                self._looked_ns += _IDLE_NS
        elif not self._timeline.is_due:
            shift_us = self._dating.found(begun_us=self._begun_us)
            if shift_us is not None:
                self._timeline.date(shift_us)
