"""What every test may ask for. Each test gets a database of its own, so that commits are real and nothing leaks."""

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
from playwright.sync_api import Browser, sync_playwright

from infra import logs
from infra.baseapp import create_base_app
from infra.db import db
from infra.objects import S3Objects
from infra.settings import Process, Settings, StoreSettings
from infra.stack.cameras import RtspCameras
from infra.stack.ceph import Ceph
from infra.stack.juicefs import JuiceFs
from infra.stack.postgres import DatabaseUrls, Postgres
from infra.stack.processes import free_port, program, temporary_folder
from infra.stack.valkey import Valkey
from tenants.people import passwords
from tests.components import CHROMIUM_ARGUMENTS, check_needs, real_component
from tests.mailbox import Mailbox

ROOT = Path(__file__).parent.parent


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


@pytest.fixture
def database(postgres: Postgres, migrated: str) -> Iterator[DatabaseUrls]:
    name = f"test_{uuid4().hex}"
    yield postgres.database(name, template=migrated)
    postgres.drop(name)


@pytest.fixture
def domain(database: DatabaseUrls) -> Iterator[Flask]:
    """An app context with the app role's session, for tests of actions and queries without HTTP."""
    settings = Settings.from_env(
        Process.WORKER,
        {
            "SHOUYUAN_DATABASE_URL": database.app,
            "SHOUYUAN_BUREAU_DATABASE_URL": database.bureau,
            "SHOUYUAN_REDIS_URL": "redis://127.0.0.1:1/0",
            "SHOUYUAN_S3_ENDPOINT": "http://127.0.0.1:1",
            "SHOUYUAN_S3_BUCKET": "none",
            "SHOUYUAN_S3_ACCESS_KEY": "none",
            "SHOUYUAN_S3_SECRET_KEY": "none",
            "SHOUYUAN_MASTER_KEY_FILE": "/nonexistent",
            "SHOUYUAN_BASE_URL": "http://localhost",
        },
    )
    app = create_base_app(settings)
    with app.app_context():
        yield app
        db.session.remove()
        for engine in db.engines.values():
            engine.dispose()
