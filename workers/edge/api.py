"""The server as the box sees it: each request carries a proof made with the device's own key, and is safe to repeat."""

import json
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from http import HTTPStatus
from pathlib import Path
from typing import IO, Any, cast
from urllib.parse import urlsplit

import urllib3
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from infra import device_proof
from infra.device_proof import Asked, Prover
from workers.edge.home import Identity
from workers.edge.sending.pace import Bucket, Paced, Stopped, Unread
from workers.edge.sending.patience import store_lines

PREFIX = "/ingest/v1"
_TIMEOUT = urllib3.Timeout(connect=5, read=30)
_UNAVAILABLE = 500
_TOO_MANY = 429
_REFUSED = 400
# A Date header is exact to a second, and proofs allow a minute.
_WORTH_LEARNING_US = 5_000_000


class Unavailable(Exception):
    """The server or the store did not answer, or said that it cannot now. Trying again later is right.

    `retry_after` is how many seconds it asked for (Retry-After), 0 where it did not.
    """

    def __init__(self, reason: str, *, retry_after: float = 0.0) -> None:
        super().__init__(reason)
        self.retry_after = retry_after


class NotTrusted(Unavailable):
    """Nobody proved to be the server: a clock that is wrong, or somebody in between who looks into what is sent."""


class NotThePlatform(Unavailable):
    """Somebody else answers at the server's address: another site, or a network that asks for a login first."""


class Refused(Exception):
    """The server answered that it will not; the same request will not succeed later."""

    def __init__(self, status: int, code: str, detail: str) -> None:
        super().__init__(detail)
        self.status, self.code, self.detail = status, code, detail


class Api:
    """Requests of one enrolled box. One object a thread."""

    def __init__(self, identity: Identity, key: Ed25519PrivateKey, *, clock_offset_us: int = 0) -> None:
        self._identity, self._key = identity, key
        self._prover = Prover(identity.device_id, identity.tenant_id)
        self._http, self._store = urllib3.PoolManager(timeout=_TIMEOUT, retries=False), store_lines()
        self.clock_offset_us = clock_offset_us
        self.pace = Bucket()

    def get(self, path: str) -> dict[str, Any]:
        """The answer's JSON. Raises `Unavailable` or `Refused`."""
        return self._ask("GET", path, b"")

    def post(self, path: str, document: Mapping[str, Any]) -> dict[str, Any]:
        """Send JSON; the answer's. Raises `Unavailable` or `Refused`."""
        return self._ask("POST", path, json.dumps(document).encode())

    def put(
        self, url: str, headers: Mapping[str, str], path: Path, *, stopped: Callable[[], bool] = lambda: False
    ) -> None:
        """Put a file to the store at the pace that is allowed, and end within it once it is `stopped`.

        Raises `Unavailable`, `Refused` for these bytes, or `OSError` for the file.
        """
        try:
            with path.open("rb") as file:
                length = {"Content-Length": str(path.stat().st_size)}
                body = cast("IO[bytes]", Paced(file, self.pace, stopped=stopped))
                answer = self._store.request("PUT", url, body=body, headers={**headers, **length})
        except urllib3.exceptions.HTTPError as error:
            raise Unavailable(f"store: {type(error).__name__}") from error
        except Unread as error:
            raise error.error from error
        except Stopped as error:
            raise Unavailable("store: nothing may be sent any more") from error
        if answer.status >= _UNAVAILABLE or answer.status == _TOO_MANY:
            raise Unavailable(f"store: {answer.status}", retry_after=retry_after(answer))
        if answer.status >= _REFUSED:
            raise Refused(answer.status, "store_refused", f"store: {answer.status}")

    def _ask(self, method: str, path: str, body: bytes) -> dict[str, Any]:
        answer = self._send(method, path, body)
        if answer.status == HTTPStatus.UNAUTHORIZED and self._learn_time(answer):
            answer = self._send(method, path, body)
        return read(answer)

    def _send(self, method: str, path: str, body: bytes) -> urllib3.BaseHTTPResponse:
        now = datetime.now(UTC) + timedelta(microseconds=self.clock_offset_us)
        asked = Asked(method, urlsplit(self._identity.server).path.rstrip("/") + PREFIX + path, body)
        proof = device_proof.make(self._key, self._prover, asked, now=now)
        headers = {"Authorization": f"Device {proof}", "Content-Type": "application/json"}
        return send(self._http, method, f"{self._identity.server}{PREFIX}{path}", body, headers)

    def _learn_time(self, answer: urllib3.BaseHTTPResponse) -> bool:
        """Take the server's time from its refusal when ours is so far off that no proof of ours could be valid."""
        said = answer.headers.get("Date", "")
        try:
            offset = parsedate_to_datetime(said) - datetime.now(UTC)
        except ValueError:
            return False
        learnt_us = offset // timedelta(microseconds=1)
        worth_it = abs(learnt_us - self.clock_offset_us) > _WORTH_LEARNING_US
        self.clock_offset_us = learnt_us if worth_it else self.clock_offset_us
        return worth_it


def enrol(server: str, document: Mapping[str, Any]) -> dict[str, Any]:
    """Show a one-time code and a key. Raises `Unavailable` or `Refused`."""
    http = urllib3.PoolManager(timeout=_TIMEOUT, retries=False)
    headers = {"Content-Type": "application/json"}
    return read(send(http, "POST", f"{server}{PREFIX}/enrolments", json.dumps(document).encode(), headers))


def send(
    http: urllib3.PoolManager, method: str, url: str, body: bytes, headers: Mapping[str, str]
) -> urllib3.BaseHTTPResponse:
    """One request. Raises `Unavailable` when no answer came."""
    try:
        return http.request(method, url, body=body or None, headers=headers, redirect=False)
    except urllib3.exceptions.SSLError as error:
        raise NotTrusted("server: SSLError") from error
    except urllib3.exceptions.HTTPError as error:
        raise Unavailable(f"server: {type(error).__name__}") from error


def read(answer: urllib3.BaseHTTPResponse) -> dict[str, Any]:
    """The JSON of a good answer. Raises `Refused` for a clear no, and `Unavailable` for everything else."""
    try:
        document = answer.json()
    except ValueError as error:  # a proxy's page, for one
        is_down = answer.status >= _UNAVAILABLE or answer.status == _TOO_MANY
        kind = Unavailable if is_down else NotThePlatform
        raise kind(f"server: {answer.status} without JSON", retry_after=retry_after(answer)) from error
    if not isinstance(document, dict) or answer.status >= _UNAVAILABLE or answer.status == _TOO_MANY:
        raise Unavailable(f"server: {answer.status}", retry_after=retry_after(answer))
    if answer.status >= _REFUSED:
        raise Refused(answer.status, str(document.get("code", "")), str(document.get("detail", "")))
    return document


def retry_after(answer: urllib3.BaseHTTPResponse) -> float:
    """How many seconds the answer asks to wait, by number or by date; 0 where it asks for none that can be read."""
    said = answer.headers.get("Retry-After", "").strip()
    if said.isascii() and said.isdigit():
        return float(said)
    try:
        return max(0.0, (parsedate_to_datetime(said) - datetime.now(UTC)).total_seconds())
    except (ValueError, TypeError):
        return 0.0
