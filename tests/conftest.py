"""What every test may ask for. Each test gets a database of its own, so that commits are real and nothing leaks."""

import os
import shutil
from collections.abc import Iterator
from pathlib import Path
from uuid import uuid4

import pytest
from alembic import command
from alembic.config import Config
from flask import Flask

from infra.baseapp import create_base_app
from infra.db import db
from infra.objects import S3Objects
from infra.settings import Process, Settings, StoreSettings
from infra.stack.juicefs import JuiceFs
from infra.stack.postgres import DatabaseUrls, Postgres
from infra.stack.processes import temporary_folder
from infra.stack.valkey import Valkey

ROOT = Path(__file__).parent.parent
pytest_plugins = ["tests.traceability"]


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
