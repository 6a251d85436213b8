"""Who enrols a box and does not reach the platform is told what stands in between, and what to do about it."""

import sys
import threading
from collections.abc import Iterator, Mapping
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, NoReturn

import pytest

from infra.stack.processes import free_port
from tests.workers.edge.disks import Disk
from workers.edge import __main__ as command_line
from workers.edge import api


class Elsewhere(BaseHTTPRequestHandler):
    """A server that is no platform."""

    answer: tuple[int, bytes] = (404, b"<html>")

    def do_POST(self) -> None:
        """Answer the same to everything."""
        self.send_response(self.answer[0])
        self.send_header("Content-Length", str(len(self.answer[1])))
        self.end_headers()
        self.wfile.write(self.answer[1])

    def log_message(self, format: str, *arguments: object) -> None:  # noqa: A002 - the library's name
        """Say nothing."""


@pytest.fixture
def port() -> Iterator[int]:
    """Where it listens."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), Elsewhere)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield server.server_port
    server.shutdown()
    server.server_close()


def said(disk: Disk, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], server: str) -> str:
    typed = ["enrol", "--server", server, "--token", "ABCD", "--home", str(disk.home.folder)]
    monkeypatch.setattr(sys, "argv", ["shouyuan-edge", *typed])
    assert command_line.main() == 1
    assert not disk.home.is_enrolled()
    return capsys.readouterr().err


@pytest.mark.parametrize("answer", [(404, b"<html>"), (200, b"<html>please log in"), (200, b"{}")])
def test_another_site_is_told_from_a_platform_that_is_away(
    disk: Disk,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    port: int,
    answer: tuple[int, bytes],
) -> None:
    monkeypatch.setattr(Elsewhere, "answer", answer)
    assert "不是守園平台" in said(disk, monkeypatch, capsys, f"http://127.0.0.1:{port}")
    monkeypatch.setattr(Elsewhere, "answer", (502, b"<html>"))
    assert "連不到平台" in said(disk, monkeypatch, capsys, f"http://127.0.0.1:{port}")
    assert "連不到平台" in said(disk, monkeypatch, capsys, f"http://127.0.0.1:{free_port()}")


def test_a_connection_that_cannot_be_trusted_says_to_look_at_the_clock_and_the_firewall(
    disk: Disk, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], port: int
) -> None:
    words = said(disk, monkeypatch, capsys, f"https://127.0.0.1:{port}")
    assert ("timedatectl" in words, "防火牆" in words) == (True, True)


@pytest.mark.parametrize(
    ("server", "sealed"),
    [
        ("https://platform.example", True),
        ("https://10.0.0.9:8443", True),
        ("http://127.0.0.1:8000", True),
        ("http://localhost:8000", True),
        ("http://[::1]:8000", True),
        ("http://10.0.0.9:8000", False),
        ("http://127.0.0.1.example", False),
        ("https:///x", False),
        ("https://[x", False),
    ],
)
def test_a_code_is_sent_in_the_clear_only_within_this_machine(
    disk: Disk, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], server: str, *, sealed: bool
) -> None:
    asked: list[str] = []

    def away(asked_server: str, _document: Mapping[str, Any]) -> NoReturn:
        asked.append(asked_server)
        raise api.Unavailable("nobody")

    monkeypatch.setattr(api, "enrol", away)
    words = said(disk, monkeypatch, capsys, server)
    assert (asked, "請從 https:// 開始寫" in words) == ([server] if sealed else [], not sealed)
