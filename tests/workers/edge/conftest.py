"""A school's site: an institution in a real database, its web app behind a gate, a real store behind another, a box."""

import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from itertools import pairwise
from pathlib import Path
from urllib.parse import urlsplit
from uuid import uuid4

import pytest
from flask import Flask
from sqlalchemy import select
from werkzeug.serving import make_server

from infra import clock
from infra.db import db
from infra.objects import S3Objects
from infra.settings import PREFIX, Process, Settings, StoreSettings
from infra.stack.cameras import Picture, RtspCameras
from infra.stack.environments import bare_environment
from infra.stack.processes import Server
from infra.tenancy import Binding, bind
from tenants.actor import Actor, ActorKind
from tenants.footage.models import GapReport, Segment
from tenants.permissions import Role
from tenants.registry import devices
from tests.apps import with_kept_engines
from tests.components import real_component
from tests.factories.registry import Institution, institution
from tests.workers.edge.disks import Disk, new_disk
from tests.workers.edge.gate import Gate
from tests.workers.edge.outboxes import Line, line_of
from webapp import create_app
from workers import footage_jobs
from workers.edge.home import Home
from workers.edge.ledger import Ledger, State

SEGMENT_SECONDS = 1
QUICK = Picture(key_every=5, size="320x240")


def eventually(condition: Callable[[], bool], *, seconds: float, what: str) -> None:
    """Return once the condition holds; fail with a sentence when it does not in time."""
    deadline = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > deadline:
            pytest.fail(f"not within {seconds} s: {what}")
        time.sleep(0.1)


def holes(segments: list[Segment]) -> list[tuple[datetime, datetime]]:
    """Where one segment does not begin exactly where the one before ended."""
    return [(one.ended_at, two.started_at) for one, two in pairwise(segments) if one.ended_at != two.started_at]


@dataclass
class Site:
    """K1's site as a test sees it. The session is bound to K1."""

    of: Institution
    server: str
    api: Gate
    store_gate: Gate
    store: S3Objects

    def token(self) -> str:
        """A one-time code that the head issued."""
        head = Actor(kind=ActorKind.PERSON, id=uuid4(), roles=frozenset({Role.HEAD}))
        made = devices.issue_token(actor=head, tenant_id=self.of.tenant_id, site_id=self.of.site_id, now=clock.now())
        db.session.commit()
        return made

    def segments(self, camera: str | None = None) -> list[Segment]:
        """What the index holds now, by time."""
        db.session.rollback()
        query = select(Segment).where(Segment.tenant_id == self.of.tenant_id).order_by(Segment.started_at)
        if camera is not None:
            query = query.where(Segment.camera_id == self.of.cameras[camera])
        return list(db.session.scalars(query, execution_options={"populate_existing": True}))

    def gaps(self, camera: str) -> list[GapReport]:
        """What the box reported as not recorded."""
        db.session.rollback()
        query = select(GapReport).where(GapReport.camera_id == self.of.cameras[camera]).order_by(GapReport.started_at)
        return list(db.session.scalars(query))

    def on_disk(self, box: "Box", *, state: str) -> set[str]:
        """The ids of segments in this state whose encrypted bytes still lie on the box."""
        return {path.stem for path in box.files()} & {str(one.id) for one in self.segments() if one.state == state}

    def check_store(self) -> None:
        """What the worker does after a confirmation."""
        footage_jobs.check_segments(tenant_id=str(self.of.tenant_id))


@dataclass
class Box:
    """An edge box of the site, and its command line."""

    site: Site
    home: Home
    log: Path
    running: Server | None = None
    # What its processes find in their environment besides.
    told: dict[str, str] = field(default_factory=dict)

    def command(self, *arguments: str, typed: str = "") -> subprocess.CompletedProcess[str]:
        """Run one command to its end; `typed` is what comes from the keyboard."""
        command = [sys.executable, "-m", "workers.edge", *arguments, "--home", str(self.home.folder)]
        told = bare_environment() | self.told
        return subprocess.run(  # noqa: S603 - our own module
            command, check=False, capture_output=True, text=True, env=told, timeout=60, input=typed
        )

    def enrol(self, token: str = "") -> subprocess.CompletedProcess[str]:
        """Become a device of the site."""
        return self.command("enrol", "--server", self.site.server, "--token", token or self.site.token())

    def watch(self, camera: str, address: str) -> None:
        """Set a camera's stream, as `camera add` does."""
        self.home.keep_address(self.site.of.cameras[camera], address)

    def start(self) -> None:
        """Record."""
        command: list[str | Path] = [sys.executable, "-m", "workers.edge", "run", "--home", self.home.folder]
        self.running = Server(command, log=self.log, env=bare_environment() | self.told)

    def stop(self) -> None:
        """Ask it to end, as a shutdown does."""
        if self.running is not None:
            self.running.stop(seconds=30)
            self.running = None

    def ledger(self) -> Ledger:
        """The box's own index."""
        return Ledger(self.home.ledger)

    def spooled(self) -> int:
        """How many segments wait to be sent, or for their time to be confirmed."""
        ledger = self.ledger()
        try:
            return ledger.count(State.SPOOLED) + ledger.count(State.BELIEVED)
        finally:
            ledger.close()

    def files(self) -> list[Path]:
        """The encrypted files on its disk."""
        return sorted(self.home.spool.rglob("*.age"))


@pytest.fixture
def disk(tmp_path: Path) -> Disk:
    """An empty folder of a box."""
    return new_disk(tmp_path)


@pytest.fixture
def line(disk: Disk) -> Iterator[Line]:
    """A spool with three segments, and the line to a server."""
    with line_of(disk) as made:
        yield made


@pytest.fixture(scope="session")
def cameras(room: Path) -> Iterator[RtspCameras]:
    """Cameras with a key frame every half second, so that segments can be short."""
    with real_component():
        server = RtspCameras(room / "quick-cameras", picture=QUICK)
    yield server
    server.stop()


@pytest.fixture
def store_gate(accounts: Mapping[Process, StoreSettings]) -> Iterator[Gate]:
    """The line to the store that upload URLs lead over."""
    gate = Gate(urlsplit(accounts[Process.WEB].endpoint).port or 0)
    yield gate
    gate.shut()


@pytest.fixture
def web_app(
    worker: Flask,
    environment: dict[str, str],
    accounts: Mapping[Process, StoreSettings],
    store_gate: Gate,
) -> Flask:
    """The web app on the worker's database and queue, with its own account at the store."""
    assert worker, "the session of the test is the worker's"
    account = accounts[Process.WEB]
    told = {name: environment[f"{PREFIX}{name}"] for name in ("DATABASE_URL", "BUREAU_DATABASE_URL", "REDIS_URL")}
    told |= {
        "S3_ENDPOINT": account.endpoint,
        "S3_PUBLIC_ENDPOINT": f"http://127.0.0.1:{store_gate.port}",
        "S3_BUCKET": account.bucket,
        "S3_ACCESS_KEY": account.access_key,
        "S3_SECRET_KEY": account.secret_key,
        "SECRET_KEY": "only for tests, and long enough to be one",
        "LOOKUP_KEY_FILE": "/nonexistent",
        "BASE_URL": "http://localhost",
        "SEGMENT_SECONDS": str(SEGMENT_SECONDS),
    }
    settings = Settings.from_env(Process.WEB, {f"{PREFIX}{name}": value for name, value in told.items()})
    return with_kept_engines(create_app(settings))


@pytest.fixture
def api_gate(web_app: Flask) -> Iterator[Gate]:
    """The line to the web app, which serves on a real port."""
    server = make_server("127.0.0.1", 0, web_app, threaded=True)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    gate = Gate(server.server_port)
    yield gate
    gate.shut()
    server.shutdown()
    thread.join(10)
    server.server_close()


@pytest.fixture
def site(api_gate: Gate, store_gate: Gate, store: S3Objects) -> Site:
    """K1 with its keys made ahead."""
    k1 = institution("K1")
    bind(db.session, Binding(tenant_id=k1.tenant_id))
    footage_jobs.make_keys(tenant_id=str(k1.tenant_id))
    return Site(k1, f"http://127.0.0.1:{api_gate.port}", api_gate, store_gate, store)


@pytest.fixture
def box(site: Site, tmp_path: Path) -> Iterator[Box]:
    """A box that was enrolled and knows no camera yet."""
    made = Box(site, Home(tmp_path / "edge"), tmp_path / "edge.log")
    done = made.enrol()
    assert done.returncode == 0, done.stderr
    yield made
    if made.running is not None:
        made.running.kill()
