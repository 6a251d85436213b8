"""What `check` and `camera add` say of cameras that send, and should not be left as they are."""

import sys
from collections.abc import Callable
from dataclasses import replace
from uuid import UUID

import pytest

from infra.causes import GapCause
from tests.workers.edge.disks import CAMERA, GATE, Disk, config_document, enrol
from tests.workers.edge.test_doctor import GOOD
from workers.edge import __main__ as command_line
from workers.edge import alike, configuration
from workers.edge.commands import cameras, differing, finding, recording
from workers.edge.configuration import CameraRules
from workers.edge.doctor.cameras import Stream
from workers.edge.home import Home
from workers.edge.words import advice

ROOM = UUID(int=10)
TWO = [GATE, {**GATE, "id": str(ROOM), "code": "C-ROOM2", "name": "兔兔班"}]

Command = Callable[..., int]


@pytest.fixture
def command(disk: Disk, monkeypatch: pytest.MonkeyPatch) -> Command:
    """The command line of a box with two cameras, which all send."""

    def newest(home: Home) -> configuration.Config:
        return configuration.keep(home, config_document(cameras=TWO))

    def run(*typed: str) -> int:
        monkeypatch.setattr(sys, "argv", ["shouyuan-edge", *typed, "--home", str(disk.home.folder)])
        return command_line.main()

    enrol(disk.home)
    for module in (cameras, recording):
        monkeypatch.setattr(module, "newest_config", newest)
    monkeypatch.setattr(finding, "try_once", lambda _address: None)
    monkeypatch.setattr(differing, "measured", lambda *_: None)
    sending(monkeypatch, GOOD)
    return run


def sending(monkeypatch: pytest.MonkeyPatch, stream: Stream | GapCause) -> None:
    """Let every camera send this."""
    monkeypatch.setattr(recording, "every", lambda all_, _home: [(one, stream) for one in all_])


def test_a_check_judges_a_stream_as_the_examination_does(
    command: Command, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert command("check") == 0
    assert "C-GATE\t大門\t正常" in capsys.readouterr().out
    for stream, words in (
        (replace(GOOD, frames_per_second=4.0), "每秒張數太少"),
        (replace(GOOD, key_interval_ms=12_000), "關鍵畫面太少"),
        (GapCause.CAMERA_REFUSED, advice(GapCause.CAMERA_REFUSED, "C-GATE")),
    ):
        sending(monkeypatch, stream)
        assert command("check") == 1
        said = capsys.readouterr().out
        assert (words in said, "大門\t正常" in said) == (True, False)


def test_two_cameras_of_one_address_are_told_when_it_is_set_and_at_each_check(
    disk: Disk, command: Command, capsys: pytest.CaptureFixture[str]
) -> None:
    words = "C-ROOM2 與 C-GATE 的位址相同，請確認。"
    assert command("camera", "add", "C-GATE", "--url", "rtsp://admin:one@10.0.0.9:554/Ch1") == 0
    assert words not in capsys.readouterr().out
    assert command("camera", "add", "C-ROOM2", "--url", "rtsp://user:two@10.0.0.9/Ch1") == 0
    assert words in capsys.readouterr().out
    assert command("check") == 1
    assert words in capsys.readouterr().out
    disk.home.keep_address(ROOM, "rtsp://10.0.0.9/Ch2")
    assert command("check") == 0


@pytest.mark.parametrize(("first", "second"), [("clip:/a", "clip:/a"), ("rtsp://a/1", "rtsp://a/2"), ("", "")])
def test_cameras_without_an_address_with_others_or_with_a_clip_are_not_told_of(
    disk: Disk, first: str, second: str
) -> None:
    rules = {one: CameraRules(one, f"C-{one.int}", "", audio=False) for one in (CAMERA, ROOM)}
    for camera_id, address in ((CAMERA, first), (ROOM, second)):
        if address:
            disk.home.keep_address(camera_id, address)
    assert alike.warnings(disk.home, rules) == []
