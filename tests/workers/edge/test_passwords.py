"""Passwords of cameras on the box: written once, sealed, and never told to anybody again."""

import json
from pathlib import Path
from uuid import UUID

import psutil
import pytest

from infra.stack.cameras import RtspCameras
from tests.workers.edge.conftest import Box, Site, eventually
from tests.workers.edge.disks import CAMERA, Disk
from workers.edge.home import Home
from workers.edge.sealing import CREDENTIAL, CannotOpen, new_key

SECRET = "s3cret-of-a-camera"
ADDRESS = f'rtsp://admin:{SECRET}"w\n[x]@10.0.0.9/ch1'
SHOWN = "rtsp://10.0.0.9/ch1"
OTHER = UUID(int=10)


def readable(home: Home) -> list[Path]:
    """The files of a box in which the password can be read."""
    return [path for path in home.folder.rglob("*") if path.is_file() and SECRET.encode() in path.read_bytes()]


def write_as_an_older_box_did(home: Home, addresses: dict[UUID, str]) -> None:
    entries = [f"[{one}]\nurl = {json.dumps(address)}\n" for one, address in addresses.items()]
    home.cameras.write_text("\n".join(entries), encoding="utf-8")


def test_a_password_is_sealed_apart_from_the_address_and_its_key(disk: Disk) -> None:
    disk.home.keep_address(CAMERA, ADDRESS)
    disk.home.keep_address(OTHER, "rtsp://b")
    assert disk.home.addresses() == {CAMERA: SHOWN, OTHER: "rtsp://b"}
    assert (disk.home.stream_of(CAMERA), disk.home.stream_of(OTHER)) == (ADDRESS, "rtsp://b")
    assert (disk.home.has_password(CAMERA), disk.home.has_password(OTHER)) == (True, False)
    assert readable(disk.home) == []
    for name in ("cameras.toml", "cameras.sealed", "box.key"):
        assert (disk.home.folder / name).stat().st_mode & 0o077 == 0, name


def test_a_password_is_never_sent_to_an_address_that_somebody_wrote_into_the_file(disk: Disk) -> None:
    disk.home.keep_address(CAMERA, ADDRESS)
    disk.home.cameras.write_text(f'[{CAMERA}]\nurl = "rtsp://10.6.6.6/ch1"\n', encoding="utf-8")
    assert disk.home.stream_of(CAMERA) == "rtsp://10.6.6.6/ch1"


def test_a_new_address_takes_the_old_password_away(disk: Disk) -> None:
    disk.home.keep_address(CAMERA, ADDRESS)
    disk.home.keep_address(CAMERA, SHOWN)
    assert (disk.home.stream_of(CAMERA), disk.home.has_password(CAMERA)) == (SHOWN, False)


def test_an_older_box_s_file_is_sealed_once_and_its_streams_stay_the_same(disk: Disk) -> None:
    write_as_an_older_box_did(disk.home, {CAMERA: ADDRESS, OTHER: "rtsp://b"})
    assert disk.home.stream_of(CAMERA) == ADDRESS, "also before"
    assert disk.home.seal_passwords() == 1
    assert (disk.home.stream_of(CAMERA), disk.home.stream_of(OTHER)) == (ADDRESS, "rtsp://b")
    assert readable(disk.home) == []
    assert disk.home.seal_passwords() == 0


def test_sealing_that_was_cut_off_halfway_is_done_again(disk: Disk) -> None:
    disk.home.keep_address(CAMERA, ADDRESS)
    write_as_an_older_box_did(disk.home, {CAMERA: ADDRESS})
    assert disk.home.seal_passwords() == 1
    assert (disk.home.stream_of(CAMERA), readable(disk.home)) == (ADDRESS, [])


@pytest.mark.parametrize("fault", ["another key", "no key", "another camera's", "changed", "broken file"])
def test_what_cannot_be_opened_says_so_and_leaves_other_cameras_alone(disk: Disk, fault: str) -> None:
    disk.home.keep_address(CAMERA, ADDRESS)
    disk.home.keep_address(OTHER, "rtsp://b")
    key, sealed = disk.home.folder / "box.key", disk.home.folder / "cameras.sealed"
    document = json.loads(sealed.read_text(encoding="utf-8"))
    held = document["cameras"]
    match fault:
        case "another key":
            key.write_bytes(new_key())
        case "no key":
            key.unlink()
        case "another camera's":
            disk.home.cameras.write_text(f'[{OTHER}]\nurl = "{SHOWN}"\n', encoding="utf-8")
            held[str(OTHER)] = held[str(CAMERA)]
        case "changed":
            held[str(CAMERA)] = held[str(CAMERA)][:-8] + "AAAAAAA="
        case _:
            document = {}
    sealed.write_text(json.dumps(document), encoding="utf-8")
    with pytest.raises(CannotOpen, match=r"box\.key"):
        disk.home.stream_of(OTHER if fault == "another camera's" else CAMERA)
    untouched = {CAMERA: SHOWN, OTHER: "rtsp://b"}
    assert disk.home.addresses() == ({OTHER: SHOWN} if fault == "another camera's" else untouched)
    if fault in {"another key", "no key", "changed"}:
        assert disk.home.stream_of(OTHER) == "rtsp://b"


def test_a_key_of_systemd_is_used_and_none_is_written_beside_the_passwords(
    disk: Disk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    credentials = tmp_path / "credentials"
    credentials.mkdir()
    (credentials / CREDENTIAL).write_bytes(new_key())
    monkeypatch.setenv("CREDENTIALS_DIRECTORY", str(credentials))
    disk.home.keep_address(CAMERA, ADDRESS)
    assert disk.home.stream_of(CAMERA) == ADDRESS
    assert not (disk.home.folder / "box.key").exists()
    monkeypatch.delenv("CREDENTIALS_DIRECTORY")
    with pytest.raises(CannotOpen):
        disk.home.stream_of(CAMERA)


@pytest.mark.req("KH-5-1a")
def test_a_box_that_records_tells_nobody_a_password(box: Box, site: Site, cameras: RtspCameras) -> None:
    """An older box's file: one camera records and goes on, one refuses, one is no camera."""
    port = cameras.port
    ids = site.of.cameras
    addresses = {ids["C-GATE"]: f"rtsp://admin:{SECRET}@127.0.0.1:{port}/cam0"}
    addresses |= {
        next(one for code, one in ids.items() if code != "C-GATE"): f"rtsp://a:{SECRET}@127.0.0.1:{port}/none"
    }
    write_as_an_older_box_did(box.home, addresses)
    box.start()
    assert box.running is not None
    eventually(lambda: len(site.segments("C-GATE")) >= 2, seconds=30, what="the camera records")
    processes = psutil.Process(box.running.pid).children(recursive=True)
    told = [" ".join(one.cmdline()) + str(one.environ()) for one in processes]
    said = [box.command(*command) for command in (["camera", "list"], ["check"], ["status"])]
    box.stop()
    told += [done.stdout + done.stderr for done in said] + [box.log.read_text(encoding="utf-8")]
    assert len(processes) >= 3
    assert [text for text in told if SECRET in text] == []
    assert readable(box.home) == []
    assert "密碼已設定" in said[0].stdout
    assert "stream failed" in box.log.read_text(encoding="utf-8"), "the one that refuses left a line"


def test_user_and_password_are_asked_for_and_not_shown(box: Box) -> None:
    done = box.command("camera", "add", "C-GATE", typed=f"{SHOWN}\nadmin\n{SECRET}\n")
    assert done.returncode == 0, done.stderr
    assert SECRET not in done.stdout + done.stderr
    assert box.home.stream_of(box.site.of.cameras["C-GATE"]) == f"rtsp://admin:{SECRET}@10.0.0.9/ch1"
    assert readable(box.home) == []
