"""A box whose device the school withdrew: it says so and sends nothing, and goes on recording (ADR 0039)."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest

from infra import clock
from infra.db import db
from infra.manifest import microseconds
from tenants.actor import Actor, ActorKind
from tenants.permissions import Role
from tenants.registry import devices
from tests.workers.edge.conftest import Box, Site
from tests.workers.edge.disks import keep_of, recorded
from tests.workers.edge.passing import Passing
from workers.edge import configuration
from workers.edge.api import Api, Refused, Unavailable
from workers.edge.ledger import Ledger
from workers.edge.spool import NoDayKey, Spool
from workers.edge.standing import REVOKED, Standing, revoked_since_us
from workers.edge.uploader import Reporter, Sender


class Counted(Api):
    """The real line to the server, and how often each path was asked."""

    asked: list[str]

    def post(self, path: str, document: Mapping[str, Any]) -> dict[str, Any]:
        self.asked.append(path)
        return super().post(path, document)


def line(box: Box) -> Counted:
    api = Counted(box.home.identity(), box.home.device_key())
    api.asked = []
    return api


def record(box: Box, site: Site, ledger: Ledger) -> None:
    """A segment of the present minute."""
    config = configuration.keep(box.home, line(box).get("/config"))
    began = microseconds(clock.now()) - 120_000_000
    one = replace(recorded(), started_us=began, ended_us=began + 60_000_000)
    spool = Spool(box.home, box.home.identity(), box.home.device_key(), ledger)
    keep_of(spool, site.of.cameras["C-GATE"], one, config.days)


def withdraw(box: Box, site: Site) -> None:
    head = Actor(kind=ActorKind.PERSON, id=uuid4(), roles=frozenset({Role.HEAD}))
    device_id = box.home.identity().device_id
    devices.revoke(actor=head, tenant_id=site.of.tenant_id, device_id=device_id, now=clock.now())
    db.session.commit()


@pytest.mark.req("DR-06", "DR-34")
def test_a_box_that_was_withdrawn_while_it_did_not_run_says_so_in_its_status(box: Box, site: Site) -> None:
    box.command("check")
    withdraw(box, site)
    said = box.command("status").stdout
    assert said.index("已被學校停用") < said.index("錄影程式沒有在執行")
    site.api.shut()
    assert "已被學校停用" in box.command("status").stdout, "as it heard last"


@pytest.mark.req("DR-06", "DR-34")
def test_a_withdrawn_box_hears_of_it_within_a_minute_and_nothing_leaves_it_any_more(box: Box, site: Site) -> None:
    ledger, standing = box.ledger(), Standing()
    record(box, site, ledger)
    withdraw(box, site)
    passing = Passing()
    Reporter(box.home, line(box), passing.over(60), standing=standing, clock=passing.clock).run()
    assert standing.is_revoked()
    assert revoked_since_us(ledger)
    api, passing = line(box), Passing()
    Sender(box.home, api, passing.over(600), standing=standing, clock=passing.clock).run()
    assert (api.asked, box.spooled()) == ([], 1), "it does not even ask, and what it has stays"
    assert "已被學校停用" in box.command("status").stdout
    ledger.close()


def test_a_box_that_was_started_after_its_withdrawal_asks_once_and_sends_nothing(box: Box, site: Site) -> None:
    ledger, standing = box.ledger(), Standing()
    record(box, site, ledger)
    withdraw(box, site)
    api, passing = line(box), Passing()
    Sender(box.home, api, passing.over(600), standing=standing, clock=passing.clock).run()
    assert api.asked == ["/uploads"]
    assert (standing.is_revoked(), box.spooled(), site.segments()) == (True, 1, [])
    ledger.close()


class Withdrawn(Counted):
    """Its box is withdrawn at the moment at which the store is to get the file."""

    standing: Standing
    ledger: Ledger
    ended: bool = False

    def put(self, url: str, headers: Mapping[str, str], path: Path, *, stopped: Callable[[], bool]) -> None:
        self.standing.refused(Refused(401, REVOKED, ""), self.ledger)
        try:
            super().put(url, headers, path, stopped=stopped)
        except Unavailable:
            self.ended = True
            raise


@pytest.mark.req("DR-06", "DR-34")
def test_an_upload_under_way_ends_when_its_box_is_withdrawn(box: Box, site: Site) -> None:
    ledger, passing = box.ledger(), Passing()
    record(box, site, ledger)
    api = Withdrawn(box.home.identity(), box.home.device_key())
    api.asked, api.standing, api.ledger = [], Standing(), ledger
    Sender(box.home, api, passing.over(60), standing=api.standing, clock=passing.clock).run()
    assert (api.ended, api.asked, box.spooled(), site.segments()) == (True, ["/uploads"], 1, [])
    ledger.close()


def test_a_server_that_is_silent_says_nothing_of_a_withdrawal(box: Box, site: Site) -> None:
    standing = Standing()
    site.api.shut()
    with pytest.raises(Unavailable):
        line(box).get("/config")
    passing = Passing()
    Reporter(box.home, line(box), passing.over(120), standing=standing, clock=passing.clock).run()
    assert not standing.is_revoked()


@pytest.mark.req("DR-34")
def test_without_the_server_it_records_for_as_long_as_it_has_keys(box: Box, site: Site) -> None:
    """Ten days and more, and the day after the last key says so instead of keeping anything plain."""
    ledger = box.ledger()
    config = configuration.keep(box.home, line(box).get("/config"))
    site.api.shut()
    ahead = config.days_ahead(clock.now())
    assert ahead >= 10
    spool = Spool(box.home, box.home.identity(), box.home.device_key(), ledger)
    for day in range(ahead + 1):
        began = microseconds(clock.now() + timedelta(days=day))
        one = replace(recorded(), started_us=began, ended_us=began + 60_000_000)
        keep_of(spool, site.of.cameras["C-GATE"], one, config.days)
    assert box.spooled() == ahead + 1
    with pytest.raises(NoDayKey):
        spool.begin(site.of.cameras["C-GATE"], microseconds(clock.now() + timedelta(days=ahead + 1)), config.days)
    ledger.close()
