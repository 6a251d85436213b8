"""The clock of the year: a civil day lasts as many real seconds as the store's own "day".

Only `infra.clock` is told another time, and what the database says of the time follows it; who else was heard of
remains as it is found. The store counts real seconds, and so both are made to wait for each other.
"""

import time
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from uuid import UUID

from infra import clock
from tenants.retention import plan_queries
from tenants.retention.planning import Told

_DAY = timedelta(days=1)
_really_told = plan_queries.told


class DayClock:
    """What the service's clock says, and what the store's seconds amount to."""

    def __init__(self, first: date, *, seconds: int) -> None:
        """Take the service's clock; it stands at the first day until `reach`."""
        self.first, self.seconds, self.most_behind = first, seconds, 0.0
        self._now = clock.day_start(first)
        self._began = time.time()
        clock.now = lambda: self._now
        plan_queries.told = _with_the_database_agreeing

    def begin(self) -> None:
        """The first day begins now, after everything was set up."""
        self._began = time.time()

    def reach(self, number: int, hour: float) -> None:
        """Let it be this hour of day `number`, waiting for the store's seconds where they are not so far."""
        ahead = self._began + (number + hour / 24) * self.seconds - time.time()
        if ahead > 0:
            time.sleep(ahead)
        self.most_behind = max(self.most_behind, -ahead / self.seconds)
        self._now = clock.day_start(self.day(number)) + timedelta(hours=hour)

    def say(self, number: int, hour: float) -> None:
        """Let it be this hour of day `number` for the service, without waiting for the store."""
        self._now = clock.day_start(self.day(number)) + timedelta(hours=hour)

    def day(self, number: int) -> date:
        """The civil day of this number; the first is 0."""
        return self.first + _DAY * number

    def number(self, day: date) -> int:
        """The number of a civil day."""
        return (day - self.first).days

    def of_store(self, real: datetime) -> datetime:
        """The instant of the year at which something really happened, by the store's own seconds."""
        passed = real.timestamp() - self._began
        return clock.day_start(self.first) + passed / self.seconds * _DAY

    @property
    def store_now(self) -> datetime:
        """The store's present as an instant of the year."""
        return self.of_store(datetime.now(UTC))


def _with_the_database_agreeing(*, tenant_id: UUID, now: datetime) -> Told:
    """Nobody may set the clock of a database."""
    return replace(_really_told(tenant_id=tenant_id, now=now), database=now)
