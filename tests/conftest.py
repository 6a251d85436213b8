"""What every test may ask for. Each test has a database to itself, so that commits are real and nothing leaks."""

import os
import shutil
from collections.abc import Iterator
from pathlib import Path
from uuid import uuid4

import pytest
from aiosmtpd.controller import Controller
from alembic import command
from alembic.config import Config
from argon2 import PasswordHasher
from flask import Flask
from hypothesis import settings
from playwright.sync_api import Browser, sync_playwright

from infra import logs, queues
from infra.baseapp import create_base_app
from infra.db import db
from infra.objects import S3Objects
from infra.settings import StoreSettings
from infra.stack.cameras import RtspCameras
from infra.stack.ceph import Ceph
from infra.stack.juicefs import JuiceFs
from infra.stack.postgres import DatabaseUrls, Postgres
from infra.stack.processes import free_port, program, temporary_folder
from infra.stack.valkey import Valkey
from tenants.people import passwords
from tests.apps import NOWHERE, borrowed, with_kept_engines, worker_settings
from tests.components import CHROMIUM_ARGUMENTS, check_needs, real_component
from tests.mailbox import Mailbox
from tests.slate import Slate, keep_statistics_away
from tests.time_authority import TimeAuthority

ROOT = Path(__file__).parent.parent
# How long an example takes says something of the machine and nothing of the code: timing belongs in benchmarks.
settings.register_profile("untimed", deadline=None)
settings.load_profile("untimed")


def pytest_runtest_setup(item: pytest.Item) -> None:
    """Skip, or fail when CI=true, what needs a component that is not there."""
    check_needs(item)


pytest_plugins = ["tests.traceability"]


@pytest.fixture(scope="session", autouse=True)
def _json_logs() -> None:
    """As in every process of ours: structlog's own way to show an error takes seconds for each."""
    logs.configure(process="tests")


@pytest.fixture(scope="session", autouse=True)
def _cheap_hashes() -> None:
    """What costs a guesser 64 MB a try costs a test as much: passwords and codes are hashed by the same kind of hash.

    It is not what the factories hash with, so that theirs is still made again at sign-in.
    """
    passwords._hasher = PasswordHasher(time_cost=1, memory_cost=128, parallelism=1)  # noqa: SLF001 - only in tests
    passwords._NOBODY = passwords.hashed("nobody")  # noqa: SLF001 - as above


@pytest.fixture(scope="session")
def room() -> Iterator[Path]:
    """A folder for what this run's servers keep."""
    folder = temporary_folder("test")
    yield folder
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(scope="session")
def postgres(room: Path) -> Iterator[Postgres]:
    server = Postgres(room / "postgres", careless=True)
    keep_statistics_away(server)
    yield server
    server.stop()


@pytest.fixture(scope="session")
def valkey_server(room: Path) -> Iterator[Valkey]:
    server = Valkey(room / "valkey")
    yield server
    server.stop()


@pytest.fixture
def valkey(valkey_server: Valkey) -> str:
    """The URL of an empty queue server."""
    valkey_server.empty()
    return valkey_server.url


@pytest.fixture(scope="session")
def juicefs(room: Path) -> Iterator[JuiceFs]:
    server = JuiceFs(room / "juicefs")
    yield server
    server.stop()


@pytest.fixture
def store_settings(juicefs: JuiceFs) -> StoreSettings:
    """A fresh bucket, as the store's administrator."""
    settings = juicefs.root(f"t-{uuid4().hex}")
    S3Objects(settings).ensure_bucket()
    return settings


@pytest.fixture
def store(store_settings: StoreSettings) -> S3Objects:
    """The adapter over a fresh bucket."""
    return S3Objects(store_settings)


@pytest.fixture(scope="session")
def ceph(room: Path) -> Iterator[Ceph]:
    """A Ceph gateway with real lifecycle rules, up in some twenty seconds."""
    with real_component():
        server = Ceph(room / "ceph")
    yield server
    server.stop()


@pytest.fixture
def ceph_settings(ceph: Ceph) -> StoreSettings:
    """A fresh bucket on Ceph, as its owner."""
    settings = ceph.root(f"t-{uuid4().hex}")
    S3Objects(settings).ensure_bucket()
    return settings


@pytest.fixture(scope="session")
def rtsp(room: Path) -> Iterator[RtspCameras]:
    """Four cameras that show a pattern and always run. A test that ends or changes a camera makes its own."""
    with real_component():
        server = RtspCameras(room / "cameras")
    yield server
    server.stop()


@pytest.fixture
def smtp() -> Iterator[Mailbox]:
    """A mail server on loopback and what it received."""
    mailbox = Mailbox()
    controller = Controller(mailbox, hostname="127.0.0.1", port=free_port())
    controller.start()
    mailbox.url = f"smtp://127.0.0.1:{controller.port}"
    yield mailbox
    controller.stop()


@pytest.fixture
def authority(tmp_path: Path) -> Iterator[TimeAuthority]:
    """A real authority for timestamps, with a certificate of its own."""
    real = TimeAuthority(tmp_path / "tsa")
    yield real
    real.stop()


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    """A headless browser; pages and contexts are each test's own."""
    with real_component():
        path = program("chromium", package="chromium")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=str(path), args=CHROMIUM_ARGUMENTS)
        yield browser
        browser.close()


@pytest.fixture(scope="session")
def migrated(postgres: Postgres) -> str:
    """The name of a database with every migration applied, from which each test's own is copied."""
    urls = postgres.database("template_shouyuan", fresh=True)
    os.environ["SHOUYUAN_OWNER_DATABASE_URL"] = urls.owner
    command.upgrade(Config(ROOT / "alembic.ini"), "head")
    del os.environ["SHOUYUAN_OWNER_DATABASE_URL"]
    return "template_shouyuan"


@pytest.fixture(scope="session")
def slate(postgres: Postgres, migrated: str) -> Iterator[Slate]:
    """The database that tests take turns with."""
    made = Slate(postgres, migrated)
    yield made
    made.close()


@pytest.fixture
def database(slate: Slate) -> Iterator[DatabaseUrls]:
    """A database in which nothing is but what the migrations made."""
    yield slate.lend()
    slate.take_back()


@pytest.fixture(scope="session")
def made_domain(slate: Slate) -> Flask:
    """An app over the database that tests take turns with, with nothing else outside."""
    return with_kept_engines(create_base_app(worker_settings(slate.lend())))


@pytest.fixture
def domain(database: DatabaseUrls, made_domain: Flask) -> Iterator[Flask]:
    """An app context with the app role's session, for tests of actions and queries without HTTP."""
    assert database
    queues.configure(NOWHERE["REDIS_URL"])  # an app of the test before may have named another
    with borrowed(made_domain) as app, app.app_context():
        yield app
        db.session.remove()
