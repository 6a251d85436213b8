"""Whether anybody knows the time, and who is believed."""

import pytest

from infra.manifest import UNKNOWN
from infra.timeline import Timeline, boot_id
from tests.workers.edge.disks import BEGAN, DAY, Disk, config_document, keep
from tests.workers.edge.undated.boxes import SHIFT, Box, is_close
from workers.edge import configuration
from workers.edge.clocks.readings import Reading, Readings, moment
from workers.edge.ledger import Ledger
from workers.edge.undated.boots import Boots

pytestmark = pytest.mark.req("DR-18")


def test_a_clock_before_the_newest_time_that_the_box_knows_is_no_time(box: Box) -> None:
    assert box.boots.is_lost()
    assert box.boots.is_standing()
    box.hear()
    assert not box.boots.is_lost()


@pytest.mark.parametrize(
    ("machine", "lost"),
    [(BEGAN - 3_600_000_000, True), (BEGAN, False), (BEGAN + 86_400_000_000, False), (BEGAN * 2, True)],
    ids=["an hour back", "now", "tomorrow", "years ahead"],
)
def test_only_what_cannot_be_right_is_disbelieved(
    box: Box,
    monkeypatch: pytest.MonkeyPatch,
    machine: int,
    lost: bool,  # noqa: FBT001
) -> None:
    keep(box.spool, box.disk.rules)
    monkeypatch.setattr(Timeline, "machine_at", lambda _ns: machine)
    assert box.boots.is_lost() is lost


def test_the_newest_time_is_also_known_by_the_day_keys(disk: Disk, monkeypatch: pytest.MonkeyPatch) -> None:
    ledger = Ledger(disk.home.ledger)
    configuration.keep(disk.home, config_document(days=[DAY]))
    boots = Boots(ledger, Readings(ledger), lambda: configuration.load(disk.home))
    monkeypatch.setattr(Timeline, "machine_at", lambda _ns: BEGAN - 7 * 86_400_000_000)
    assert boots.is_lost()
    ledger.close()


def test_a_clock_that_runs_on_from_a_wrong_time_never_becomes_right_and_one_that_is_set_does(
    box: Box, monkeypatch: pytest.MonkeyPatch
) -> None:
    keep(box.spool, box.disk.rules)
    lag = BEGAN - 3_600_000_000 - moment() // 1000
    monkeypatch.setattr(Timeline, "machine_at", lambda ns: ns // 1000 + lag)
    assert box.boots.is_lost()
    monkeypatch.setattr("workers.edge.undated.boots.moment", lambda: moment() + 7_200_000_000_000)
    assert box.boots.is_lost(), "two hours later it shows what could be right"
    monkeypatch.setattr(Timeline, "machine_at", lambda ns: ns // 1000 + lag + 10_800_000_000)
    assert not box.boots.is_lost()
    shift = box.boots.shift(boot_id())
    assert shift is not None
    assert (shift.source, shift.bound_us) == ("none", UNKNOWN)


def test_a_time_server_alone_is_believed_only_after_the_others_had_time_to_answer(box: Box) -> None:
    here = moment()
    assert box.boots.is_lost()
    box.readings.keep_ntp("a", Reading(here, here // 1000 + SHIFT, 1000))
    assert box.boots.is_lost()
    box.readings.keep_ntp("a", Reading(here - 61_000_000_000, here // 1000 - 61_000_000 + SHIFT, 1000))
    assert not box.boots.is_lost()


def test_two_that_contradict_each_other_are_not_believed_until_the_citys_server_answers(box: Box) -> None:
    here = moment() - 61_000_000_000
    assert box.boots.is_lost()
    box.readings.keep_ntp("a", Reading(here, here // 1000 + SHIFT, 1000))
    box.readings.keep_ntp("b", Reading(here, here // 1000 + SHIFT + 90_000_000, 1000))
    assert box.boots.is_lost()
    box.hear()
    assert not box.boots.is_lost()
    shift = box.boots.shift(boot_id())
    assert shift is not None
    assert is_close(shift.us, SHIFT)


def test_the_first_amount_stays_for_the_whole_boot(box: Box) -> None:
    assert box.boots.is_lost()
    box.hear()
    assert not box.boots.is_lost()
    box.hear(SHIFT + 5_000_000)
    shift = box.boots.shift(boot_id())
    assert shift is not None
    assert is_close(shift.us, SHIFT)
