"""A person's browser without a screen: cookies, forms as the page has them, files. It knows no address by heart."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from html.parser import HTMLParser
from http.cookies import SimpleCookie
from types import MappingProxyType
from urllib.parse import urljoin

import urllib3

_MOST_REDIRECTS = 5
Value = str | tuple[str, bytes, str] | list[str]


class Unexpected(Exception):
    """The page is not what a person would have seen at this point. `status` is what the server answered."""

    def __init__(self, sentence: str, *, status: int = 0) -> None:
        super().__init__(sentence)
        self.status = status


@dataclass
class Form:
    """A form as the page has it: what it holds already, and the values that each box, list or button offers."""

    action: str
    method: str
    values: dict[str, Value] = field(default_factory=dict)
    offered: dict[str, list[str]] = field(default_factory=dict)


@dataclass
class Page:
    """What came back."""

    url: str
    status: int
    headers: Mapping[str, str]
    body: bytes

    @property
    def text(self) -> str:
        """The page's source."""
        return self.body.decode()

    @property
    def words(self) -> str:
        """What a person reads, without the marks between."""
        return " ".join(self._parsed().words)

    def form(self, action_ends: str) -> Form:
        """The form that sends to an address with this ending. Raises `Unexpected`."""
        found = [form for form in self._parsed().forms if form.action.split("?")[0].endswith(action_ends)]
        if not found:
            raise Unexpected(f"no form to …{action_ends} at {self.url} ({self.status}): {self.words[:600]}")
        return found[0]

    def link(self, part: str) -> str:
        """The first link, source or data address that contains `part`. Raises `Unexpected`."""
        found = next((address for address in self._parsed().addresses if part in address), None)
        if found is None:
            raise Unexpected(f"no link with {part} at {self.url} ({self.status}): {self.words[:600]}")
        return urljoin(self.url, found)

    def _parsed(self) -> "_Reader":
        reader = _Reader(self.url)
        reader.feed(self.text)
        return reader


class Browser:
    """One person's browser."""

    def __init__(self, origin: str) -> None:
        self.origin = origin
        self._cookies: dict[str, str] = {}
        self._http = urllib3.PoolManager(timeout=urllib3.Timeout(30))

    def open(self, address: str, *, expect: int = 200) -> Page:
        """Open a page. Raises `Unexpected` for another status."""
        return self._send("GET", urljoin(self.origin, address), expect=expect)

    def send(self, form: Form, typed: Mapping[str, Value] = MappingProxyType({}), *, expect: int = 200) -> Page:
        """Send a form with some values typed or ticked; a file is `(name, bytes, type)`."""
        fields: list[tuple[str, str | tuple[str, bytes, str]]] = []
        for name, value in (form.values | dict(typed)).items():
            fields += [(name, one) for one in value] if isinstance(value, list) else [(name, value)]
        body, kind = urllib3.encode_multipart_formdata(fields)
        return self._send("POST", form.action, body=body, kind=kind, expect=expect)

    def sign_in(self, login: str, password: str) -> Page:
        """Become this person; the first page after."""
        return self.send(self.open("/sign-in").form("/sign-in"), {"login": login, "password": password})

    def _send(self, method: str, url: str, *, expect: int, body: bytes = b"", kind: str = "") -> Page:
        for _ in range(_MOST_REDIRECTS):
            headers = {"Cookie": "; ".join(f"{name}={value}" for name, value in self._cookies.items())}
            headers |= {"Content-Type": kind, "Referer": url, "Origin": self.origin} if kind else {}
            answer = self._http.request(method, url, body=body or None, headers=headers, redirect=False)
            self._remember(answer.headers.getlist("Set-Cookie"))
            if "Location" not in answer.headers:
                break
            method, url, body, kind = "GET", urljoin(url, answer.headers["Location"]), b"", ""
        page = Page(url, answer.status, answer.headers, answer.data)
        if page.status != expect:
            kind = page.headers.get("Content-Type", "")
            said = page.words[:800] if "html" in kind else page.body[:400]
            raise Unexpected(f"{method} {url} answered {page.status}, not {expect}: {said!r}", status=page.status)
        return page

    def _remember(self, lines: list[str]) -> None:
        for line in lines:
            for name, morsel in SimpleCookie(line).items():
                self._cookies[name] = morsel.value


class _Reader(HTMLParser):
    """Forms, addresses and words of one page."""

    def __init__(self, url: str) -> None:
        super().__init__()
        self.url = url
        self.forms: list[Form] = []
        self.addresses: list[str] = []
        self.words: list[str] = []
        self._select = self._area = ""
        self._inside: list[Form] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note what matters of an element."""
        held = {name: value or "" for name, value in attrs}
        self.addresses += [value for name, value in held.items() if name in {"href", "src"} or name.startswith("data-")]
        if tag == "form":
            address = urljoin(self.url, held.get("action") or self.url)
            self._inside = [Form(address, held.get("method", "get").upper())]
            self.forms += self._inside
        elif tag == "select":
            self._select = held.get("name", "")
        elif tag == "textarea":
            self._area = held.get("name", "")
            self._put(self._area, "")
        elif tag == "option":
            self._option(held)
        elif tag in {"input", "button"}:
            self._input(tag, held)

    def handle_endtag(self, tag: str) -> None:
        """Leave an element."""
        if tag == "form":
            self._inside = []
        elif tag == "select":
            self._select = ""
        elif tag == "textarea":
            self._area = ""

    def handle_data(self, data: str) -> None:
        """Words, and what stands in a text box."""
        if self._area:
            self._put(self._area, data.lstrip("\n"))
        elif data.strip():
            self.words.append(data.strip())

    def _option(self, held: dict[str, str]) -> None:
        self._offer(self._select, held.get("value", ""))
        for form in self._inside:
            if "selected" in held or self._select not in form.values:
                form.values[self._select] = held.get("value", "")

    def _input(self, tag: str, held: dict[str, str]) -> None:
        name, kind = held.get("name", ""), held.get("type", "submit" if tag == "button" else "text")
        if not name:
            return
        if kind in {"checkbox", "radio"}:
            self._offer(name, held.get("value", "y"))
            if "checked" in held:
                self._put(name, held.get("value", "y"))
        elif kind not in {"submit", "file"}:
            self._put(name, held.get("value", ""))

    def _offer(self, name: str, value: str) -> None:
        for form in self._inside:
            form.offered.setdefault(name, []).append(value)

    def _put(self, name: str, value: str) -> None:
        for form in self._inside:
            form.values[name] = value
