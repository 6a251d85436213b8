"""Ten minutes in which the store, or the server, is down. Time passes only while the box waits; all else is real."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import closing, suppress
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from itertools import pairwise
from typing import Any

import pytest
from sqlalchemy import select

from infra.age_keys import Kind
from infra.clock import civil_day, day_start, now
from infra.db import db
from infra.manifest import microseconds
from infra.objects import StoreUnavailable
from infra.stack.juicefs import JuiceFs
from tenants.actor import system
from tenants.footage import keys
from tenants.footage.models import DayKey
from tenants.periods import LEAST_RETENTION_DAYS
from tests.workers.edge.conftest import Box, Site, holes
from tests.workers.edge.disks import keep_of, recorded
from tests.workers.edge.passing import Passing
from workers import context
from workers.edge import configuration
from workers.edge.api import Api
from workers.edge.configuration import DayRules
from workers.edge.ledger import Entry, Ledger, State
from workers.edge.outbox import Outbox
from workers.edge.spool import Spool
from workers.edge.standing import Standing
from workers.edge.uploader import Sender
from workers.edge.waiting import SEND_AGAIN_SECONDS

DAY_US = 86_400_000_000
SEGMENT_SECONDS, DOWN_AT, BACK_AT, END = 10, 60, 660, 780


class NotedApi(Api):
    """The real line to the server, which notes when the box tried to send."""

    passing: Passing
    tries: list[float]

    def post(self, path: str, document: Mapping[str, Any]) -> dict[str, Any]:
        if path == "/uploads":
            self.tries.append(self.passing.at)
        return super().post(path, document)


@dataclass
class Camera:
    """What records all the while: each segment follows the one before, encrypted and signed as ever."""

    box: Box
    site: Site
    ledger: Ledger
    rules: Mapping[date, DayRules]
    kept: list[Entry] = field(default_factory=list)
    waiting: dict[float, int] = field(default_factory=dict)

    def record(self, at: float) -> None:
        """Keep the next segment; the worker asks the store about those before it, in vain while it is down."""
        with suppress(StoreUnavailable):
            self.site.check_store()
        spool = Spool(self.box.home, self.box.home.identity(), self.box.home.device_key(), self.ledger)
        began = self.kept[-1].ended_us if self.kept else microseconds(now()) - END * 1_000_000
        one = replace(recorded(), started_us=began, ended_us=began + SEGMENT_SECONDS * 1_000_000, media_ms=10_000)
        self.kept.append(keep_of(spool, self.site.of.cameras["C-GATE"], one, self.rules))
        self.waiting[at] = self.ledger.count(State.SPOOLED)


@pytest.fixture(scope="module")
def juicefs(tmp_path_factory: pytest.TempPathFactory) -> Iterator[JuiceFs]:
    """A store of this file's own, since it is stopped and started."""
    server = JuiceFs(tmp_path_factory.mktemp("juicefs"))
    yield server
    server.stop()


@pytest.fixture
def camera(box: Box, site: Site) -> Iterator[Camera]:
    ledger = box.ledger()
    config = configuration.keep(box.home, Api(box.home.identity(), box.home.device_key()).get("/config"))
    yield Camera(box, site, ledger, config.days)
    ledger.close()


def send(camera: Camera, *, down: Callable[[], None], back: Callable[[], None]) -> list[float]:
    """Send and record until the end; when the box tried to send."""
    passing = Passing()
    passing.due = [(at, lambda at=at: camera.record(at)) for at in range(0, END - 60, SEGMENT_SECONDS)]
    passing.due += [(DOWN_AT + 5, down), (BACK_AT + 5, back), (END - 20, camera.site.check_store)]
    passing.due.sort(key=lambda one: one[0])
    api = NotedApi(camera.box.home.identity(), camera.box.home.device_key())
    api.passing, api.tries = passing, []
    Sender(camera.box.home, api, passing.over(END), standing=Standing(), clock=passing.clock).run()
    return api.tries


@pytest.mark.req("DR-17", "DR-34")
@pytest.mark.parametrize("lost", ["store", "server"])
def test_after_ten_minutes_everything_arrives_once_in_order_and_soon(
    camera: Camera, box: Box, site: Site, juicefs: JuiceFs, lost: str
) -> None:
    down, back = (juicefs.stop, juicefs.start) if lost == "store" else (site.api.shut, site.api.open)
    tries = send(camera, down=down, back=back)

    assert camera.waiting[DOWN_AT] == 1, "until then each is sent at once"
    assert camera.waiting[BACK_AT] == 60, "not one went and not one is lost: ten minutes of a camera"
    arrived = site.segments()
    assert [one.id for one in arrived] == [one.segment_id for one in camera.kept]
    assert not holes(arrived)
    assert all(one.confirmed_at <= two.confirmed_at for one, two in pairwise(arrived)), "the oldest first"
    assert {one.state for one in arrived} == {"stored"}
    assert sorted(facts.key for facts in site.store.listing("seg/")) == sorted(one.object_key for one in arrived)
    assert box.files() == [], "the box has dropped what the store holds"
    assert camera.ledger.unreported_gaps(limit=1) == []

    in_vain = [at for at in tries if DOWN_AT + 5 < at < BACK_AT + 5]
    pauses = [later - earlier for earlier, later in pairwise([*in_vain, next(at for at in tries if at > BACK_AT + 5)])]
    assert max(pauses) <= SEND_AGAIN_SECONDS + 0.2
    assert min(pauses[6:]) >= SEND_AGAIN_SECONDS / 2, "it does not knock all the time"
    assert camera.waiting[BACK_AT + 40] == 1, "one try after the store is back, everything has gone"


@pytest.mark.req("DR-34", "DR-17", "KH-5-1a")
def test_after_thirteen_days_without_a_line_everything_arrives_that_is_owed(
    box: Box, site: Site, owed_keys: Mapping[date, DayRules]
) -> None:
    with closing(box.ledger()) as ledger:
        spool = Spool(box.home, box.home.identity(), box.home.device_key(), ledger)
        first_us = microseconds(day_start(civil_day(now()) - timedelta(days=14)))
        began = [*range(first_us, microseconds(now()) - SEGMENT_SECONDS * 1_000_000, DAY_US // 4)]
        for each in began:
            one = replace(recorded(), started_us=each, ended_us=each + SEGMENT_SECONDS * 1_000_000, media_ms=10_000)
            keep_of(spool, site.of.cameras["C-GATE"], one, owed_keys)
        outbox = Outbox(Api(box.home.identity(), box.home.device_key()), ledger, spool)
        while outbox.send_some():
            pass
        assert ledger.count(State.REFUSED) == 0
    assert [microseconds(one.started_at) for one in site.segments("C-GATE")] == began


@pytest.fixture
def owed_keys(site: Site) -> Mapping[date, DayRules]:
    """The keys of all days whose footage is owed today, as a box got them in time."""
    today = civil_day(now())
    keys.make_day_keys(
        actor=system("test"),
        tenant_id=site.of.tenant_id,
        kms=context.kms(),
        store=context.store(),
        first=today - timedelta(days=LEAST_RETENTION_DAYS),
        last=today,
        retention_days=LEAST_RETENTION_DAYS,
        kind=Kind.CLASSIC,
    )
    db.session.commit()
    made = db.session.scalars(select(DayKey).where(DayKey.tenant_id == site.of.tenant_id))
    return {key.civil_day: DayRules(key.retention_days, key.recipient) for key in made}
