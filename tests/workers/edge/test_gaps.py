"""What the box says about what it did not record, and what tells so."""

import sqlite3
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any, cast
from uuid import UUID, uuid4

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from infra.causes import BEFORE_SIGNED_GAPS, REPORTED_BY_EDGE, GapCause
from infra.gap_lines import parse_gap
from infra.manifest import SignedLine
from infra.signing import public_key_text
from tests.workers.edge.disks import IDENTITY, config_document
from workers.edge import configuration
from workers.edge.api import Api, Unavailable
from workers.edge.configuration import Config
from workers.edge.gaps.reports import GapReports, unsigned
from workers.edge.ledger import Entry, Ledger
from workers.edge.sending.refused import left_behind
from workers.edge.status import status_of
from workers.edge.words import ADVICE

CAMERA = UUID(int=1)
MINUTE = 60_000_000
Start = Callable[[str], Ledger]


@pytest.fixture
def start(tmp_path: Path) -> Iterator[Start]:
    """The index as a process sees it that runs in this start of the machine."""
    made: list[Ledger] = []

    def opened(boot: str) -> Ledger:
        made.append(Ledger(tmp_path / "ledger.sqlite3", boot=boot))
        return made[-1]

    yield opened
    for one in made:
        one.close()


def entry(started_us: int, ended_us: int) -> Entry:
    return Entry(uuid4(), CAMERA, date(2026, 11, 20), started_us, ended_us)


def gaps(ledger: Ledger) -> list[tuple[int, int, str, dict[str, object]]]:
    found = ledger.unreported_gaps(limit=100)
    return [(gap.started_us, gap.ended_us, gap.cause.value, dict(gap.evidence)) for gap in found]


def test_every_cause_of_a_box_has_advice() -> None:
    assert set(ADVICE) >= REPORTED_BY_EDGE


@pytest.mark.req("DR-34", "KH-5-3b")
def test_a_power_cut_is_told_from_a_process_that_died(start: Start) -> None:
    start("b00t0001").enter(entry(0, MINUTE))
    after = start("b00t0002")
    after.enter(entry(MINUTE, MINUTE + 9), found_again=True)
    after.woke(CAMERA, at_us=2 * MINUTE, last_sign_us=0)
    after.enter(entry(3 * MINUTE, 4 * MINUTE))
    after.woke(CAMERA, at_us=5 * MINUTE, last_sign_us=0)
    after.enter(entry(6 * MINUTE, 7 * MINUTE))
    boots = {"boot_before": "b00t0001", "boot": "b00t0002"}
    assert gaps(after) == [
        (MINUTE + 9, 3 * MINUTE, "box_restarted", boots),
        (4 * MINUTE, 6 * MINUTE, "process_restarted", {}),
    ]


@pytest.mark.req("DR-34", "KH-5-3b")
def test_a_camera_that_is_dead_after_a_power_cut_is_blamed_for_its_own_part_only(start: Start) -> None:
    start("b00t0001").enter(entry(0, MINUTE))
    after = start("b00t0002")
    after.woke(CAMERA, at_us=2 * MINUTE, last_sign_us=0)
    after.fail(CAMERA, GapCause.CAMERA_UNREACHABLE, at_us=3 * MINUTE)
    after.enter(entry(4 * MINUTE, 5 * MINUTE))
    assert [gap[:3] for gap in gaps(after)] == [
        (MINUTE, 3 * MINUTE, "box_restarted"),
        (3 * MINUTE, 4 * MINUTE, "camera_unreachable"),
    ]


def test_a_power_cut_while_a_camera_was_dead_begins_with_its_last_try(start: Start) -> None:
    before = start("b00t0001")
    before.enter(entry(0, MINUTE))
    before.fail(CAMERA, GapCause.CAMERA_REFUSED, at_us=MINUTE + 5)
    after = start("b00t0002")
    after.woke(CAMERA, at_us=9 * MINUTE, last_sign_us=3 * MINUTE)
    after.enter(entry(9 * MINUTE, 10 * MINUTE))
    assert [gap[:3] for gap in gaps(after)] == [
        (MINUTE, 3 * MINUTE, "camera_refused"),
        (3 * MINUTE, 9 * MINUTE, "box_restarted"),
    ]


def test_a_box_that_was_stopped_and_switched_off_was_stopped(start: Start) -> None:
    before = start("b00t0001")
    before.enter(entry(0, MINUTE))
    before.fail(CAMERA, GapCause.EDGE_STOPPED, at_us=MINUTE)
    after = start("b00t0002")
    after.woke(CAMERA, at_us=9 * MINUTE, last_sign_us=MINUTE)
    after.enter(entry(9 * MINUTE, 10 * MINUTE))
    assert [gap[:3] for gap in gaps(after)] == [(MINUTE, 9 * MINUTE, "edge_stopped")]


def test_what_a_killed_process_left_does_not_hide_who_killed_it(start: Start) -> None:
    ledger = start("b00t0001")
    ledger.enter(entry(0, MINUTE), key_interval_ms=40_000)
    ledger.fail(CAMERA, GapCause.STREAM_STALLED, at_us=2 * MINUTE, evidence={"late_s": 61})
    ledger.enter(entry(MINUTE, MINUTE + 9), found_again=True)
    ledger.woke(CAMERA, at_us=2 * MINUTE, last_sign_us=0)
    assert ledger.state_of(CAMERA).key_interval_ms == 40_000, "what was learnt of its key frames stays"
    ledger.enter(entry(3 * MINUTE, 4 * MINUTE))
    assert gaps(ledger) == [(MINUTE + 9, 3 * MINUTE, "stream_stalled", {"late_s": 61})]


@pytest.mark.req("DR-34", "KH-5-3b")
def test_a_kill_in_the_first_segment_after_a_fault_is_not_laid_to_that_fault(start: Start) -> None:
    ledger = start("b00t0001")
    ledger.enter(entry(0, MINUTE))
    ledger.fail(CAMERA, GapCause.STREAM_ENDED, at_us=MINUTE)
    ledger.resume(CAMERA)
    ledger.fail(CAMERA, GapCause.PROCESS_RESTARTED, at_us=3 * MINUTE, unless_known=True)
    ledger.enter(entry(2 * MINUTE, 3 * MINUTE), found_again=True)
    ledger.woke(CAMERA, at_us=4 * MINUTE, last_sign_us=0)
    ledger.enter(entry(5 * MINUTE, 6 * MINUTE))
    assert [gap[:3] for gap in gaps(ledger)] == [
        (MINUTE, 2 * MINUTE, "stream_ended"),
        (3 * MINUTE, 5 * MINUTE, "process_restarted"),
    ]


def test_what_was_said_after_the_footage_that_a_full_disk_cut_off_stays_said(start: Start) -> None:
    ledger = start("b00t0001")
    ledger.enter(entry(0, MINUTE))
    ledger.fail(CAMERA, GapCause.STREAM_ENDED, at_us=MINUTE)
    ledger.resume(CAMERA)
    ledger.fail(CAMERA, GapCause.DISK_FULL, at_us=2 * MINUTE)
    ledger.enter(entry(2 * MINUTE, 3 * MINUTE), found_again=True)
    ledger.enter(entry(5 * MINUTE, 6 * MINUTE))
    assert [gap[:3] for gap in gaps(ledger)] == [
        (MINUTE, 2 * MINUTE, "stream_ended"),
        (3 * MINUTE, 5 * MINUTE, "disk_full"),
    ]


def test_tries_are_counted(start: Start) -> None:
    ledger = start("b00t0001")
    ledger.enter(entry(0, MINUTE))
    for number in range(3):
        ledger.fail(CAMERA, GapCause.CAMERA_REFUSED, at_us=MINUTE + number, evidence={"error": "HTTPUnauthorizedError"})
    ledger.enter(entry(2 * MINUTE, 3 * MINUTE))
    assert gaps(ledger) == [(MINUTE, 2 * MINUTE, "camera_refused", {"error": "HTTPUnauthorizedError", "tries": 3})]


@pytest.mark.req("DR-18", "KH-5-3b")
def test_what_the_clock_jumped_over_is_not_laid_to_the_camera(start: Start) -> None:
    ledger = start("b00t0001")
    ledger.note_clock(CAMERA, 1000)
    ledger.enter(entry(0, MINUTE))
    ledger.note_clock(CAMERA, 1000 + 30 * MINUTE)
    ledger.fail(CAMERA, GapCause.STREAM_ENDED, at_us=31 * MINUTE)
    ledger.enter(entry(32 * MINUTE, 33 * MINUTE))
    ledger.enter(entry(34 * MINUTE, 35 * MINUTE))
    assert gaps(ledger) == [
        (MINUTE, 31 * MINUTE, "clock_changed", {"step_us": 30 * MINUTE}),
        (31 * MINUTE, 32 * MINUTE, "stream_ended", {}),
        (33 * MINUTE, 34 * MINUTE, "process_restarted", {}),
    ]


def test_the_clocks_of_two_starts_of_the_machine_are_not_compared(start: Start) -> None:
    before = start("b00t0001")
    before.enter(entry(0, MINUTE))
    before.note_clock(CAMERA, 0)
    after = start("b00t0002")
    after.woke(CAMERA, at_us=MINUTE, last_sign_us=0)
    after.note_clock(CAMERA, 500 * MINUTE)
    after.enter(entry(2 * MINUTE, 3 * MINUTE))
    assert [gap[2] for gap in gaps(after)] == ["box_restarted"]


def test_an_index_of_an_older_version_goes_on(tmp_path: Path) -> None:
    connection = sqlite3.connect(tmp_path / "old.sqlite3")
    connection.executescript(
        "create table cameras (camera_id text primary key, recorded_until_us integer, missing_since_us integer, "
        "cause text not null default '', key_interval_ms integer not null default 0);"
        "create table gaps (gap_id integer primary key, camera_id text not null, started_us integer not null, "
        "ended_us integer not null, cause text not null, reported integer not null default 0);"
    )
    connection.execute("insert into cameras values (?, 60, 60, 'stream_ended', 0)", (str(CAMERA),))
    connection.execute("insert into gaps values (1, ?, 10, 20, 'no_video', 0)", (str(CAMERA),))
    connection.commit()
    connection.close()
    ledger = Ledger(tmp_path / "old.sqlite3", boot="b00t0001")
    ledger.enter(entry(90, 120))
    assert gaps(ledger) == [(10, 20, "no_video", {}), (60, 90, "stream_ended", {})]
    ledger.close()


@dataclass
class Server:
    """What answers the box; `outcomes` are given in turn."""

    outcomes: list[dict[str, str]]
    asked: list[SignedLine] = field(default_factory=list)

    def post(self, path: str, document: dict[str, Any]) -> dict[str, Any]:
        assert path == "/gaps"
        if not self.outcomes:
            raise Unavailable("down")
        self.asked += [SignedLine(**item) for item in document["items"]]
        return {"items": [self.outcomes.pop(0) for _ in document["items"]]}


def config(*accepts: str) -> Config:
    return configuration.parse(config_document(accepts=accepts))


@pytest.mark.req("DR-17", "KH-5-3b")
def test_gaps_are_sent_signed_until_they_are_answered_and_always_in_the_same_words(start: Start) -> None:
    ledger, key = start("b00t0001"), Ed25519PrivateKey.generate()
    for number in range(3):
        ledger.enter(entry(2 * number * MINUTE, (2 * number + 1) * MINUTE))
    server = Server([])
    reports = GapReports(cast("Api", server), ledger, IDENTITY, key)
    with pytest.raises(Unavailable):
        reports.send(config("signed_gaps"))
    server.outcomes = [{"outcome": "confirmed"}, {"outcome": "refused", "code": "implausible_time", "detail": "…"}]
    assert reports.send(config("signed_gaps")) == 2
    lines = [parse_gap(held, public_key=public_key_text(key)) for held in server.asked]
    assert [(line.started_us, line.ended_us) for line in lines] == [(MINUTE, 2 * MINUTE), (3 * MINUTE, 4 * MINUTE)]
    assert {line.cause for line in lines} == {GapCause.PROCESS_RESTARTED}
    assert reports.send(config("signed_gaps")) == 0, "a refused one is not sent for ever"


@pytest.mark.req("DR-17", "KH-5-3b")
@pytest.mark.parametrize(("code", "again"), [("foreign_camera", 1), ("gap_conflict", 0)], ids=["passes", "lasts"])
def test_a_refused_gap_is_told_of_and_goes_again_where_the_reason_may_pass(start: Start, code: str, again: int) -> None:
    ledger = start("b00t0001")
    for number in range(2):
        ledger.enter(entry(2 * number * MINUTE, (2 * number + 1) * MINUTE))
    server = Server([{"outcome": "refused", "code": code, "detail": "…"}])
    reports = GapReports(cast("Api", server), ledger, IDENTITY, Ed25519PrivateKey.generate())
    reports.send(config("signed_gaps"))
    assert left_behind(ledger).document() == {"segments": 0, "gaps": 1, "code": code}
    ledger.connection.execute("update gaps set due_us = 1")
    server.outcomes = [{"outcome": "already"}]
    assert reports.send(config("signed_gaps")) == again
    assert left_behind(ledger).gaps == 1 - again
    assert ("1 筆中斷紀錄無法上傳" in left_behind(ledger).words()) is not bool(again)


def test_a_server_of_before_signed_gaps_gets_them_in_its_own_words(start: Start) -> None:
    ledger = start("b00t0001")
    ledger.enter(entry(0, MINUTE))
    ledger.fail(CAMERA, GapCause.CAMERA_DISABLED, at_us=MINUTE)
    said = status_of(ledger.state_of(CAMERA), config(), MINUTE)
    assert said["fault"] is GapCause.NOT_CONFIGURED
    assert status_of(ledger.state_of(CAMERA), config("signed_gaps"), MINUTE)["fault"] is GapCause.CAMERA_DISABLED
    ledger.enter(entry(2 * MINUTE, 3 * MINUTE))
    (gap,) = unsigned(ledger.unreported_gaps(limit=9))
    assert gap["cause"] is GapCause.NOT_CONFIGURED
    assert not set(BEFORE_SIGNED_GAPS.values()) & set(BEFORE_SIGNED_GAPS)


@pytest.mark.req("DR-30")
def test_a_frozen_picture_is_told_and_recording_goes_on(start: Start) -> None:
    ledger = start("b00t0001")
    ledger.note_frozen(CAMERA, 7)
    ledger.enter(entry(0, MINUTE))
    said = status_of(ledger.state_of(CAMERA), config(), MINUTE)
    assert (said["recording"], said["fault"], said["frozen_since_us"]) == (True, None, 7)
    ledger.note_frozen(CAMERA, None)
    assert status_of(ledger.state_of(CAMERA), config(), MINUTE)["frozen_since_us"] is None
