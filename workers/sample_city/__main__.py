"""`python -m workers.sample_city`, with a worker's environment and a folder in `SHOUYUAN_SAMPLE_DIR`.

A worker may not put footage into the store, so the web process's account is given beside it, in
`SHOUYUAN_SAMPLE_S3_ACCESS_KEY` and `SHOUYUAN_SAMPLE_S3_SECRET_KEY`; so is what it looks identity numbers up with, in
`SHOUYUAN_SAMPLE_LOOKUP_KEY_FILE`. Everything is one transaction: what fails leaves an
empty database, and the next run begins anew.
"""

import os
import secrets
import sys
from dataclasses import replace
from pathlib import Path

from sqlalchemy import select

from infra.db import db
from infra.lookup_keys import LookupSecret, read_lookup_secret
from infra.objects import S3Objects
from infra.settings import BadSettings, Settings, StoreSettings
from tenants.registry.models import Tenant
from workers import context
from workers.sample_city import accounts, days, edges, emergency, founding, rooms, runs, samples, storeroom, tellings
from workers.sample_city.applications import Applications
from workers.sample_city.cast import INSTITUTIONS
from workers.sample_city.days import OPENED, Stores
from workers.sample_city.letters import Letters
from workers.sample_city.past import as_of

_PREFIX = "SHOUYUAN_SAMPLE_"


def main() -> int:
    """Make the city, unless it is there. Raises `BadSettings` for a database that holds anything else."""
    told = os.environ.get(f"{_PREFIX}DIR", "")
    folder = Path(told)
    if not told or not folder.is_dir():
        raise BadSettings(f"{_PREFIX}DIR names no folder")
    with context.worker_app().app_context():
        held = set(db.session.scalars(select(Tenant.code)))
        if held == {"BUREAU", *(institution.code for institution in INSTITUTIONS)}:
            sys.stdout.write("the sample city is there already\n")
            return 0
        if held:
            raise BadSettings("this database holds another city, and no sample is put beside it")
        make(folder)
    return 0


def make(folder: Path) -> None:
    """The whole city, and in the folder its accounts and its edge boxes."""
    settings = context.settings()
    stores = Stores(
        worker=context.store(),
        uploads=S3Objects(_uploads(settings)),
        kms=context.kms(),
        cosigner=context.cosigner(),
        scratch=settings.scratch_dir,
        kind=settings.key_kind,
    )
    with as_of(OPENED):
        city = founding.found(secrets.token_urlsafe(12))
        rooms.furnish(city)
        recorders = days.equip(city, stores)
    days.fill_index(recorders)
    letters, applications = Letters(city, stores), Applications(city, _lookup())
    days.go_by(city, recorders, stores, events=(letters.on, applications.on))
    days.retire_old_recorders(city, recorders)
    edges.prepare(city, folder / "edges", server=settings.base_url)
    storeroom.sweep(city, stores)
    runs.note(city)
    emergency.ended(city)
    tellings.tell(city)
    days.take_now(city)
    db.session.commit()
    days.count_city(city)
    samples.audit(city)
    accounts.write(city, folder / "accounts.txt", base_url=settings.base_url)
    db.session.commit()
    sys.stdout.write("the sample city stands\n")


def _lookup() -> LookupSecret:
    return read_lookup_secret(Path(os.environ[f"{_PREFIX}LOOKUP_KEY_FILE"]))


def _uploads(settings: Settings) -> StoreSettings:
    held = settings.store
    assert held is not None  # noqa: S101 - `Settings.from_env` refuses a worker without one
    access_key = os.environ.get(f"{_PREFIX}S3_ACCESS_KEY", held.access_key)
    secret_key = os.environ.get(f"{_PREFIX}S3_SECRET_KEY", held.secret_key)
    return replace(held, access_key=access_key, secret_key=secret_key)


if __name__ == "__main__":
    sys.exit(main())
