"""A master key changed: every day key of the city wrapped anew, through the real path and the database."""

import os
import time
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

from infra.db import db
from infra.kms import FileKms
from infra.stack.postgres import DatabaseUrls
from tenants.actor import system
from tenants.footage import rewrapping
from tenants.footage.keys import day_key_context
from tests.benchmarks import worker
from tests.benchmarks.city import pool_of, superuser
from tests.benchmarks.meter import Meter
from tests.benchmarks.sizes import RETENTION_DAYS, over
from tests.benchmarks.worker import Place
from workers import context
from workers.commands.institutions import each_institution_id
from workers.commands.keys import TABLES

# About a school with one camera class of a fortnight and one of three months.
KEYS_EACH = 120
_SEALED_BYTES = 102


@dataclass(frozen=True, kw_only=True)
class Rewrapped:
    """How many keys, in how much of a core (the worker's and the database's), and what the encryption alone takes."""

    keys: int
    seconds: float
    core_seconds: float
    bare_seconds: float

    @property
    def a_minute(self) -> float:
        """Keys a minute and core."""
        return 60 * self.keys / self.core_seconds

    @property
    def ratio(self) -> float:
        """How many times as long as the encryption alone."""
        return self.core_seconds / self.bare_seconds


def rewrapped(place: Place) -> Rewrapped:
    """Replace every institution's day keys by so many real ones, change the master key, and re-wrap."""
    kms = FileKms(place.master_key)
    keys = _laid(place.urls, kms)
    kms.use(kms.add())
    with pool_of(1, worker.start, place) as pool:
        return pool.submit(_rewrapped, keys, place.cluster).result()


def _laid(urls: DatabaseUrls, kms: FileKms) -> int:
    first, keys = over() + timedelta(days=1), 0
    with superuser(urls) as connection:
        connection.execute("truncate day_keys")
        tenants = connection.execute("select id from tenants where kind <> 'bureau' order by id").fetchall()
        columns = "tenant_id, civil_day, retention_days, recipient, wrapped_secret"
        with connection.cursor() as cursor, cursor.copy(f"copy day_keys ({columns}) from stdin") as copy:
            for (tenant_id,) in tenants:
                for number in range(KEYS_EACH):
                    day = first + timedelta(days=number)
                    bound = day_key_context(tenant_id=tenant_id, day=day, retention_days=RETENTION_DAYS)
                    wrapped = kms.wrap(os.urandom(_SEALED_BYTES), context=bound)
                    copy.write_row((tenant_id, day, RETENTION_DAYS, f"age1{tenant_id}{number}", wrapped))
                    keys += 1
        connection.execute("vacuum (analyze) day_keys")
    return keys


def _rewrapped(keys: int, cluster: Path) -> Rewrapped:
    """As `flask keys rewrap` does it: institution by institution, each committed."""
    with context.worker_app().app_context():
        kms, done = context.kms(), 0
        meter, began, used = Meter(cluster), time.perf_counter(), time.process_time()
        for tenant_id in each_institution_id():
            made = rewrapping.rewrap(actor=system("bench"), tenant_id=tenant_id, kms=kms, tables=TABLES)
            db.session.commit()
            done += sum(made.values())
        seconds, cores = time.perf_counter() - began, time.process_time() - used + meter.seconds()
    if done != keys:
        raise RuntimeError(f"{done} of {keys} keys were wrapped anew")
    began = time.process_time()
    kms.rewrap([(kms.wrap(b"x" * _SEALED_BYTES, context="bare"), "bare") for _ in range(2000)])
    bare = (time.process_time() - began) / 2000 * keys
    return Rewrapped(keys=keys, seconds=seconds, core_seconds=cores, bare_seconds=bare)
