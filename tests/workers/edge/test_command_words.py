"""What somebody reads who types a command wrongly, or stops in the middle of one: a sentence, and never a traceback."""

import re
import subprocess
import sys

import pytest

from infra.causes import GapCause
from infra.streams import StreamFault
from tests.workers.edge.disks import CAMERA, Disk, config_document, enrol
from workers.edge import __main__ as command_line
from workers.edge import configuration
from workers.edge.commands import cameras, finding
from workers.edge.home import Home
from workers.edge.words import ADVICE

COMMANDS = ("", "enrol", "camera", "camera add", "camera find", "camera mask", "camera list", "check", "status", "run")
MORE = ("doctor", "page", "sheet", "picture", "picture accept", "undated", "undated list", "undated date")
# Commands that the help names.
TYPED = ("systemctl start shouyuan-edge",)
LATIN_SENTENCE = re.compile(r"[a-z]{3,} [a-z]{2,} [a-z]{2,}")


def run(disk: Disk, monkeypatch: pytest.MonkeyPatch, typed: str) -> int:
    monkeypatch.setattr(sys, "argv", ["shouyuan-edge", *typed.split(), "--home", str(disk.home.folder)])
    return command_line.main()


@pytest.fixture
def known(disk: Disk, monkeypatch: pytest.MonkeyPatch) -> Disk:
    """A box that knows its camera."""

    def newest(home: Home) -> configuration.Config:
        return configuration.keep(home, config_document())

    monkeypatch.setattr(cameras, "newest_config", newest)
    return disk


@pytest.mark.parametrize("command", [*COMMANDS, *MORE])
def test_the_help_of_every_command_is_in_the_installers_language(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], command: str
) -> None:
    monkeypatch.setattr(sys, "argv", ["shouyuan-edge", *command.split(), "--help"])
    with pytest.raises(SystemExit) as ended:
        command_line.main()
    usage, said = capsys.readouterr().out.split("\n\n", 1)
    assert (ended.value.code, usage.startswith("用法："), usage.count("用法：")) == (0, True, 1)
    for typed in TYPED:
        said = said.replace(typed, "")
    assert not re.search(r"options|positional|usage", said)
    assert not LATIN_SENTENCE.search(said), said


def test_who_types_half_a_command_is_told_where_the_rest_is_explained(
    disk: Disk, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as ended:
        run(disk, monkeypatch, "enrol")
    said = capsys.readouterr().err
    assert (ended.value.code, "指令不完整" in said, "shouyuan-edge enrol --help" in said) == (2, True, True)


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ("enrol", "缺少 --server, --token"),
        ("status now", "不認得 now"),
        ("page --port", "--port 後面缺少內容"),
        ("page --port x", "連接埠請用 1024 到 65535"),
        ("stauts", "指令沒有 'stauts'，可用的有 'enrol'"),
        ("page --lan --loopback", "不能同時使用"),
    ],
)
def test_what_was_mistyped_is_said_in_the_installers_language(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], typed: str, words: str
) -> None:
    monkeypatch.setattr(sys, "argv", ["shouyuan-edge", *typed.split()])
    with pytest.raises(SystemExit):
        command_line.main()
    assert words in capsys.readouterr().err


@pytest.mark.parametrize(
    "server", ["platform.example", "ftp://platform.example", "platform.example/", "http://platform.example"]
)
def test_a_platform_without_https_is_refused_with_how_to_write_it_and_nothing_is_made(
    disk: Disk, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], server: str
) -> None:
    assert run(disk, monkeypatch, f"enrol --server {server} --token ABCD") == 1
    assert "https://platform.example" in capsys.readouterr().err
    assert not (disk.home.folder / "device.key").exists()


@pytest.mark.parametrize("address", ["http://192.0.2.3/video", "192.0.2.3:554//stream?x=://", "rtmp://192.0.2.3/live"])
def test_what_is_no_stream_is_refused_at_once_and_not_kept(
    known: Disk, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], address: str
) -> None:
    assert run(known, monkeypatch, f"camera add C-GATE --url {address}") == 1
    assert capsys.readouterr().err.strip() == ADVICE[GapCause.NOT_A_CAMERA]
    assert known.home.addresses() == {}


@pytest.mark.parametrize(
    "address",
    ["rtsp://admin:Cam@1234/x@127.0.0.1:8554/gate", "rtsp://admin:1234/x#Cam@127.0.0.1/", "admin:Cam@10.0.0.9"],
)
def test_a_password_that_cuts_its_address_in_two_is_refused_and_no_part_of_it_is_printed(
    known: Disk, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], address: str
) -> None:
    assert run(known, monkeypatch, f"camera add C-GATE --url {address}") == 1
    printed = "".join(capsys.readouterr())
    assert "帳號與密碼會另外詢問" in printed
    assert ("1234" in printed, "Cam" in printed) == (False, False)
    assert known.home.addresses() == {}


def answering(monkeypatch: pytest.MonkeyPatch, cause: GapCause | None) -> list[str]:
    """Cameras that all send, or all fail with this cause; which were tried."""
    tried: list[str] = []

    def answer(address: str) -> None:
        tried.append(address)
        if cause is not None:
            raise StreamFault(cause)

    monkeypatch.setattr(finding, "try_once", answer)
    return tried


def test_an_address_is_tried_once_before_it_is_kept(
    known: Disk, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    tried = answering(monkeypatch, None)
    assert run(known, monkeypatch, "camera add C-GATE --url rtsp://admin:secret@192.0.2.3/1") == 0
    assert tried == ["rtsp://admin:secret@192.0.2.3/1"]
    assert "注意" not in capsys.readouterr().out


@pytest.mark.parametrize("cause", [GapCause.CAMERA_REFUSED, GapCause.CAMERA_UNREACHABLE])
def test_a_working_camera_keeps_its_address_until_the_new_one_works_or_is_forced(
    known: Disk, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], cause: GapCause
) -> None:
    known.home.keep_address(CAMERA, "rtsp://admin:good@192.0.2.3/1")
    answering(monkeypatch, cause)
    assert run(known, monkeypatch, "camera add C-GATE --url rtsp://admin:secret@192.0.2.4/1") == 1
    said = capsys.readouterr().err
    assert (ADVICE[cause] in said, "沒有更改" in said, "--force" in said, "secret" in said) == (True, True, True, False)
    assert known.home.stream_of(CAMERA) == "rtsp://admin:good@192.0.2.3/1"
    assert run(known, monkeypatch, "camera add C-GATE --force --url rtsp://admin:secret@192.0.2.4/1") == 0
    assert known.home.stream_of(CAMERA) == "rtsp://admin:secret@192.0.2.4/1"


def test_a_first_address_is_kept_though_nobody_answers_there_yet_with_what_to_do(
    known: Disk, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    answering(monkeypatch, GapCause.CAMERA_UNREACHABLE)
    assert run(known, monkeypatch, "camera add C-GATE --url rtsp://admin:secret@192.0.2.3/1") == 0
    said = capsys.readouterr().out
    assert "sudo shouyuan-edge check" in said
    assert ADVICE[GapCause.CAMERA_UNREACHABLE] in said
    assert "secret" not in said
    assert known.home.has_password(CAMERA)


@pytest.mark.parametrize("stopped", [EOFError, KeyboardInterrupt])
def test_who_stops_in_the_middle_reads_that_it_was_cancelled(
    known: Disk, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], stopped: type[BaseException]
) -> None:
    def stop(_question: str) -> str:
        raise stopped

    monkeypatch.setattr("builtins.input", stop)
    assert run(known, monkeypatch, "camera add C-GATE") == 1
    assert capsys.readouterr().err.strip() == "已取消。"
    assert known.home.addresses() == {}


def test_every_cause_says_what_to_do_or_that_nothing_needs_to_be_done() -> None:
    for cause, words in ADVICE.items():
        assert re.search(r"請|不需處理|待", words), cause


def test_who_reads_only_the_first_line_ends_the_command_without_a_traceback(disk: Disk) -> None:
    enrol(disk.home, config_document())
    command = [sys.executable, "-m", "workers.edge", "status", "--home", str(disk.home.folder)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as listing:  # noqa: S603 - ours
        assert listing.stdout is not None
        assert listing.stderr is not None
        listing.stdout.close()
        assert b"BrokenPipeError" not in listing.stderr.read()
