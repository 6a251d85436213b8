"""A box that was enrolled with another school's code, or was withdrawn, becomes another one, and nothing is deleted."""

import fcntl
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest

from tests.workers.edge.disks import CAMERA, IDENTITY, Disk, enrol, keep
from workers.edge import __main__ as command_line
from workers.edge import api
from workers.edge.api import Refused
from workers.edge.home import Home

OTHERS = {"device_id": UUID(int=11), "tenant_id": UUID(int=12), "site_id": UUID(int=13)}


def again(disk: Disk, monkeypatch: pytest.MonkeyPatch, *more: str) -> int:
    typed = ["enrol", "--server", "https://platform.example", "--token", "ABCD", *more]
    monkeypatch.setattr(sys, "argv", ["shouyuan-edge", *typed, "--home", str(disk.home.folder)])
    return command_line.main()


@pytest.fixture
def enrolled(disk: Disk, monkeypatch: pytest.MonkeyPatch) -> Disk:
    """A box with a camera and a minute of footage, and a server that takes every code."""

    def answer(_server: str, _document: Mapping[str, Any]) -> dict[str, Any]:
        return {**{name: str(value) for name, value in OTHERS.items()}, "tenant_name": "晨光", "site_name": "本園"}

    monkeypatch.setattr(api, "enrol", answer)
    enrol(disk.home)
    disk.home.keep_address(CAMERA, "rtsp://admin:secret@10.0.0.9/1")
    disk.home.settings.write_text("", encoding="utf-8")
    (disk.home.folder / "lost+found").mkdir()  # of a disk that is mounted there, and not the recorder's
    spool, ledger = disk.spool()
    keep(spool, disk.rules)
    ledger.close()
    return disk


def files(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def test_who_enrols_again_is_told_the_whole_way_and_nothing_changes(
    enrolled: Disk, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    before = files(enrolled.home.folder)
    assert again(enrolled, monkeypatch) == 1
    said = capsys.readouterr().err
    assert ("sudo systemctl stop shouyuan-edge" in said, "--again" in said, "不會刪除" in said) == (True, True, True)
    assert files(enrolled.home.folder) == before


def test_the_old_box_is_put_aside_whole_and_the_new_one_begins_empty(
    enrolled: Disk, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    home, before = enrolled.home, files(enrolled.home.folder)
    assert again(enrolled, monkeypatch, "--again") == 0
    (former,) = home.folder.glob("former-*")
    after = files(home.folder)
    stayed = {"box.toml", "lock"}
    assert {name: data for name, data in before.items() if name not in stayed} == files(former)
    assert "box.toml" in after
    assert (home.identity().device_id, home.addresses()) == (OTHERS["device_id"], {})
    assert (Home(former).identity(), Home(former).stream_of(CAMERA)) == (IDENTITY, "rtsp://admin:secret@10.0.0.9/1")
    home.check_spool()
    Home(former).check_spool()
    assert not (home.folder / "enrolling").exists()
    assert (home.folder / "lost+found").is_dir()
    assert str(former) in capsys.readouterr().out
    assert again(enrolled, monkeypatch, "--again") == 0
    assert len(list(home.folder.glob("former-*"))) == 2


def test_a_code_that_is_refused_leaves_the_old_box_as_it_is(enrolled: Disk, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(_server: str, _document: Mapping[str, Any]) -> dict[str, Any]:
        raise Refused(403, "used", "註冊碼已經使用過。")

    monkeypatch.setattr(api, "enrol", refuse)
    before = files(enrolled.home.folder)
    assert again(enrolled, monkeypatch, "--again") == 1
    after = files(enrolled.home.folder)
    assert {name: after[name] for name in before} == before
    assert enrolled.home.identity() == IDENTITY


@pytest.mark.parametrize("hindrance", ["recorder", "mount"])
def test_nothing_is_put_aside_while_it_records_or_where_it_cannot_be(
    enrolled: Disk, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], hindrance: str
) -> None:
    with enrolled.home.lock.open("w") as lock:
        if hindrance == "recorder":
            fcntl.flock(lock, fcntl.LOCK_EX)
        else:
            monkeypatch.setattr(Path, "is_mount", lambda _path: True)
        assert again(enrolled, monkeypatch, "--again") == 1
    said = capsys.readouterr().err
    assert {"recorder": "sudo systemctl stop shouyuan-edge", "mount": "掛載"}[hindrance] in said
    assert enrolled.home.identity() == IDENTITY
    assert not list(enrolled.home.folder.glob("former-*"))


def test_who_may_not_use_the_folder_is_told_to_type_the_same_command_with_sudo(
    disk: Disk, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def refuse(_home: Home) -> bool:
        raise PermissionError

    monkeypatch.setattr(Home, "is_enrolled", refuse)
    assert again(disk, monkeypatch) == 1
    said = capsys.readouterr().err
    assert ("sudo shouyuan-edge enrol" in said, "doctor" in said, "ABCD" in said) == (True, False, False)
