"""What processes on a test's database are told. Queue and store are nowhere unless a test says where they are."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import cast

from flask import Flask
from jinja2 import BytecodeCache
from jinja2.bccache import Bucket
from sqlalchemy import Engine, create_engine

from infra.db import db
from infra.settings import Process, Settings
from infra.stack.postgres import DatabaseUrls
from tests.slate import KEPT

NOWHERE = {
    "REDIS_URL": "redis://127.0.0.1:1/0",
    "S3_ENDPOINT": "http://127.0.0.1:1",
    "S3_BUCKET": "none",
    "S3_ACCESS_KEY": "none",
    "S3_SECRET_KEY": "none",
    "BASE_URL": "http://localhost",
}
SECRET_KEY = "only for tests, and long enough to be one"


class _Compiled(BytecodeCache):
    """Templates that an earlier app of this run compiled: compiling one page takes longer than the test of it."""

    def __init__(self) -> None:
        self._kept: dict[str, bytes] = {}

    def load_bytecode(self, bucket: Bucket) -> None:
        if bucket.key in self._kept:
            bucket.bytecode_from_string(self._kept[bucket.key])

    def dump_bytecode(self, bucket: Bucket) -> None:
        self._kept[bucket.key] = bucket.bytecode_to_string()


_COMPILED = _Compiled()


def with_compiled_templates(app: Flask) -> Flask:
    """The same app, which compiles no template that an app of this run compiled before."""
    app.jinja_env.bytecode_cache = _COMPILED
    return app


def worker_settings(urls: DatabaseUrls, **others: str) -> Settings:
    """A worker's."""
    return _settings(Process.WORKER, urls, {"MASTER_KEY_FILE": "/nonexistent"} | others)


def web_settings(urls: DatabaseUrls, **others: str) -> Settings:
    """The web process's."""
    return _settings(Process.WEB, urls, {"SECRET_KEY": SECRET_KEY, "LOOKUP_KEY_FILE": "/nonexistent"} | others)


def media_settings(urls: DatabaseUrls, **others: str) -> Settings:
    """The media process's, without the bureau's door."""
    told = {"SECRET_KEY": SECRET_KEY, "MASTER_KEY_FILE": "/nonexistent", "BUREAU_DATABASE_URL": ""} | others
    return _settings(Process.MEDIA, urls, told)


_KEPT: dict[str, Engine] = {}


def with_kept_engines(app: Flask) -> Flask:
    """The same app, whose connections to the database that tests take turns with live as long as the run.

    They have compiled and planned the SQL of the tests before, and a new one would read the whole catalogue first.
    """
    with app.app_context():
        held = cast("dict[str | None, Engine]", db.engines)
        for key, made in tuple(held.items()):
            url = made.url.render_as_string(hide_password=False)
            if url not in _KEPT:
                _KEPT[url] = create_engine(
                    url, pool_pre_ping=True, query_cache_size=5000, connect_args={"application_name": KEPT}
                )
            held[key] = _KEPT[url]
    return app


@contextmanager
def borrowed(app: Flask) -> Iterator[Flask]:
    """An app that lives as long as the run, for one test: what the test puts into it, such as a store, goes with it."""
    before = dict(app.extensions), dict(app.config)
    try:
        yield app
    finally:
        for kept, was in zip((app.extensions, app.config), before, strict=True):
            kept.clear()
            kept.update(was)


def dispose(app: Flask) -> None:
    """Close the database connections that an app keeps."""
    with app.app_context():
        for engine in db.engines.values():
            engine.dispose()


def _settings(process: Process, urls: DatabaseUrls, others: dict[str, str]) -> Settings:
    told = NOWHERE | {"DATABASE_URL": urls.app, "BUREAU_DATABASE_URL": urls.bureau} | others
    return Settings.from_env(process, {f"SHOUYUAN_{name}": value for name, value in told.items()})
