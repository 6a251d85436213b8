"""A small town that can be visited: web and media on one origin, a store, a queue, and a worker to be run."""

import subprocess
import sys
import threading
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from flask import Flask
from playwright.sync_api import Browser, Page
from werkzeug.serving import make_server
from werkzeug.wsgi import get_path_info

from infra import clock
from infra.db import db
from infra.kms import FileKms
from infra.objects import S3Objects
from infra.settings import Process, Settings, StoreSettings
from infra.stack.environments import Whereabouts
from infra.stack.juicefs import JuiceFs
from infra.stack.postgres import DatabaseUrls
from infra.stack.processes import free_port
from infra.tenancy import Binding, bind
from tests import made_segments
from tests.apps import with_compiled_templates, with_kept_engines
from tests.factories import footage
from tests.factories.cast import Cast, cast
from tests.factories.evidence import Archive
from tests.factories.people import PASSWORD
from webapp import create_app
from webapp.media.app import create_media_app

SECONDS = 20
WIDTHS = (1440, 390)


@dataclass(frozen=True)
class Town:
    """Where it is, who lives there, and from when on there is footage of K1's gate."""

    origin: str
    cast: Cast
    recorded_from: datetime
    environment: dict[str, str]
    browser: Browser
    web: Flask
    faults: list[str] = field(default_factory=list)

    @property
    def school(self) -> str:
        """The address of K1's pages."""
        return f"{self.origin}/schools/{self.cast.k1.tenant_id}"

    def visit(self, login: str, *, width: int = WIDTHS[0]) -> Page:
        """A page in a browser of its own, signed in through the sign-in page; a script that fails fails the test."""
        page = self.browser.new_context(viewport={"width": width, "height": 900}, locale="zh-TW").new_page()
        page.set_default_timeout(10_000)
        page.on("pageerror", lambda error: self.faults.append(str(error)))
        page.on("console", lambda said: self.faults.append(said.text) if "Content Security" in said.text else None)
        page.goto(f"{self.origin}/sign-in")
        page.get_by_label("帳號").fill(login)
        page.get_by_label("密碼").fill(PASSWORD)
        page.get_by_role("button", name="登入").click()
        page.wait_for_url(lambda address: "/sign-in" not in address)
        return page

    def work(self) -> None:
        """Let a worker process do what waits in the queues."""
        command = [sys.executable, "-m", "workers.main", "evidence", "default", "--burst"]
        subprocess.run(command, env=self.environment, check=True, capture_output=True, timeout=60)  # noqa: S603 - ours


@pytest.fixture
def town(  # noqa: PLR0917 - one argument for each real server
    domain: Flask,
    database: DatabaseUrls,
    valkey: str,
    juicefs: JuiceFs,
    store_settings: StoreSettings,
    chromium: Browser,
    tmp_path: Path,
) -> Iterator[Town]:
    """A minute of footage in the store, the two processes that face people, and the environment of a worker."""
    port = free_port()
    whereabouts = Whereabouts(
        databases=database,
        redis_url=valkey,
        stores=juicefs.accounts(store_settings.bucket),
        base_url=f"http://127.0.0.1:{port}",
        home=tmp_path,
        segment_seconds=60,
    )
    kms = FileKms(_master_key(whereabouts))
    people = cast(kms)
    start = _record(Archive(people.k1, S3Objects(store_settings), kms))
    apps = _apps(whereabouts)
    server = make_server("127.0.0.1", port, _one_origin(*apps), threaded=True)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    town = Town(whereabouts.base_url, people, start, whereabouts.for_process(Process.WORKER), chromium, apps[0])
    yield town
    for context in chromium.contexts:
        context.close()
    server.shutdown()
    server.server_close()
    assert domain
    assert town.faults == [], "a script failed, or the page asked for what its own policy forbids"


def _master_key(whereabouts: Whereabouts) -> Path:
    return Path(whereabouts.for_process(Process.WORKER)["SHOUYUAN_MASTER_KEY_FILE"])


def _apps(whereabouts: Whereabouts) -> tuple[Flask, Flask]:
    """Web and media, each told no more than its own process is."""
    web, media = (
        Settings.from_env(process, whereabouts.for_process(process)) for process in (Process.WEB, Process.MEDIA)
    )
    of_web, of_media = (with_compiled_templates(app) for app in (create_app(web), create_media_app(media)))
    return with_kept_engines(of_web), with_kept_engines(of_media)


def _record(archive: Archive) -> datetime:
    """Three segments that fill a minute of the gate, an hour and a half ago; the instant at which they begin."""
    bind(db.session, Binding(tenant_id=archive.of.tenant_id))
    start = clock.now().replace(second=0, microsecond=0) - timedelta(minutes=90)
    for number in range(3):
        made = made_segments.clip(SECONDS, first=number * SECONDS * made_segments.FPS, size=(320, 240))
        archive.record(start + timedelta(seconds=SECONDS * number), seconds=SECONDS, plain=made.plain)
    footage.status(archive.of)
    return start


def _one_origin(web: Flask, media: Flask):  # type: ignore[no-untyped-def]  # noqa: ANN202 - a WSGI app, as the reverse proxy is
    def answer(environ, start_response) -> Iterable[bytes]:  # type: ignore[no-untyped-def]  # noqa: ANN001
        app = media if get_path_info(environ).startswith("/media/") else web
        return app(environ, start_response)

    return answer
