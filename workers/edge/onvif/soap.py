"""One question to a camera and its answer: SOAP over HTTP, bounded in time and size, with either of ONVIF's logins.

A camera takes the digest of WS-Security in the message or that of HTTP in a header, as newer profiles want it, so the
second is used when the camera asks for it. No redirection is followed.
"""

import base64
import hashlib
import secrets
import socket
import ssl
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from datetime import datetime, timedelta
from enum import StrEnum
from http.client import HTTPConnection, HTTPException, HTTPSConnection
from urllib.parse import urlsplit

from infra import strict_xml
from infra.clock import now
from infra.stream_addresses import Login
from infra.strict_xml import BadXml, Element
from workers.edge.onvif.http_digest import answer_to
from workers.edge.onvif.trees import first

CONNECT_SECONDS = 4.0
ANSWER_SECONDS = 15.0
_UNAUTHORIZED = 401
_HTTP_OK = 200
_HTTP_FAULT = 500
_ENVELOPE = "http://www.w3.org/2003/05/soap-envelope"
_SECURITY = "http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity-secext-1.0.xsd"
_UTILITY = "http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity-utility-1.0.xsd"
_DIGEST = "http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-username-token-profile-1.0#PasswordDigest"


class Fault(StrEnum):
    """Why a camera told us nothing."""

    UNREACHABLE = "unreachable"
    REFUSED = "refused"
    NOT_ONVIF = "not_onvif"
    TOO_LARGE = "too_large"
    NOT_OFFERED = "not_offered"
    FOREIGN = "foreign"
    NO_STREAM = "no_stream"
    NO_MASK = "no_mask"
    MASKS_FULL = "masks_full"
    NO_MASKING = "no_masking"


WORDS: Mapping[Fault, str] = {
    Fault.UNREACHABLE: "連不到鏡頭的 ONVIF 服務。請檢查位址與網路，並在鏡頭的設定中啟用 ONVIF。",
    Fault.REFUSED: "鏡頭拒絕登入。請確認 ONVIF 帳號與密碼（有些鏡頭須另外建立 ONVIF 使用者），並校正鏡頭時間。",
    Fault.NOT_ONVIF: "這個位址的回應不是 ONVIF。請確認位址是鏡頭，或改以 rtsp:// 開頭的串流位址設定。",
    Fault.TOO_LARGE: "這個位址的回應過大，已中止讀取。請確認位址是鏡頭。",
    Fault.NOT_OFFERED: "鏡頭未提供這項功能。請改以 rtsp:// 開頭的串流位址設定。",
    Fault.FOREIGN: "鏡頭給的串流位址指向別台主機，已拒絕使用。請檢查鏡頭的網路設定，或洽設備廠商。",
    Fault.NO_STREAM: "鏡頭沒有可錄且符合核定規格的串流。請將主要串流設為 H.264 或 H.265，解析度不超過核定值。",
    Fault.NO_MASK: (
        "這支鏡頭的設置區域須有隱私遮罩，但無法確認鏡頭已開啟遮罩，因此不予設定。"
        "請以 camera mask 設定遮罩，或在鏡頭的設定中遮蔽床位、檢查角落或盥洗室入口內側，"
        "並啟用 ONVIF 後，以鏡頭的 IP 位址重新執行 camera add。"
    ),
    Fault.MASKS_FULL: "鏡頭可設定的遮罩數量不足，沒有設定。請在鏡頭的設定中刪除不用的遮罩，或把相鄰的範圍合成一個。",
    Fault.NO_MASKING: (
        "這支鏡頭不能以 ONVIF 設定遮罩，沒有設定。請在鏡頭自己的設定頁面遮蔽，再以 camera add 確認；"
        "鏡頭若沒有遮罩功能，請更換鏡頭或調整角度，並洽機構承辦人。"
    ),
}


class CameraFault(Exception):
    """The sentence is for the person beside the box; it never holds what the camera sent."""

    def __init__(self, fault: Fault) -> None:
        super().__init__(WORDS[fault])
        self.fault = fault


class Soap:
    """Questions to one camera. `clock_offset` is how far its clock is ahead: a digest is dated by the camera's time."""

    def __init__(self, login: Login | None, *, seconds: float = ANSWER_SECONDS) -> None:
        self._login, self._seconds = login, seconds
        self.clock_offset = timedelta()

    def ask(self, url: str, question: str, *, signed: bool = True) -> Element:
        """The first element of the answer's body. Raises `CameraFault`."""
        login = self._login if signed else None
        status, headers, data = self._send(url, _envelope(question, _security(login, now() + self.clock_offset)), {})
        challenge = headers.get("www-authenticate", "")
        if status == _UNAUTHORIZED and login is not None and challenge.lower().startswith("digest"):
            answer = answer_to(challenge, login, method="POST", path=_path_of(url))
            status, headers, data = self._send(url, _envelope(question, ""), {"Authorization": answer})
        return _answered(status, data)

    def _send(self, url: str, body: bytes, more: Mapping[str, str]) -> tuple[int, Mapping[str, str], bytes]:
        connection = _connection(url)
        try:
            connection.connect()
            with _ended_after(self._seconds, connection.sock):
                headers = {"Content-Type": "application/soap+xml; charset=utf-8", "Connection": "close", **more}
                connection.request("POST", _path_of(url), body=body, headers=headers)
                response = connection.getresponse()
                data = response.read(strict_xml.MAX_BYTES + 1)
            return response.status, {name.lower(): value for name, value in response.getheaders()}, data
        except HTTPException:
            raise CameraFault(Fault.NOT_ONVIF) from None
        except (OSError, ValueError):
            raise CameraFault(Fault.UNREACHABLE) from None
        finally:
            connection.close()


def _connection(url: str) -> HTTPConnection:
    try:
        parts = urlsplit(url)
        host, port = parts.hostname or "", parts.port
    except ValueError:
        raise CameraFault(Fault.NOT_ONVIF) from None
    if parts.scheme not in {"http", "https"} or not host:
        raise CameraFault(Fault.NOT_ONVIF)
    if parts.scheme == "http":
        return HTTPConnection(host, port, timeout=CONNECT_SECONDS)
    # Cameras sign their own certificates; the login is a digest on either way.
    return HTTPSConnection(host, port, timeout=CONNECT_SECONDS, context=ssl._create_unverified_context())  # noqa: S323, SLF001


@contextmanager
def _ended_after(seconds: float, line: socket.socket) -> Iterator[None]:
    """End the exchange in time: a camera that sends a byte now and then resets every time-out of the socket."""
    cut = threading.Timer(seconds, _shut, [line])
    cut.daemon = True
    cut.start()
    try:
        yield
    finally:
        cut.cancel()


def _shut(line: socket.socket) -> None:
    with suppress(OSError):  # it was closed meanwhile
        line.shutdown(socket.SHUT_RDWR)


def _path_of(url: str) -> str:
    parts = urlsplit(url)
    return (parts.path or "/") + (f"?{parts.query}" if parts.query else "")


def _answered(status: int, data: bytes) -> Element:
    if status == _UNAUTHORIZED:
        raise CameraFault(Fault.REFUSED)
    if len(data) > strict_xml.MAX_BYTES:
        raise CameraFault(Fault.TOO_LARGE)
    try:
        body = first(strict_xml.read(data).root, "Body")
    except BadXml:
        raise CameraFault(Fault.NOT_ONVIF) from None
    answer = next(body.children(), None) if body is not None else None
    if answer is None:
        raise CameraFault(Fault.NOT_ONVIF)
    if answer.name.rpartition(":")[2] == "Fault":
        refused = any(word in answer.text() for word in ("NotAuthorized", "FailedAuthentication", "not authorized"))
        raise CameraFault(Fault.REFUSED if refused else Fault.NOT_OFFERED)
    if status != _HTTP_OK:
        raise CameraFault(Fault.NOT_ONVIF if status < _HTTP_FAULT else Fault.NOT_OFFERED)
    return answer


def _envelope(question: str, header: str) -> bytes:
    text = (
        f'<?xml version="1.0" encoding="utf-8"?><s:Envelope xmlns:s="{_ENVELOPE}">'
        f"<s:Header>{header}</s:Header><s:Body>{question}</s:Body></s:Envelope>"
    )
    return text.encode()


def _security(login: Login | None, created: datetime) -> str:
    """The digest of WS-Security's user name token: SHA-1 of nonce, time and password, as its profile has it."""
    if login is None:
        return ""
    nonce, moment = secrets.token_bytes(16), created.strftime("%Y-%m-%dT%H:%M:%S.000Z")
    digest = hashlib.sha1(nonce + moment.encode() + login.password.encode(), usedforsecurity=False).digest()
    return (
        f'<o:Security s:mustUnderstand="1" xmlns:o="{_SECURITY}" xmlns:u="{_UTILITY}"><o:UsernameToken>'
        f'<o:Username>{escaped(login.user)}</o:Username><o:Password Type="{_DIGEST}">{_text(digest)}</o:Password>'
        f"<o:Nonce>{_text(nonce)}</o:Nonce><u:Created>{moment}</u:Created></o:UsernameToken></o:Security>"
    )


def escaped(text: str) -> str:
    """Text as it may stand inside an element."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def _text(data: bytes) -> str:
    return base64.b64encode(data).decode()
