"""A worker as it runs: its own environment and account at the store, a real queue; and an institution's footage."""

import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping
from datetime import timedelta
from pathlib import Path

import pytest
from flask import Flask

from infra import clock
from infra.db import db
from infra.objects import S3Objects
from infra.settings import PREFIX, Process, StoreSettings
from infra.stack.environments import Whereabouts
from infra.stack.juicefs import JuiceFs
from infra.stack.postgres import DatabaseUrls
from infra.tenancy import Binding, bind
from tests.apps import with_kept_engines
from tests.factories import retained
from tests.factories.evidence import Archive
from tests.factories.packages import built
from tests.factories.registry import institution
from tests.factories.requests import Request, footage_of, granted
from workers import context

SECOND = timedelta(seconds=1)
_CACHED = (
    context.settings,
    context.worker_app,
    context.store,
    context.bucket_rules,
    context.outgoing_mail,
    context.kms,
    context.cosigner,
    context.timestamp_authority,
)


@pytest.fixture
def accounts(juicefs: JuiceFs, store_settings: StoreSettings) -> Mapping[Process, StoreSettings]:
    """The bucket as each process may use it."""
    return juicefs.accounts(store_settings.bucket)


@pytest.fixture
def environment(
    database: DatabaseUrls, valkey: str, accounts: Mapping[Process, StoreSettings], tmp_path: Path
) -> dict[str, str]:
    """What a worker process is given, and nothing more."""
    whereabouts = Whereabouts(
        databases=database,
        redis_url=valkey,
        stores=accounts,
        base_url="http://localhost",
        home=tmp_path,
        segment_seconds=60,
    )
    return whereabouts.for_process(Process.WORKER)


@pytest.fixture
def worker(environment: dict[str, str], monkeypatch: pytest.MonkeyPatch) -> Iterator[Flask]:
    """The worker's app in this process, in whose context the test runs."""
    for name, value in environment.items():
        if name.startswith(PREFIX):
            monkeypatch.setenv(name, value)
    for cached in _CACHED:
        cached.cache_clear()
    app = with_kept_engines(context.worker_app())
    with app.app_context():
        yield app
        db.session.remove()
    for cached in _CACHED:
        cached.cache_clear()


@pytest.fixture
def archive(worker: Flask, store: S3Objects) -> Archive:  # noqa: ARG001 - the context and its database
    """K1's footage; the session stays bound to K1."""
    k1 = institution("K1")
    bind(db.session, Binding(tenant_id=k1.tenant_id))
    return Archive(k1, store, context.kms())


Run = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture
def run(environment: dict[str, str]) -> Run:
    """Run a module of ours, or a script, as a process of its own with the worker's environment."""

    def started(*arguments: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(  # noqa: S603 - our own modules, from our own tests
            [sys.executable, *arguments], env=environment, capture_output=True, text=True, timeout=120, check=False
        )

    return started


@pytest.fixture
def handed_over(archive: Archive, tmp_path: Path) -> Request:
    """A case that was carried out: part of what was asked was approved, built and fetched by its officer."""
    start = clock.now().replace(microsecond=0) - timedelta(hours=2)
    footage_of(archive, start)
    found = granted(archive, start, asked=12 * SECOND, approved=(1.5 * SECOND, 10 * SECOND))
    found.copy_hold()
    built(found, tmp_path)
    retained.carried_out(found)
    return found
