"""Somebody with an account in a browser: one connection, cookies, a real sign-in, and how long each page takes."""

import re
import time
from dataclasses import dataclass, field
from http import HTTPStatus
from http.cookies import SimpleCookie
from types import TracebackType
from typing import Self
from urllib.parse import urlencode

from urllib3 import HTTPConnectionPool, HTTPResponse
from urllib3.util import Retry, parse_url

from tests.benchmarks.compliance.town import PASSWORD

_TOKEN = re.compile(r'name="csrf_token"[^>]*value="([^"]+)"')
# A server lets go of who was quiet for two seconds, and may do so just as the next page is asked for: then again, as a
# browser does. What is posted is never sent twice.
_AGAIN = Retry(total=1, redirect=False)
_PARTS = re.compile(rb'(?:href|src)="(/static/[^"]+)"')


class NotShown(RuntimeError):
    """A page that was asked for is not what came."""


def filled_in(login: str, page: str) -> dict[str, str]:
    """The form of a sign-in page as somebody fills it in. Raises `NotShown` where there is none."""
    token = _TOKEN.search(page)
    if token is None:
        raise NotShown("the sign-in page has no form")
    return {"login": login, "password": PASSWORD, "csrf_token": token[1]}


@dataclass
class Visitor:
    """One browser at one origin. `seconds` of a page run from the click to its last byte."""

    origin: str
    cookies: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Nothing is connected yet."""
        url = parse_url(self.origin)
        assert url.host is not None
        self._pool = HTTPConnectionPool(url.host, url.port, maxsize=1, block=True)

    def __enter__(self) -> Self:
        """Until the end of the visit."""
        return self

    def __exit__(
        self, _type: type[BaseException] | None, _error: BaseException | None, _at: TracebackType | None
    ) -> None:
        """Close the connection."""
        self._pool.close()

    def sign_in(self, login: str) -> None:
        """By the sign-in page. Raises `NotShown` when it is refused."""
        form = filled_in(login, self._ask("GET", "/sign-in").data.decode())
        answer = self._ask("POST", "/sign-in", urlencode(form))
        if answer.status != HTTPStatus.SEE_OTHER:
            raise NotShown(f"{login} is not let in: {answer.status}")

    def seconds(self, path: str) -> float:
        """How long a page takes. Raises `NotShown`."""
        began = time.perf_counter()
        self.page(path)
        return time.perf_counter() - began

    def page(self, path: str) -> bytes:
        """A page as it is read. Raises `NotShown` when it is none."""
        answer = self._ask("GET", path)
        if answer.status != HTTPStatus.OK:
            raise NotShown(f"{path} answers {answer.status}")
        return answer.data

    def wire_bytes(self, path: str) -> int:
        """How many bytes of a page travel, packed as the proxy packs them, with its head."""
        answer = self._ask("GET", path, packed=True)
        head = sum(len(name) + len(value) + 4 for name, value in answer.headers.items())
        return len(answer.data) + head

    def parts(self, path: str) -> list[str]:
        """Style sheets, scripts and icons that a page names, which a browser keeps for a year."""
        return sorted({each.decode().replace("&amp;", "&") for each in _PARTS.findall(self.page(path))})

    def _ask(self, method: str, path: str, typed: str = "", *, packed: bool = False) -> HTTPResponse:
        headers = {"Cookie": "; ".join(f"{name}={value}" for name, value in self.cookies.items())}
        headers["Accept-Encoding"] = "gzip" if packed else "identity"
        if typed:
            headers |= {"Content-Type": "application/x-www-form-urlencoded", "Referer": f"{self.origin}{path}"}
        answer = self._pool.request(
            method, path, body=typed or None, headers=headers, redirect=False, decode_content=False, retries=_AGAIN
        )
        assert isinstance(answer, HTTPResponse)
        for told in answer.headers.getlist("Set-Cookie"):
            self.cookies |= {name: each.value for name, each in SimpleCookie(told).items()}
        return answer
