"""What whoever clicks waits for: the four requests of the first picture, through the media process and a database."""

import random
import shutil
import statistics
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from unittest.mock import patch

from flask import Flask

from infra import clock
from infra.baseapp import create_base_app
from infra.db import db
from infra.kms import FileKms, create_master_key
from infra.stack.postgres import Postgres
from infra.stack.processes import temporary_folder
from infra.stack.valkey import Valkey
from infra.tenancy import Binding, bind
from tenants.disclosures.viewing import actions, presence
from tenants.disclosures.viewing.actions import Running
from tenants.disclosures.viewing.rules import Viewer
from tenants.disclosures.windows import windows_of
from tenants.people.models import User
from tenants.permissions import Role
from tests.apps import dispose, media_settings, worker_settings
from tests.benchmarks import city
from tests.factories import people
from tests.factories.evidence import Archive
from tests.factories.registry import institution
from tests.factories.requests import Request, granted
from tests.memory_store import MemoryObjects
from tests.webapp.conftest import WebClient
from tests.webapp.media.conftest import holding
from webapp.media.app import create_media_app

CLICK_SECONDS = 1.5
SECONDS = 60
_LOOKS = 20
_PIECES = SECONDS // 2
_VIEWER = Viewer(name="陳志明", unit="守園市政府警察局", title="偵查佐", identity_by="officer_id", acknowledged=True)


@dataclass(frozen=True, kw_only=True)
class Looked:
    """Seconds from the click to the bytes of a first picture, without the network and the browser."""

    clicks: tuple[float, ...]

    def goals(self) -> Mapping[str, bool]:
        """Which goals were met."""
        goal = f"the first picture {CLICK_SECONDS:g} s after the click (through the media process, without network)"
        return {goal: max(self.clicks) <= CLICK_SECONDS}

    def result(self) -> Mapping[str, str]:
        """What the last line says of it."""
        return {
            "click_p50_ms": f"{1000 * statistics.median(self.clicks):.0f}",
            "click_max_ms": f"{1000 * max(self.clicks):.0f}",
        }


def looked(plain: bytes, *, say: Callable[[str], None]) -> Looked:
    """Let an officer look at a minute of this footage, at random moments of it."""
    with _room(plain) as (request, running, browser):
        clicks = tuple(_clicks(request, running, browser))
    middle = 1000 * statistics.median(clicks)
    say(f"click to first picture through the media process: {middle:.0f} ms, at most {1000 * max(clicks):.0f} ms")
    return Looked(clicks=clicks)


def _clicks(request: Request, running: Running, browser: WebClient) -> Iterator[float]:
    dice = random.Random(4)  # noqa: S311 - the same moments in every run
    ids = {"tenant_id": request.tenant_id, "viewing_id": running.viewing.id}
    (window,) = windows_of(request.disclosure())
    film = f"/media/schools/{request.tenant_id}/viewings/{running.viewing.id}/{window}/1"
    for _look in range(_LOOKS):
        presence.beat(actor=request.handler, token=running.token, **ids)
        db.session.commit()
        names = ("init.mp4", f"{dice.randrange(1, _PIECES)}.m4s")
        began = time.perf_counter()
        answers = [browser.get(f"{film}/index.m3u8"), browser.post(f"{film}/keys/1")]
        answers += [browser.get(f"{film}/{name}") for name in names]
        yield time.perf_counter() - began
        if {answer.status_code for answer in answers} != {200}:
            raise RuntimeError(f"a picture was refused: {[answer.status for answer in answers]}")


@contextmanager
def _room(plain: bytes) -> Iterator[tuple[Request, Running, WebClient]]:
    """A running session over a granted case, with servers of its own that are gone afterwards."""
    with ExitStack() as stack:
        folder = temporary_folder("bench")
        stack.callback(shutil.rmtree, folder, ignore_errors=True)
        postgres = Postgres(folder / "postgres")
        stack.callback(postgres.stop)
        city.prepared(postgres)
        urls = postgres.database("looking", template=city.TEMPLATE, fresh=True)
        create_master_key(folder / "master.key")
        app = create_base_app(worker_settings(urls))
        stack.callback(dispose, app)
        valkey = Valkey(folder / "valkey")
        stack.callback(valkey.stop)
        media = create_media_app(media_settings(urls, REDIS_URL=valkey.url, MASTER_KEY_FILE=str(folder / "master.key")))
        stack.callback(dispose, media)
        stack.enter_context(app.app_context())
        stack.enter_context(patch("infra.queues.enqueue"))
        store = MemoryObjects()
        media.extensions["store"] = store
        request = _request(store, folder / "master.key", plain)
        running = _begun(request)
        yield request, running, _browser(media, request, running)


def _request(store: MemoryObjects, key: Path, plain: bytes) -> Request:
    people.bureau()
    k1 = institution()
    bind(db.session, Binding(tenant_id=k1.tenant_id))
    archive = Archive(k1, store, FileKms(key))  # type: ignore[arg-type]  # as the other benches use it
    start = clock.now().replace(microsecond=0) - timedelta(hours=2)
    archive.record(start, seconds=SECONDS, plain=plain)
    request = granted(archive, start, asked=timedelta(seconds=SECONDS))
    request.copy_hold()
    return request


def _begun(request: Request) -> Running:
    companion_id = people.person(name="張老師")
    people.membership(companion_id, Role.STAFF, tenant_id=request.tenant_id)
    people.pin(companion_id)
    begun = actions.begin(
        actor=request.handler,
        tenant_id=request.tenant_id,
        disclosure_id=request.disclosure_id,
        viewer=_VIEWER,
        companion_id=companion_id,
        pin=people.PIN,
    )
    db.session.commit()
    return begun


def _browser(media: Flask, request: Request, running: Running) -> WebClient:
    media.test_client_class = WebClient
    browser = media.test_client()
    assert isinstance(browser, WebClient)
    browser.sign_in(db.session.get_one(User, request.handler.id).login)
    return holding(browser, running.viewing.id, running.token, running.share)
