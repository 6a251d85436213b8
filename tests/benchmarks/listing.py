"""A camera's day listed out of a large index: random institutions, cameras and days, as the worker's database role."""

import random
import statistics
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from uuid import UUID

import psycopg
from sqlalchemy import select

from infra import clock, garbage
from infra.db import db
from infra.tenancy import Binding, bind
from tenants.footage import camera_days
from tenants.footage.rules import day_window
from tenants.registry.models import Camera
from tests.benchmarks import worker
from tests.benchmarks.city import parts, pool_of, superuser
from tests.benchmarks.sizes import MINUTES, RETENTION_DAYS, Size
from tests.benchmarks.worker import Place
from workers.context import worker_app

WARM_UP = 200
_TUNED_BY = 1_000_000


@dataclass(frozen=True, kw_only=True)
class Listed:
    """Milliseconds at the 50th and 99th percentile: of the minutes of a day, of its timeline, and of two peers.

    `probe` reads one row; `nothing` is a bare loop that takes as long as a look does: what the machine itself, whose
    cores others may have too, makes of work of that length.
    """

    minutes: tuple[float, float]
    timeline: tuple[float, float]
    probe: tuple[float, float]
    nothing: tuple[float, float]


def listed(place: Place, size: Size) -> Listed:
    """Look at so many camera-days, in a process of its own as a worker is."""
    with pool_of(1, worker.start, place) as pool:
        return pool.submit(_listed, place, size).result()


def _listed(place: Place, size: Size) -> Listed:
    looks = _chosen(place, size)
    # A worker does not hold a city's cameras: no collection of what a look leaves should walk over the bench's own.
    garbage.settle()
    with superuser(place.urls) as connection:
        probe = [_timed(lambda look=look: _probe(connection, look)) for look in looks]
    minutes = [_bound(look[0], lambda look=look: _minutes(look)) for look in looks]
    timeline = [_bound(look[0], lambda look=look: _timeline(look)) for look in looks]
    return Listed(
        minutes=_percentiles(minutes),
        timeline=_percentiles(timeline),
        probe=_percentiles(probe),
        nothing=_percentiles(_loops(len(looks), as_long_as=_percentiles(timeline)[0])),
    )


def _chosen(place: Place, size: Size) -> list[tuple[UUID, UUID, date]]:
    """Institutions, cameras and days: the same places in each run."""
    chosen = random.Random(1)  # noqa: S311 - no secret
    with superuser(place.urls) as connection:
        cameras = connection.execute("select tenant_id, id from cameras order by id").fetchall()
    days = [part.day for part in parts(size.days) if part.minutes == MINUTES]
    return [(*chosen.choice(cameras), chosen.choice(days)) for _ in range(WARM_UP + size.looks)]


def _bound(tenant_id: UUID, act: Callable[[], None]) -> float:
    with worker_app().app_context():
        bind(db.session, Binding(tenant_id=tenant_id))
        return _timed(act)


def _timed(act: Callable[[], None]) -> float:
    began = time.perf_counter()
    act()
    return 1000 * (time.perf_counter() - began)


def _minutes(look: tuple[UUID, UUID, date]) -> None:
    tenant_id, camera_id, day = look
    found = camera_days.segments_in(tenant_id=tenant_id, camera_id=camera_id, window=day_window(day))
    if not MINUTES <= len(found) <= MINUTES + 1:
        raise RuntimeError(f"{len(found)} minutes of {camera_id} on {day}")


def _timeline(look: tuple[UUID, UUID, date]) -> None:
    tenant_id, camera_id, day = look
    cameras = list(db.session.scalars(select(Camera).where(Camera.tenant_id == tenant_id, Camera.id == camera_id)))
    (line,) = camera_days.timeline(tenant_id=tenant_id, cameras=cameras, day=day, now=clock.now())
    if len(line.day.recorded) != 1:
        raise RuntimeError(f"the day of {camera_id} on {day} is not whole")


def _probe(connection: psycopg.Connection, look: tuple[UUID, UUID, date]) -> None:
    """The peer: one row by its primary key's beginning and the camera's first minute, which the index names."""
    tenant_id, camera_id, day = look
    connection.execute(
        "select id from segments where civil_day = %s and retention_days = %s and tenant_id = %s and camera_id = %s "
        "order by started_at limit 1",
        [day, RETENTION_DAYS, tenant_id, camera_id],
    ).fetchone()


def _loops(count: int, *, as_long_as: float) -> list[float]:
    """A loop that counts, tuned to so many milliseconds."""
    tuned = _timed(lambda: _count(_TUNED_BY))
    return [_timed(lambda: _count(int(_TUNED_BY * as_long_as / tuned))) for _ in range(count)]


def _count(to: int) -> None:
    for _ in range(to):
        pass


def _percentiles(milliseconds: list[float]) -> tuple[float, float]:
    measured = sorted(milliseconds[WARM_UP:])
    return statistics.median(measured), measured[int(len(measured) * 0.99)]
