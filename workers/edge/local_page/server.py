"""Shows the page: the standard library's server, a few connections at a time, each with a deadline."""

import os
import socket
import threading
import time
from collections.abc import Callable
from http import HTTPStatus
from http.cookies import CookieError, SimpleCookie
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import ClassVar
from urllib.parse import parse_qs

import structlog

from infra.clock import now
from workers.edge.home import Home
from workers.edge.local_page import facts, pages, settings
from workers.edge.local_page.access import SESSION_SECONDS, WINDOW_SECONDS, Answer, Door
from workers.edge.local_page.sheet import STYLES, sheet

log = structlog.get_logger(__name__)

COOKIE = "shouyuan_edge"
_MOST_BODY, _AT_ONCE, _REQUEST_SECONDS = 1000, 16, 10
_HTML, _CSS = "text/html; charset=utf-8", "text/css; charset=utf-8"
_HERE = frozenset({"localhost", "127.0.0.1"})
_HEADERS = {
    "Content-Security-Policy": "default-src 'none'; style-src 'self'; form-action 'self'; frame-ancestors 'none'; "
    "base-uri 'none'",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",
    "Cache-Control": "no-store",
}
_SENTENCES = {
    Answer.WRONG: (HTTPStatus.FORBIDDEN, "查看碼不正確。請確認後再輸入一次。"),
    Answer.TOO_MANY: (
        HTTPStatus.TOO_MANY_REQUESTS,
        f"試太多次了。請等 {WINDOW_SECONDS // 60} 分鐘，再輸入查看碼。",
    ),
}


class Page(ThreadingHTTPServer):
    """The server of one home. More connections at once than it takes are closed unanswered."""

    daemon_threads = True

    def __init__(self, home: Home, held: settings.PageSettings) -> None:
        """Raises `OSError` when the port is taken, and `OverflowError` where it is none."""
        self.home, self.door = home, Door(held)
        self._free = threading.BoundedSemaphore(_AT_ONCE)
        super().__init__((held.address, held.port), Handler)

    def process_request(self, request: socket.socket | tuple[bytes, socket.socket], client_address: object) -> None:
        """Answer in a thread of its own, while there is one."""
        if self._free.acquire(blocking=False):
            super().process_request(request, client_address)
        else:
            self.shutdown_request(request)

    def process_request_thread(
        self, request: socket.socket | tuple[bytes, socket.socket], client_address: object
    ) -> None:
        """One request, then the thread is free again."""
        try:
            super().process_request_thread(request, client_address)
        finally:
            self._free.release()


class Handler(BaseHTTPRequestHandler):
    """Pages to read, and a code to type."""

    server: Page
    timeout = _REQUEST_SECONDS
    server_version, sys_version = "shouyuan-edge", ""
    _open: ClassVar[frozenset[str]] = frozenset({"/page.css", "/code"})

    def do_GET(self) -> None:
        """Answer a page."""
        shown: dict[str, Callable[[], str]] = {
            "/": lambda: pages.status(facts.take(self.server.home, now())),
            "/?still": lambda: pages.status(facts.take(self.server.home, now()), still=True),
            "/sheet": lambda: sheet(self.server.home, now()),
            "/code": pages.door,
            "/page.css": lambda: STYLES.read_text(encoding="utf-8"),
        }
        if self.path == "/favicon.ico":  # asked for by every browser, and there is no picture on this box
            self._answer(HTTPStatus.NO_CONTENT, "")
        elif not self._is_for_us() or self.path not in shown:
            self._answer(HTTPStatus.NOT_FOUND, pages.page("找不到", "<p>沒有這一頁。</p>"))
        elif self.path not in self._open and not self.server.door.admits(self._session()):
            self._answer(HTTPStatus.SEE_OTHER, "", Location="/code")
        else:
            self._answer(HTTPStatus.OK, shown[self.path](), kind=_CSS if self.path == "/page.css" else _HTML)

    def do_POST(self) -> None:
        """Take a code."""
        length = self.headers.get("Content-Length", "")
        if not self._is_for_us() or self.path != "/code" or not length.isdigit() or int(length) > _MOST_BODY:
            self._answer(HTTPStatus.BAD_REQUEST, pages.page("無法處理", "<p>送出的內容不正確。</p>"))
            return
        typed = parse_qs(self.rfile.read(int(length)).decode(errors="replace")).get("code", [""])[0]
        answer, session = self.server.door.knock(typed, address=self.client_address[0])
        if answer is Answer.OPENED:
            cookie = f"{COOKIE}={session}; Path=/; HttpOnly; SameSite=Strict; Max-Age={SESSION_SECONDS}"
            self._answer(HTTPStatus.SEE_OTHER, "", Location="/", **{"Set-Cookie": cookie})
            return
        status, sentence = _SENTENCES[answer]
        self._answer(status, pages.door(sentence))

    def log_message(self, format: str, *arguments: object) -> None:  # noqa: A002 - the library's name
        """Nothing: who looked is nobody's affair, and the disk is for footage."""

    def _is_for_us(self) -> bool:
        """On this machine alone no foreign name is answered, so that no web page elsewhere can read it (rebinding)."""
        host = self.headers.get("Host", "").rsplit(":", 1)[0]
        return self.server.door.is_guarded or host in _HERE

    def _session(self) -> str:
        try:
            found = SimpleCookie(self.headers.get("Cookie", "")).get(COOKIE)
        except CookieError:
            return ""
        return found.value if found is not None else ""

    def _answer(self, status: HTTPStatus, text: str, *, kind: str = _HTML, **headers: str) -> None:
        body = text.encode()
        self.send_response(status)
        if status is not HTTPStatus.NO_CONTENT:
            headers |= {"Content-Type": kind, "Content-Length": str(len(body))}
        for name, value in {**_HEADERS, **headers}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)


def show(home: Home, stop: Callable[[], bool]) -> None:
    """Show the page until stopped, anew whenever its settings change: in a thread, behind whatever else the box does.

    A process of its own would take as much memory as one that records a camera.
    """
    os.nice(10)  # of this thread, and of those that it starts
    while not stop():
        held = settings.load(home)
        try:
            server = Page(home, held)
        except (OSError, OverflowError) as error:  # another box has it, or none can; nobody waits for this page
            log.warning("the page has no port", port=held.port, reason=str(error))
            _rest(home, held, stop)
            continue
        threading.Thread(target=server.serve_forever, daemon=True).start()
        with settings.holding(home, held.port):
            _rest(home, held, stop)
        server.shutdown()
        server.server_close()


def _rest(home: Home, held: settings.PageSettings, stop: Callable[[], bool]) -> None:
    """Until it is stopped, or is to be shown otherwise."""
    while not stop() and settings.load(home) == held:
        time.sleep(1)
