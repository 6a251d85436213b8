"""A city's day destroyed with certificates, and what one institution's day costs in a small city and in a large one."""

import time
from collections.abc import Callable
from dataclasses import dataclass
from uuid import UUID

from tests.benchmarks import worker
from tests.benchmarks.city import pool_of, superuser
from tests.benchmarks.meter import Meter
from tests.benchmarks.sizes import RETENTION_DAYS, over
from tests.benchmarks.worker import Place
from workers import reconciliation_jobs

PROCESSES = 2
# The first that a process destroys cost it the spelling of its statements, in a small city and in a large one.
WARM_UP = 4


@dataclass(frozen=True, kw_only=True)
class Destroyed:
    """A day of the whole city."""

    seconds: float
    core_seconds: float
    institutions: int
    store_seconds: float
    objects: int
    rows: int
    drop_seconds: float
    least_seconds: float

    @property
    def each_ms(self) -> float:
        """What one institution's day took of a core, its worker's and the database's together, once they are warm."""
        return 1000 * self.core_seconds / (self.institutions - WARM_UP)

    @property
    def free_seconds(self) -> float:
        """How long it would have been had nobody else wanted the cores."""
        return (self.each_ms / 1000 * self.institutions + self.store_seconds) / PROCESSES


def destroyed(place: Place, *, say: Callable[[str], None]) -> Destroyed:
    """Destroy the day that is over, certify it for everybody, and drop its rows."""
    day = over()
    least, rows = _least(place)
    with superuser(place.urls) as connection:
        found = connection.execute("select id, substr(code, 2)::int from tenants where kind <> 'bureau'").fetchall()
        (bureau_id,) = connection.execute("select id from tenants where kind = 'bureau'").fetchone() or (None,)
    with pool_of(PROCESSES, worker.start, place) as pool:
        list(pool.map(_ready, range(PROCESSES)))
        began = time.perf_counter()
        warm = [pool.submit(worker.destroy, *one, day) for one in found[:WARM_UP]]
        took = [one.result() for one in warm]
        meter = Meter(place.cluster)
        running = [pool.submit(worker.destroy, *one, day) for one in found[WARM_UP:]]
        for done, one in enumerate(running, start=WARM_UP + 1):
            took.append(one.result())
            if done % max(len(found) // 4, 1) == 0:
                say(f"{done} of {len(found)} institutions certified after {time.perf_counter() - began:.1f} s")
        seconds, cores = time.perf_counter() - began, meter.seconds() + sum(one.cpu for one in took[WARM_UP:])
        began = time.perf_counter()
        pool.submit(_drop, bureau_id).result()
        dropped = time.perf_counter() - began
    _certified(place, len(found))
    return Destroyed(
        seconds=seconds,
        core_seconds=cores,
        institutions=len(found),
        store_seconds=sum(one.waited for one in took),
        objects=sum(one.removed for one in took),
        rows=rows,
        drop_seconds=dropped,
        least_seconds=least,
    )


def _ready(_number: int) -> None:
    """Keep a process busy for a moment, so that both are up before anything is measured."""
    time.sleep(0.5)


def _drop(bureau_id: UUID) -> None:
    reconciliation_jobs.drop_partition(tenant_id=str(bureau_id), day=over().isoformat(), retention_days=RETENTION_DAYS)


def _least(place: Place) -> tuple[float, int]:
    """The peer: the least that anybody who counts the day must do, which is to read it once."""
    with superuser(place.urls) as connection:
        began = time.perf_counter()
        query = "select count(*), sum(cipher_bytes) from segments where civil_day = %s and retention_days = %s"
        (rows, _) = connection.execute(query, [over(), RETENTION_DAYS]).fetchone() or (0, 0)
        return time.perf_counter() - began, int(rows)


def _certified(place: Place, expected: int) -> None:
    """Refuse the measurement unless every institution has its certificate and the rows are gone."""
    with superuser(place.urls) as connection:
        query = """select (select count(*) from destructions where state = 'certified' and certificate is not null),
                          (select count(*) from segments where civil_day = %s),
                          (select sum(segments) from destructions), (select sum(segments) from filmed_days)"""
        certified, left, counted, filmed = connection.execute(query, [over()]).fetchone() or (0, 0, 0, 0)
    if (certified, left) != (expected, 0) or counted != filmed:
        raise RuntimeError(f"{certified} certificates of {expected}, {left} rows left, {counted} against {filmed}")
