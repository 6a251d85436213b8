"""Gaps that are filled from the camera's own card, and those that are not."""

import signal
import socket
import subprocess
import sys
from collections.abc import Callable
from datetime import timedelta
from itertools import pairwise

import pytest

from infra.causes import GapCause
from infra.manifest import Note, Trust
from infra.stack.environments import bare_environment
from tests.cameras.card import Card, Frame, playing
from tests.cameras.onvif import LOGIN, OnvifCamera
from tests.workers.edge.card.conftest import (
    GAP_US,
    NEAR_US,
    SECOND_US,
    STEP_US,
    due_again,
    fetch,
    fetched,
    is_filled,
    missed,
    plays,
)
from tests.workers.edge.conftest import eventually
from tests.workers.edge.disks import CAMERA, DAY, GATE, Disk, config_document
from workers.edge import configuration
from workers.edge.card.holes import Holes
from workers.edge.card.segments import Recovered
from workers.edge.ledger import Ledger

pytestmark = pytest.mark.req("DR-17")


def test_a_gap_is_filled_from_the_card_without_meeting_what_was_recorded(lost: Disk, card: Card) -> None:
    fetch(lost)
    lines = fetched(lost)
    assert is_filled(lines)
    assert all(one.ended_us == two.started_us for one, two in pairwise(lines)), "and without a hole"
    assert len(lines) >= 3, "in segments as long as any"
    assert abs(sum(line.packets for line in lines) - 300) <= 20
    assert {line.notes for line in lines} == {Note.RECOVERED}
    assert {line.audio for line in lines} == {False}
    (play,) = plays(card)
    assert "Require: onvif-replay" in play
    assert "Rate-Control: no" in play


def test_times_are_the_cameras_put_right_and_say_so(lost: Disk, card: Card, camera: OnvifCamera) -> None:
    camera.ahead = timedelta(minutes=7)
    card.taken_us = [one + 7 * 60 * SECOND_US for one in card.taken_us]
    fetch(lost)
    lines = fetched(lost)
    assert is_filled(lines)
    for line in lines:
        assert abs(line.camera_offset_us + 7 * 60 * SECOND_US) < NEAR_US
        assert 0 < line.camera_bound_us < 5 * SECOND_US
        assert (line.trust, line.clock_source, line.wall_us) == (Trust.UNSYNCHRONISED, "none", -1)
        assert line.camera_age_s > 0, "measured so long after it"


def test_looking_again_doubles_nothing(lost: Disk, card: Card) -> None:
    fetch(lost)
    lines = fetched(lost)
    assert not due_again(lost)
    fetch(lost)
    assert fetched(lost) == lines
    assert len(plays(card)) == 1


def test_where_the_card_paused_nothing_is_claimed(lost: Disk, card: Card) -> None:
    pause = GAP_US[0] + 10 * SECOND_US, GAP_US[0] + 20 * SECOND_US
    kept = [n for n, at in enumerate(card.taken_us) if not pause[0] <= at < pause[1]]
    card.frames, card.taken_us = [card.frames[n] for n in kept], [card.taken_us[n] for n in kept]
    fetch(lost)
    lines = fetched(lost)
    slack = NEAR_US
    assert not [one for one in lines if one.started_us < pause[1] - slack and one.ended_us > pause[0] + slack]
    assert any(one.ended_us <= pause[0] + slack for one in lines)
    assert any(one.started_us >= pause[1] - slack for one in lines)
    assert not due_again(lost), "there is no more to be had"


def test_a_card_that_breaks_off_is_read_on_from_there_later(lost: Disk, card: Card) -> None:
    card.fault = "breaks off"
    fetch(lost)
    first = fetched(lost)
    assert first
    assert due_again(lost)
    card.fault = ""
    fetch(lost)
    lines = fetched(lost)
    assert lines[: len(first)] == first
    assert is_filled(lines, seams=1)
    assert len(plays(card)) == 2


class Killed(BaseException):
    """What no part of the program catches, as nothing catches a power cut."""


@pytest.mark.parametrize("step", ["mark", "before it is entered", "after it is entered"])
def test_a_kill_loses_nothing_and_doubles_nothing(lost: Disk, monkeypatch: pytest.MonkeyPatch, *, step: str) -> None:
    seen = []

    def killing(real: Callable[..., object], *, before: bool) -> Callable[..., object]:
        def run(*args: object, **more: object) -> object:
            seen.append(1)
            if len(seen) == 2 and before:
                raise Killed
            result = real(*args, **more)
            if len(seen) == 2:
                raise Killed
            return result

        return run

    with monkeypatch.context() as patch:
        if step == "mark":
            patch.setattr(Recovered, "mark", killing(Recovered.mark, before=False))
        else:
            patch.setattr(Ledger, "enter", killing(Ledger.enter, before=step.startswith("before")))
        with pytest.raises(Killed):
            fetch(lost)
    assert due_again(lost)
    fetch(lost)
    assert is_filled(fetched(lost), seams=1)


def test_the_process_that_records_leaves_alone_what_another_fetches(lost: Disk) -> None:
    fetch(lost)
    lines = fetched(lost)
    spool, ledger = lost.spool()
    before = ledger.unreported_gaps(limit=99)
    spool.begin(CAMERA, GAP_US[1], lost.rules).leave()
    spool.recover(CAMERA)
    own = [entry for entry, _state in ledger.known(CAMERA).values() if not entry.recovered]
    assert ledger.told_until_us(CAMERA) == GAP_US[1] + 60 * SECOND_US, "nor does the camera's own end move"
    assert [one.gap_id for one in ledger.unreported_gaps(limit=99)][: len(before)] == [one.gap_id for one in before]
    ledger.close()
    assert own == [], "the factory's own rows had no files"
    assert fetched(lost) == lines


@pytest.mark.parametrize("cause", [GapCause.CAMERA_DISABLED, GapCause.NOT_CONFIGURED, GapCause.PROHIBITED_ZONE])
def test_what_nobody_wanted_recorded_is_not_fetched(disk: Disk, card: Card, cause: GapCause) -> None:
    missed(disk, cause)
    ledger = Ledger(disk.home.ledger)
    assert not Holes(ledger).cameras_due(GAP_US[1] * 2, since_us=0)
    ledger.close()
    assert not card.asked


def test_a_camera_that_fails_now_is_left_alone(lost: Disk) -> None:
    ledger = Ledger(lost.home.ledger)
    assert Holes(ledger).cameras_due(GAP_US[1], since_us=0) == {CAMERA}
    ledger.fail(CAMERA, GapCause.STREAM_ENDED, at_us=GAP_US[1] + 60 * SECOND_US)
    assert not Holes(ledger).cameras_due(GAP_US[1], since_us=0)
    ledger.close()


def test_a_recording_that_is_told_of_late_is_looked_for_again_a_few_times(lost: Disk, card: Card) -> None:
    taken, card.taken_us = card.taken_us, [one - 3600 * SECOND_US for one in card.taken_us]
    fetch(lost)
    assert due_again(lost)
    card.taken_us = taken
    fetch(lost)
    assert is_filled(fetched(lost))


def test_a_card_that_holds_nothing_of_the_gap_is_not_looked_at_for_ever(lost: Disk, card: Card) -> None:
    card.taken_us = [one - 3600 * SECOND_US for one in card.taken_us]
    for _try in range(3):
        assert due_again(lost)
        fetch(lost)
    assert not due_again(lost)
    assert not card.asked


def test_a_camera_without_a_card_is_asked_again_a_day_later_until_the_keys_are_gone(
    lost: Disk, camera: OnvifCamera
) -> None:
    camera.cards.clear()
    fetch(lost)
    ledger = Ledger(lost.home.ledger)
    (due_us,) = ledger.connection.execute("select card_due_us from gaps").fetchone()
    assert due_us > GAP_US[1]
    ledger.close()
    assert due_again(lost)
    later = [DAY + timedelta(days=9)]
    configuration.keep(lost.home, config_document(days=later, recipient=lost.day_key.recipient))
    asked = len(camera.asked)
    fetch(lost)
    assert len(camera.asked) == asked


def test_pictures_that_no_longer_say_when_they_were_taken_are_kept_for_some_seconds_only(
    lost: Disk, card: Card
) -> None:
    card.fault = "one moment"
    fetch(lost)
    kept = sum(one.ended_us - one.started_us for one in fetched(lost))
    assert 8 * SECOND_US < kept < 11 * SECOND_US
    assert due_again(lost)


def test_a_camera_that_sends_the_box_to_another_host_is_not_followed(lost: Disk, card: Card) -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        other.settimeout(0)
        card.fault, card.elsewhere = "moved", other.getsockname()[1]
        fetch(lost)
        with pytest.raises(BlockingIOError):
            other.accept()
    assert fetched(lost) == []
    assert due_again(lost)


@pytest.mark.parametrize("fault", ["no moments", "elsewhere", "too large"])
def test_footage_that_cannot_be_dated_or_is_not_the_cameras_is_not_kept(lost: Disk, card: Card, fault: str) -> None:
    card.fault = fault
    card.host = "10.6.6.6" if fault == "elsewhere" else card.host
    if fault == "too large":
        small = {"codec": "h264", "width": 160, "height": 90, "fps_from": 1, "fps_to": 30}
        small |= {"key_interval_most_ms": 9000, "kbps_from": 1, "kbps_to": 9000}
        document = config_document(days=[DAY], recipient=lost.day_key.recipient, cameras=[{**GATE, "approved": small}])
        configuration.keep(lost.home, document)
    fetch(lost)
    assert fetched(lost) == []
    assert due_again(lost)


def test_of_a_device_with_several_pictures_only_the_recorded_one_is_taken(
    lost: Disk, card: Card, camera: OnvifCamera, frames: list[Frame]
) -> None:
    with playing(Card(frames=frames, taken_us=card.taken_us[: len(frames)], login=LOGIN)) as other:
        camera.cards, camera.sources = [other, card], ["v1", "v0"]
        fetch(lost)
        assert is_filled(fetched(lost))
        assert not other.asked
        camera.sources = ["v1", "v2"]
        missed(lost, GapCause.STREAM_ENDED)
        asked = len(card.asked)
        fetch(lost)
        assert len(card.asked) == asked, "of two that are not said to be its own, none"


def test_a_silent_end_is_taken_for_one_where_the_span_was_over(lost: Disk, card: Card) -> None:
    card.fault = "silent"
    fetch(lost)
    assert is_filled(fetched(lost))
    assert not due_again(lost)


@pytest.mark.parametrize(("fault", "is_over"), [("goodbye", True), ("", True), ("silent", False)])
def test_a_card_that_ends_within_the_gap_is_read_again_only_where_it_did_not_say_so(
    lost: Disk, card: Card, *, fault: str, is_over: bool
) -> None:
    card.fault, half = fault, len(card.taken_us) // 2
    card.frames, card.taken_us = card.frames[:half], card.taken_us[:half]
    fetch(lost)
    assert fetched(lost)
    assert due_again(lost) is not is_over


def test_a_process_that_is_killed_has_lost_and_doubled_nothing(lost: Disk, card: Card) -> None:
    script = (
        "import sys; from pathlib import Path; from workers.edge.card.fetching import Fetcher; "
        "from workers.edge.home import Home; "
        "Fetcher(Home(Path(sys.argv[1])), lambda: False, most_bytes_per_second=9_000).run()"
    )
    folder = lost.home.spool / str(CAMERA) / "card"
    with subprocess.Popen([sys.executable, "-c", script, lost.home.folder], env=bare_environment()) as process:  # noqa: S603
        eventually(lambda: fetched(lost) and any(folder.glob("*.end1")), seconds=60, what="it is at it")
        process.send_signal(signal.SIGKILL)
    first = fetched(lost)
    assert first
    assert due_again(lost)
    fetch(lost)
    lines = fetched(lost)
    assert lines[: len(first)] == first
    assert is_filled(lines, seams=1)
    assert len(plays(card)) == 2


def test_pictures_that_came_are_a_tenth_of_a_second_apart(lost: Disk) -> None:
    fetch(lost)
    assert all(abs(line.media_ms * 1000 - line.packets * STEP_US) < 2 * STEP_US for line in fetched(lost))
