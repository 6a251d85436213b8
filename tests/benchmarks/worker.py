"""What a worker process of the bench is: the settings and jobs of the real one, over a store in memory."""

import os
import time
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from unittest.mock import patch
from uuid import UUID

from infra import clock, garbage, logs, object_keys
from infra.db import db
from infra.queues import Job
from infra.stack.postgres import DatabaseUrls
from infra.tenancy import Binding, bind
from tenants.footage.keys import day_lock
from tenants.footage.models import DayKey
from tenants.retention import queries
from tests.benchmarks.sizes import RETENTION_DAYS
from tests.memory_store import MemoryObjects
from workers import retention_jobs
from workers.context import worker_app

# What lifecycle rules have not removed yet: every so many institutions have this many objects of the day left.
LEFT_BY_EACH, LEFT_OBJECTS = 20, 3


@dataclass(frozen=True, kw_only=True)
class Place:
    """Where a worker finds its servers, and how far its store is away."""

    urls: DatabaseUrls
    redis_url: str
    master_key: Path
    cluster: Path
    latency: float

    def environment(self) -> Mapping[str, str]:
        """The settings of the worker process."""
        return {
            "SHOUYUAN_DATABASE_URL": self.urls.app,
            "SHOUYUAN_BUREAU_DATABASE_URL": self.urls.bureau,
            "SHOUYUAN_REDIS_URL": self.redis_url,
            "SHOUYUAN_S3_ENDPOINT": "http://127.0.0.1:1",
            "SHOUYUAN_S3_BUCKET": "none",
            "SHOUYUAN_S3_ACCESS_KEY": "none",
            "SHOUYUAN_S3_SECRET_KEY": "none",
            "SHOUYUAN_MASTER_KEY_FILE": str(self.master_key),
            "SHOUYUAN_BASE_URL": "http://localhost",
        }


@dataclass(frozen=True, kw_only=True)
class Took:
    """One institution's day: seconds of the processor, and of waiting for the store."""

    cpu: float
    waited: float
    removed: int


_latency = [0.0]


def start(place: Place) -> None:
    """Become a worker: once in each process."""
    os.environ.update(place.environment())
    logs.configure(process="bench")
    _latency[0] = place.latency
    with worker_app().app_context():
        db.session.execute(db.text("select 1"))
    garbage.settle()


def destroy(tenant_id: UUID, number: int, day: date) -> Took:
    """Find in the sweep's way what is due, destroy it, and certify it: the jobs, each with its own commit."""
    store = MemoryObjects(latency=_latency[0])
    put = _laid(store, tenant_id, number, day)
    store.waited, began = 0.0, time.process_time()
    with patch.object(retention_jobs, "store", lambda: store):
        with worker_app().app_context():
            bind(db.session, Binding(tenant_id=tenant_id))
            due = retention_jobs.waiting_jobs(tenant_id=tenant_id, today=clock.today())
        if due != [(Job.DESTROY_DAY, {"day": day.isoformat(), "retention_days": RETENTION_DAYS})]:
            raise RuntimeError(f"the plan of institution {number} is another: {due}")
        retention_jobs.destroy_day(tenant_id=str(tenant_id), day=day.isoformat(), retention_days=RETENTION_DAYS)
        with worker_app().app_context():
            bind(db.session, Binding(tenant_id=tenant_id))
            (begun,) = queries.begun_destructions(tenant_id=tenant_id)
            destruction_id = str(begun.id)
        retention_jobs.certify_destruction(tenant_id=str(tenant_id), destruction_id=destruction_id)
    took = Took(cpu=time.process_time() - began, waited=store.waited, removed=put)
    if list(store.remnants("")):
        raise RuntimeError(f"something of institution {number} is left in the store")
    return took


def _laid(store: MemoryObjects, tenant_id: UUID, number: int, day: date) -> int:
    """What the store has of the day: the key's share, and now and then what the rules have not removed yet."""
    with worker_app().app_context():
        bind(db.session, Binding(tenant_id=tenant_id))
        key = db.session.get_one(DayKey, (tenant_id, day, RETENTION_DAYS))
        of = {"tenant_id": tenant_id, "day": day, "retention_days": RETENTION_DAYS}
        store.put(day_lock(**of, recipient=key.recipient).share, b"share")  # type: ignore[arg-type]
    prefix = object_keys.day_prefix(retention_days=RETENTION_DAYS, tenant_id=tenant_id, day=day)
    left = LEFT_OBJECTS if number % LEFT_BY_EACH == 0 else 0
    for each in range(left):
        store.put(f"{prefix}camera/{each}.age", b"left")
    return 1 + left
