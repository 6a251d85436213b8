"""What passes on one RTSP connection over TCP: messages, and packets between them (RFC 2326, 10.12)."""

import base64
from collections.abc import Callable
from dataclasses import dataclass

from infra.stream_addresses import Login
from workers.edge.onvif.http_digest import answer_to

FRAME_HEAD = 4
_HEAD_END = b"\r\n\r\n"
_LONGEST_MESSAGE = 1 << 16


class NotRtsp(Exception):
    """Something else was sent."""


@dataclass(frozen=True)
class Message:
    """A question or an answer: its first line, its headers in order, and its body."""

    first: str
    headers: tuple[tuple[str, str], ...]
    body: bytes = b""

    @property
    def method(self) -> str:
        """What a question asks for."""
        return self.first.partition(" ")[0]

    @property
    def target(self) -> str:
        """What a question is about."""
        return self.first.split(" ")[1] if self.first.count(" ") > 1 else ""

    @property
    def status(self) -> str:
        """An answer's code."""
        return self.first.split(" ")[1] if self.first.startswith("RTSP/") and " " in self.first else ""

    def all_of(self, name: str) -> list[str]:
        """Every value of a header."""
        return [value for held, value in self.headers if held.lower() == name]

    def without(self, *names: str) -> "Message":
        """The same without some headers."""
        kept = tuple(one for one in self.headers if one[0].lower() not in names)
        return Message(self.first, kept, self.body)

    def saying(self, *headers: tuple[str, str]) -> "Message":
        """The same with these headers, and no others of their names."""
        bare = self.without(*(name.lower() for name, _value in headers))
        return Message(self.first, (*bare.headers, *headers), self.body)

    def about(self, target: str) -> "Message":
        """The same question about something else."""
        return Message(f"{self.method} {target} RTSP/1.0", self.headers, self.body)

    def text(self) -> bytes:
        """As it is sent."""
        lines = [self.first, *(f"{name}: {value}" for name, value in self.headers)]
        return "\r\n".join(lines).encode() + _HEAD_END + self.body


def taken(held: bytearray) -> Message | bytes | None:
    """Take what stands whole at the beginning: a message, or a packet with its four bytes of head; None until then.

    Raises `NotRtsp` for what can be neither.
    """
    if held[:1] == b"$":
        size = FRAME_HEAD + int.from_bytes(held[2:FRAME_HEAD], "big")
        return _cut(held, size) if len(held) >= max(size, FRAME_HEAD) else None
    end = held.find(_HEAD_END)
    if end == -1:
        if len(held) > _LONGEST_MESSAGE:
            raise NotRtsp
        return None
    first, *lines = bytes(held[:end]).decode(errors="replace").split("\r\n")
    pairs = tuple((name.strip(), value.strip()) for name, _, value in (line.partition(":") for line in lines))
    length = next((value for name, value in pairs if name.lower() == "content-length"), "0")
    if not length.isascii() or not length.isdigit() or int(length) > _LONGEST_MESSAGE or "RTSP/" not in first:
        raise NotRtsp
    size = end + len(_HEAD_END) + int(length)
    if len(held) < size:
        return None
    return Message(first, pairs, _cut(held, size)[end + len(_HEAD_END) :])


def _cut(held: bytearray, size: int) -> bytes:
    piece = bytes(held[:size])
    del held[:size]
    return piece


class SignIn:
    """The login of one connection, once the camera has asked for it: HTTP's digest, or the plain one."""

    def __init__(self, login: Login | None) -> None:
        self._login = login
        self._answer: Callable[[Message, Login], str] | None = None

    def learn(self, refusal: Message) -> bool:
        """Read what a 401 asks for; whether it can be answered."""
        asked = refusal.all_of("www-authenticate")
        digest = next((one for one in asked if one.lower().startswith("digest")), None)
        if digest is not None:
            self._answer = lambda ask, login: answer_to(digest, login, method=ask.method, path=ask.target)
        elif any(one.lower().startswith("basic") for one in asked):
            self._answer = lambda _ask, login: "Basic " + _plain(login)
        return self._login is not None and self._answer is not None

    def signed(self, question: Message) -> Message:
        """The question with its login, where one was asked for."""
        if self._login is None or self._answer is None:
            return question
        return question.saying(("Authorization", self._answer(question, self._login)))


def _plain(login: Login) -> str:
    return base64.b64encode(f"{login.user}:{login.password}".encode()).decode()
