"""The page that the box shows beside itself."""

import http.client
import socket
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import date, timedelta
from uuid import uuid4

import pytest

from infra.causes import GapCause
from infra.clock import TAIPEI, civil_day, now
from infra.manifest import microseconds
from infra.stack.processes import free_port
from tests.workers.edge.conftest import Box, eventually
from tests.workers.edge.disks import CAMERA, GATE, Disk, config_document, enrol
from workers.edge import __main__ as command_line
from workers.edge.clocks.readings import SERVER, Reading, Readings, moment
from workers.edge.commands import showing
from workers.edge.home import Home
from workers.edge.ledger import CONTACT, Entry, Ledger
from workers.edge.local_page import facts, pages, settings
from workers.edge.local_page import server as serving
from workers.edge.local_page.access import SESSION_SECONDS, TRIES_PER_ADDRESS, Answer, Door
from workers.edge.local_page.addresses import own_addresses
from workers.edge.local_page.server import Page
from workers.edge.locks import is_held
from workers.edge.standing import REVOKED_SINCE
from workers.edge.words import moment_words


def known(disk: Disk) -> Ledger:
    """A box with one camera of a name that is no HTML, and keys for two weeks."""
    today = now()
    days = [civil_day(today) + timedelta(days=number) for number in range(-1, 15)]
    cameras = [{**GATE, "name": "<b>大門</b>"}]
    enrol(disk.home, config_document(days=days, cameras=cameras, tenant_name="守園幼兒園", site_name="本園"))
    ledger = Ledger(disk.home.ledger)
    Readings(ledger).keep(SERVER, Reading(moment(), microseconds(today) + 10_000, 1_000))
    ledger.keep_fact(CONTACT, microseconds(today))
    return ledger


@contextmanager
def served(disk: Disk, *, guarded: bool = False) -> Iterator[tuple[Page, str]]:
    """The page on a free port, and its code."""
    code = settings.open_to_network(disk.home, port=0) if guarded else ""
    server = Page(disk.home, replace(settings.load(disk.home), port=0))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield server, code
    server.shutdown()
    server.server_close()


def page(disk: Disk, monkeypatch: pytest.MonkeyPatch, *typed: str) -> int:
    """The command, as the installer types it."""
    monkeypatch.setattr(sys, "argv", ["shouyuan-edge", "page", *typed, "--home", str(disk.home.folder)])
    return command_line.main()


def ask(
    server: Page, path: str, *, method: str = "GET", body: str = "", **headers: str
) -> tuple[http.client.HTTPResponse, str]:
    line = http.client.HTTPConnection("127.0.0.1", server.server_port, timeout=10)
    line.request(method, path, body=body or None, headers=headers)
    answer = line.getresponse()
    return answer, answer.read().decode()


@pytest.mark.req("DR-30")
def test_green_and_red_are_said_in_words_with_since_when(disk: Disk) -> None:
    ledger, at = known(disk), now()
    red = facts.take(disk.home, at)
    assert (red.cameras[0].good, "從未錄到" in red.cameras[0].words) == (False, True)
    ledger.enter(Entry(uuid4(), CAMERA, date(2026, 11, 20), microseconds(at) - 60_000_000, microseconds(at)))
    green = facts.take(disk.home, at)
    assert (green.cameras[0].good, "錄影中" in green.cameras[0].words) == (True, True)
    assert f"最後錄到 {moment_words(at)}" in green.cameras[0].words
    ledger.fail(CAMERA, GapCause.CAMERA_REFUSED, at_us=microseconds(at))
    assert "帳號" in facts.take(disk.home, at).cameras[0].words
    assert {one.title for one in green.box} >= {"平台連線", "待上傳", "磁碟空間", "加密金鑰", "主機時間"}
    ledger.close()


@pytest.mark.req("DR-06", "DR-34")
def test_a_withdrawn_box_says_so_and_one_without_contact_says_that_it_records(disk: Disk) -> None:
    ledger = known(disk)
    ledger.keep_fact(REVOKED_SINCE, 1)
    ledger.keep_fact(CONTACT, 1)
    words = "".join(one.words for one in facts.take(disk.home, now()).box if one.good is False)
    assert "已被學校停用" in words
    assert "錄影不受影響" in words
    ledger.close()


def test_the_page_needs_no_script_loads_nothing_from_elsewhere_and_escapes_names(disk: Disk) -> None:
    known(disk).close()
    with served(disk) as (server, _code):
        answer, text = ask(server, "/")
        assert answer.status == 200
        assert "default-src 'none'" in (answer.headers["Content-Security-Policy"] or "")
        assert answer.headers["Cache-Control"] == "no-store"
        assert "<script" not in text
        assert "http://" not in text
        assert "&lt;b&gt;大門" in text
        assert 'http-equiv="refresh"' in text
        assert ask(server, "/page.css")[0].headers["Content-Type"].startswith("text/css")
        assert "驗收表" in ask(server, "/sheet")[1]
        assert ask(server, "/../identity.json")[0].status == 404


def test_whoever_reads_slowly_may_stop_the_page_from_loading_itself_anew(disk: Disk) -> None:
    known(disk).close()
    with served(disk) as (server, _code):
        assert '<a href="/?still">停止自動更新</a>' in ask(server, "/")[1]
        _answer, still = ask(server, "/?still")
        assert 'http-equiv="refresh"' not in still
        assert '<a href="/">恢復自動更新</a>' in still
        answer, text = ask(server, "/favicon.ico")
        assert (answer.status, text) == (204, "")


def test_dates_on_the_sheet_name_their_era_and_each_cell_says_what_it_is(disk: Disk) -> None:
    known(disk).close()
    with served(disk) as (server, _code):
        text = ask(server, "/sheet")[1]
        assert '<td data-label="名稱">&lt;b&gt;大門' in text
        assert f"民國{now().astimezone(TAIPEI).year - 1911}年" in text


def test_on_this_machine_alone_it_answers_to_no_foreign_name(disk: Disk) -> None:
    known(disk).close()
    with served(disk) as (server, _code):
        assert server.server_address[0] == "127.0.0.1"
        assert ask(server, "/", Host="evil.example")[0].status == 404


@pytest.mark.req("DR-22")
def test_from_the_network_nothing_is_shown_without_the_code(disk: Disk) -> None:
    known(disk).close()
    with served(disk, guarded=True) as (server, code):
        assert code.replace("-", "") not in settings.path(disk.home).read_text(encoding="utf-8")
        for path in ("/", "/sheet"):
            answer, text = ask(server, path)
            assert (answer.status, answer.headers["Location"], text) == (303, "/code", "")
        assert ask(server, "/code", method="POST", body="code=WRONG")[0].status == 403
        right, _text = ask(server, "/code", method="POST", body=f"code={code.lower()}")
        cookie = right.headers["Set-Cookie"] or ""
        assert "HttpOnly; SameSite=Strict" in cookie
        assert ask(server, "/", Cookie=cookie.split(";", maxsplit=1)[0])[0].status == 200
        assert ask(server, "/", Cookie="shouyuan_edge=made-up")[0].status == 303
        assert ask(server, "/code", method="POST", body="code=" + "A" * 2000)[0].status == 400


def test_codes_are_tried_a_few_times_only_and_a_session_ends(disk: Disk) -> None:
    at = [0.0]
    code = settings.open_to_network(disk.home, port=1)
    door = Door(settings.load(disk.home), clock=lambda: at[0])
    for _try in range(TRIES_PER_ADDRESS):
        assert door.knock("WRONG", address="10.0.0.9")[0] is Answer.WRONG
    assert door.knock(code, address="10.0.0.9")[0] is Answer.TOO_MANY
    answer, session = door.knock(code, address="10.0.0.8")
    assert (answer, door.admits(session), door.admits("")) == (Answer.OPENED, True, False)
    at[0] = SESSION_SECONDS + 1.0
    assert not door.admits(session)
    assert door.knock(code, address="10.0.0.9")[0] is Answer.OPENED


def test_a_new_code_and_closing_shut_out_who_had_the_old_one(disk: Disk) -> None:
    old = settings.open_to_network(disk.home, port=1)
    new = settings.open_to_network(disk.home, port=1)
    held = settings.load(disk.home)
    assert (held.opens(old), held.opens(new)) == (False, True)
    settings.close_to_network(disk.home, port=1)
    held = settings.load(disk.home)
    assert (held.opens(new), held.opens(""), held.address) == (False, False, "127.0.0.1")


def test_the_command_prints_the_code_once(box: Box) -> None:
    opened = box.command("page", "--lan", "--port", "8741")
    code = opened.stdout.split("查看碼：")[1].split("（")[0]
    assert settings.load(box.home).opens(code)
    assert code not in box.command("page").stdout
    assert "http://127.0.0.1:8741/ 也要輸入查看碼" in opened.stdout
    for address in own_addresses():
        assert f"http://{address}:8741/" in opened.stdout
    assert "只有這台主機" in box.command("page", "--loopback").stdout


@pytest.mark.parametrize("typed", ["99999", "80", "0", "-1", "8741x", "١"])
def test_a_port_that_the_page_cannot_have_is_refused_and_not_kept(
    disk: Disk, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], typed: str
) -> None:
    enrol(disk.home)
    with pytest.raises(SystemExit):
        page(disk, monkeypatch, "--loopback", f"--port={typed}")
    said = capsys.readouterr().err
    assert ("1024 到 65535" in said, "其他程式" in said) == (True, False)
    assert not settings.path(disk.home).exists()


def test_a_port_alone_moves_the_page_and_whoever_had_the_code_keeps_it(
    disk: Disk, monkeypatch: pytest.MonkeyPatch
) -> None:
    enrol(disk.home)
    code = settings.open_to_network(disk.home, port=settings.PORT)
    assert page(disk, monkeypatch, "--port", "8741") == 0
    held = settings.load(disk.home)
    assert (held.port, held.opens(code)) == (8741, True)
    assert page(disk, monkeypatch, "--loopback") == 0
    assert settings.load(disk.home).port == 8741, "closing it does not move it"


def test_who_finds_another_program_at_the_port_is_given_the_whole_command(
    disk: Disk, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    enrol(disk.home)
    monkeypatch.setattr(showing, "is_held", lambda _path: True)
    monkeypatch.setattr(showing, "_WAIT_SECONDS", 0)
    for port, free in ((8741, 8742), (65535, 8740)):
        assert page(disk, monkeypatch, "--port", str(port)) == 1
        assert f"sudo shouyuan-edge page --port {free}" in capsys.readouterr().err


def test_a_port_that_an_older_command_kept_is_not_tried(disk: Disk) -> None:
    settings.close_to_network(disk.home, port=99999)
    assert settings.load(disk.home).port == settings.PORT


@pytest.mark.parametrize("fault", [OSError("no"), PermissionError("no"), OverflowError("bind(): port must be 0-65535")])
def test_no_port_that_cannot_be_had_ends_what_else_the_box_does(
    disk: Disk, monkeypatch: pytest.MonkeyPatch, fault: Exception
) -> None:
    tried: list[int] = []

    def refuse(_home: Home, held: settings.PageSettings) -> None:
        tried.append(held.port)
        raise fault

    monkeypatch.setattr(serving, "Page", refuse)
    monkeypatch.setattr(serving, "_rest", lambda *_: None)
    monkeypatch.setattr("os.nice", lambda _by: 0)
    serving.show(disk.home, lambda: len(tried) == 3)
    assert len(tried) == 3


def test_the_command_says_when_nobody_or_another_program_is_at_the_address(box: Box) -> None:
    assert "錄影程式沒有在執行" in box.command("page").stdout
    box.command("check")
    said = box.command("status").stdout
    assert "錄影程式沒有在執行" in said
    assert "sudo shouyuan-edge camera add" in said, "no camera has an address"
    box.start()
    eventually(lambda: is_held(box.home.lock), seconds=30, what="it records")
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        taken = box.command("page", "--loopback", "--port", str(other.getsockname()[1]))
    assert (taken.returncode, "其他程式" in taken.stderr) == (1, True)
    free = box.command("page", "--loopback", "--port", str(free_port()))
    assert (free.returncode, free.stderr) == (0, "")


def test_a_box_that_knows_nothing_yet_has_a_page_too(disk: Disk) -> None:
    enrol(disk.home)
    assert "尚未取得平台的設定" in pages.status(facts.take(disk.home, now()))
