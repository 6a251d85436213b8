"""A box whose server is gone, day after day, on the keys that it has: the days pass by a clock that is moved."""

from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from datetime import date, timedelta

import pytest

from infra import age
from infra.clock import civil_day, day_start, now
from infra.manifest import instant, microseconds
from infra.timeline import Timeline
from tests.workers.edge.conftest import Box, Site
from tests.workers.edge.disks import CAMERA, Disk, config_document, enrol, keep_of, recorded
from workers.edge import configuration
from workers.edge.api import Api
from workers.edge.clocks.readings import Readings, moment
from workers.edge.home import Home
from workers.edge.ledger import Ledger, State
from workers.edge.spool import NoDayKey, Spool
from workers.edge.undated.believed import Believed
from workers.edge.undated.boots import Boots
from workers.edge.words import keys_words

HOUR_US = 3_600_000_000
LEAST_AHEAD = 10


def days_from(first: date) -> Iterator[date]:
    while True:
        yield first
        first += timedelta(days=1)


def recorded_days(home: Home, first: date, patch: pytest.MonkeyPatch) -> list[date]:
    """Each day on which a minute at noon was kept, until one was not. The process begins anew every morning."""
    kept: list[date] = []
    for day in days_from(first):
        noon_us = microseconds(day_start(day)) + 12 * HOUR_US
        patch.setattr(Timeline, "machine_at", lambda _ns, shown=noon_us: shown)
        with closing(Ledger(home.ledger)) as ledger:
            readings, config = Readings(ledger), configuration.load(home)
            assert config is not None
            boots = Boots(ledger, readings, lambda held=config: held)
            assert not boots.is_lost(), "a clock that runs on is no wrong one"
            Believed(ledger, readings, CAMERA, boot=boots.boot).note()
            began = readings.best_us(moment())
            one = replace(recorded(), started_us=began, ended_us=began + 60_000_000)
            try:
                keep_of(Spool(home, home.identity(), home.device_key(), ledger), CAMERA, one, config.days)
            except NoDayKey:
                assert not config.has_key(instant(began))
                return kept
            kept.append(day)
    return kept


@pytest.mark.req("KH-5-3b", "KH-5-1a")
def test_a_box_whose_newest_key_is_tomorrows_records_today_and_tomorrow_and_says_that_it_ends(
    disk: Disk, monkeypatch: pytest.MonkeyPatch
) -> None:
    today = civil_day(now())
    tomorrow = today + timedelta(days=1)
    enrol(disk.home, config_document(days=[today, tomorrow], recipient=age.new_identity(age.Kind.CLASSIC).recipient))
    assert recorded_days(disk.home, today, monkeypatch) == [today, tomorrow]
    config = configuration.load(disk.home)
    assert config is not None
    assert "只剩今天與之後 1 日" in keys_words(config, day_start(today))
    assert "只剩今天與之後 0 日" in keys_words(config, day_start(tomorrow))
    assert "沒有今天的加密金鑰，無法錄影" in keys_words(config, day_start(tomorrow + timedelta(days=1)))


@pytest.mark.req("KH-5-3b", "DR-34")
def test_a_box_whose_server_is_gone_for_a_week_records_on_with_days_to_spare(
    site: Site, box: Box, monkeypatch: pytest.MonkeyPatch
) -> None:
    api = Api(box.home.identity(), box.home.device_key())
    configuration.keep(box.home, api.get("/config"))
    site.api.shut()
    today = civil_day(now())
    kept = recorded_days(box.home, today, monkeypatch)
    assert kept == [today + timedelta(days=number) for number in range(len(kept))]
    assert len(kept) > 1 + LEAST_AHEAD
    with closing(box.ledger()) as ledger:
        assert ledger.count(State.SPOOLED) == len(kept)
        assert ledger.count(State.UNDATED) == 0
