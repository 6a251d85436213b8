"""What a box makes of servers and cameras that show the time, and what its lines then say of a segment's."""

import socket
import threading
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from infra.manifest import Trust, parse
from infra.timeline import Timeline, boot_id
from tests.cameras.onvif import Encoder, OnvifCamera, serving
from tests.infra.test_sntp import server
from tests.workers.edge.disks import CAMERA, Disk, config_document, keep_of, recorded
from workers.edge import configuration
from workers.edge.clocks.agreeing import Span, agree
from workers.edge.clocks.camera_dates import read_date
from workers.edge.clocks.readings import SERVER, CameraClock, Reading, Readings, moment
from workers.edge.clocks.timekeeper import Timekeeper
from workers.edge.ledger import Ledger
from workers.edge.onvif.camera import OnvifCamera as Asked
from workers.edge.waiting import Clock

pytestmark = pytest.mark.req("DR-18")
HOUR_NS = 3600 * 1_000_000_000


def test_references_that_most_agree_on_tell_the_time_and_the_one_that_lies_is_named() -> None:
    said = {"a": Span(1000, 300), "b": Span(1100, 50), "c": Span(1200, 120), "liar": Span(3_600_000_000, 10)}
    agreed = agree(said)
    assert agreed is not None
    assert (agreed.span, agreed.false) == (Span(1115, 35), {"liar"})


def test_of_two_that_contradict_each_other_neither_is_called_false_and_the_bound_holds_both() -> None:
    agreed = agree({"a": Span(0, 10), "b": Span(1000, 10)})
    assert agreed is not None
    assert (agreed.span, agreed.false) == (Span(500, 510), frozenset())


def test_nobody_who_says_anything_is_no_time() -> None:
    assert agree({}) is None


@given(
    st.lists(st.tuples(st.integers(-100, 100), st.integers(0, 50)), min_size=3, max_size=9),
    st.integers(1000, 10**9) | st.integers(-(10**9), -1000),
)
def test_the_truth_is_within_the_bound_when_most_tell_it_and_one_lies_grossly(
    errors: list[tuple[int, int]], lie: int
) -> None:
    said = {str(number): Span(error, abs(error) + more) for number, (error, more) in enumerate(errors)}
    agreed = agree({**said, "liar": Span(lie, 5)})
    assert agreed is not None
    assert agreed.span.first_us <= 0 <= agreed.span.last_us
    assert agreed.false <= {"liar"}


@pytest.fixture
def ledger(disk: Disk) -> Iterator[Ledger]:
    held = Ledger(disk.home.ledger)
    yield held
    held.close()


def test_the_machines_clock_is_used_while_it_can_be_right_and_the_references_when_it_cannot(ledger: Ledger) -> None:
    readings, here = Readings(ledger), moment()
    assert abs(readings.best_us(here) - Timeline.machine_at(here)) < 1000
    readings.keep(SERVER, Reading(here, Timeline.machine_at(here) + 900_000, 1_000_000))
    assert abs(readings.best_us(here) - Timeline.machine_at(here)) < 1000
    readings.keep(SERVER, Reading(here, Timeline.machine_at(here) + 56 * 365 * 86_400_000_000, 1_000_000))
    assert readings.best_us(here) > Timeline.machine_at(here) + 55 * 365 * 86_400_000_000


@pytest.mark.req("DR-18", "KH-5-3b")
def test_a_step_of_the_machines_clock_that_the_references_contradict_is_none(
    ledger: Ledger, monkeypatch: pytest.MonkeyPatch
) -> None:
    readings, here, machine_at = Readings(ledger), moment(), Timeline.machine_at
    before_us = readings.position_us()
    monkeypatch.setattr(Timeline, "machine_at", lambda ns: machine_at(ns) + 60_000_000)
    assert abs(readings.position_us() - before_us - 60_000_000) < 10_000
    readings.keep(SERVER, Reading(here, machine_at(here), 1000))
    assert abs(readings.position_us() - before_us) < 10_000


def test_a_reading_is_worth_less_the_older_it_is_and_nothing_after_the_machine_started_anew(ledger: Ledger) -> None:
    here = HOUR_NS
    Readings(ledger).keep(SERVER, Reading(here, 0, 20_000))
    later = Readings(ledger).agreed(here + HOUR_NS)
    assert later is not None
    assert later.span == Span(3_600_000_000, 20_000 + 360_000)
    assert Readings(ledger, boot=lambda: str(UUID(int=5))).agreed(here) is None


@pytest.mark.req("DR-07", "KH-3-10")
def test_a_line_says_what_its_times_are_worth(disk: Disk) -> None:
    spool, ledger = disk.spool()
    readings, one = Readings(ledger), replace(recorded(0), boot_id=boot_id(), monotonic_ns=HOUR_NS, wall_us=5)
    readings.keep(SERVER, Reading(HOUR_NS, one.started_us + 250_000, 30_000))
    readings.keep_ntp("a", Reading(HOUR_NS, one.started_us + 240_000, 1_000))
    CameraClock(readings, CAMERA).keep(Reading(HOUR_NS - 120_000_000_000, one.started_us - 45_000_000, 500_000))
    line = parse(spool.line_of(keep_of(spool, CAMERA, one, disk.rules)).line)
    assert (line.trust, line.clock_source, line.wall_us, str(line.boot_id)) == (
        Trust.SYNCHRONISED,
        "ntp+server",
        5,
        boot_id(),
    )
    assert (line.clock_offset_us, line.clock_bound_us) == (240_000, 1_000)
    assert (line.camera_offset_us, line.camera_age_s) == (45_000_000 - 120_000_000 + 240_000, 120)
    assert line.camera_bound_us == 500_000 + 1_000 + 12_000
    ledger.close()


@pytest.mark.parametrize(
    ("boot", "bound"), [(str(UUID(int=5)), 1000), (boot_id(), 6_000_000)], ids=["another boot", "too wide a bound"]
)
def test_times_that_nobody_can_vouch_for_are_not_called_synchronised(disk: Disk, boot: str, bound: int) -> None:
    spool, ledger = disk.spool()
    one = replace(recorded(0), boot_id=boot, monotonic_ns=HOUR_NS)
    Readings(ledger).keep(SERVER, Reading(HOUR_NS, one.started_us, bound))
    line = parse(spool.line_of(keep_of(spool, CAMERA, one, disk.rules)).line)
    assert line.trust == Trust.UNSYNCHRONISED
    assert line.camera_bound_us == -1
    ledger.close()


@contextmanager
def camera(date: str | timedelta) -> Iterator[str]:
    """Something that answers OPTIONS as a camera does, and is asked once."""
    with socket.create_server(("127.0.0.1", 0)) as door:

        def serve() -> None:
            line, _whom = door.accept()
            with line:
                line.recv(4096)
                said = (
                    date if isinstance(date, str) else f"Date: {format_datetime(datetime.now(UTC) + date, usegmt=True)}"
                )
                line.sendall(f"RTSP/1.0 401 Unauthorized\r\nCSeq: 1\r\n{said}\r\n\r\n".encode())

        thread = threading.Thread(target=serve)
        thread.start()
        yield f"rtsp://somebody:secret@127.0.0.1:{door.getsockname()[1]}/stream"
        thread.join()


@pytest.mark.req("KH-3-10")
@pytest.mark.parametrize("off", [timedelta(), timedelta(seconds=75), timedelta(hours=8)])
def test_a_cameras_clock_is_read_to_a_second_without_its_password(off: timedelta) -> None:
    with camera(off) as address:
        found = read_date(address)
    assert found is not None
    true_us = Timeline.machine_at(found.monotonic_ns) + off // timedelta(microseconds=1)
    assert abs(found.shown_us - true_us) <= found.bound_us + 1000


@pytest.mark.parametrize("date", ["Server: x", "Date: yesterday", "Date:"])
def test_a_camera_that_does_not_say_the_time_is_not_read(date: str) -> None:
    with camera(date) as address:
        assert read_date(address) is None


@pytest.mark.parametrize("address", ["rtsp://127.0.0.1:1/", "clip:/x.mp4", "rtsp://"])
def test_a_camera_that_is_not_there_is_not_read(address: str) -> None:
    assert read_date(address) is None


@pytest.mark.req("KH-3-10")
def test_a_camera_that_writes_no_date_is_asked_by_onvif(disk: Disk) -> None:
    other = OnvifCamera(stream="rtsp://127.0.0.1:554/main", encoders=[Encoder(token="main")])
    other.ahead = timedelta(seconds=40)
    with serving(other), camera("Server: x") as address:
        disk.home.keep_address(CAMERA, address, onvif=Asked(other.address, None).url)
        keeper = Ledger(disk.home.ledger)
        Readings(keeper).keep(SERVER, Reading(moment(), Timeline.machine_at(moment()), 1000))
        Timekeeper(disk.home, lambda: False, clock=Clock()).look()
    seen = CameraClock(Readings(keeper), CAMERA).offset(moment())
    assert seen is not None
    assert abs(seen[0].middle_us + 40_000_000) <= seen[0].bound_us + 1000
    keeper.close()


@pytest.mark.req("KH-3-10")
def test_the_timekeeper_reads_every_clock_and_does_not_believe_the_server_that_lies(disk: Disk) -> None:
    with ExitStack() as stack:
        servers = [stack.enter_context(server(offset=offset)) for offset in (0.0, 0.0, 900.0)]
        configuration.keep(disk.home, config_document(cameras=[], time_servers=servers))
        disk.home.keep_address(CAMERA, stack.enter_context(camera(timedelta(seconds=-75))))
        Timekeeper(disk.home, lambda: False, clock=Clock()).look()
    ledger, here = Ledger(disk.home.ledger), moment()
    readings = Readings(ledger)
    agreed, seen = readings.agreed(here), CameraClock(readings, CAMERA).offset(here)
    assert agreed is not None
    assert agreed.false == {f"ntp:{servers[2]}"}
    assert abs(agreed.span.middle_us - Timeline.machine_at(here)) <= agreed.span.bound_us + 1000
    assert seen is not None
    assert abs(seen[0].middle_us - 75_000_000) <= seen[0].bound_us + 1000
    ledger.close()
