"""A camera's card that is played over a real RTSP connection, as ONVIF's replay has it, and how it may misbehave."""

import re
import socket
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import urlsplit

import av

from infra.manifest import instant, microseconds
from infra.stream_addresses import Login
from workers.edge.onvif.http_digest import answer_to

_NTP = 2_208_988_800
_FIRST = 7
_MOST_PAYLOAD = 1200
_H264_DELIMITER, _H265_DELIMITER = 9, 35
_CLEAN, _BREAKS, _LAST = 0x80, 0x20, 0x10


@dataclass(frozen=True)
class Frame:
    """One picture of the clip: its NAL units, and whether it is a key frame."""

    units: tuple[bytes, ...]
    is_key: bool
    codec: str


@dataclass(kw_only=True)
class Card:
    """What lies on it: the frames of a clip, taken at these microseconds by the camera's clock.

    `fault`: `no moments`, `breaks off` (after a second of pictures, each time), `silent` at the end, or `goodbye`,
    which is none: RTCP's word in place of the T bit. `one moment`: only the first picture has one. `moved`:
    to the port `elsewhere`. With `tls` it speaks no other way.
    """

    frames: list[Frame]
    taken_us: list[int]
    login: Login | None = None
    fault: str = ""
    host: str = "127.0.0.1"
    port: int = 0
    elsewhere: int = 0
    tls: ssl.SSLContext | None = None
    asked: list[str] = field(default_factory=list)

    @property
    def address(self) -> str:
        """Where it is played from."""
        return f"{'rtsps' if self.tls else 'rtsp'}://{self.host}:{self.port}/card/1?x=y"

    @property
    def span(self) -> tuple[datetime, datetime]:
        """From its first picture to its last."""
        return instant(self.taken_us[0]), instant(self.taken_us[-1])


def frames_of(clip: Path) -> list[Frame]:
    """The pictures of a `.ts` clip."""
    found = []
    with av.open(clip) as file:
        codec = file.streams.video[0].codec_context.name
        for packet in file.demux(video=0):
            units = tuple(one for one in re.split(b"\x00\x00\x00?\x01", bytes(packet)) if one)
            kept = tuple(one for one in units if not _is_delimiter(codec, one))
            if kept:
                found.append(Frame(kept, packet.is_keyframe, codec))
    return found


def _is_delimiter(codec: str, unit: bytes) -> bool:
    return unit[0] >> 1 & 0x3F == _H265_DELIMITER if codec == "hevc" else unit[0] & 0x1F == _H264_DELIMITER


@contextmanager
def playing(card: Card) -> Iterator[Card]:
    """The card behind a loopback port."""
    listening = socket.create_server(("127.0.0.1", 0))
    card.port = listening.getsockname()[1]
    threading.Thread(target=_accept, args=(card, listening), daemon=True).start()
    try:
        yield card
    finally:
        with suppress(OSError):
            listening.shutdown(socket.SHUT_RDWR)
        listening.close()


def _accept(card: Card, listening: socket.socket) -> None:
    while True:
        try:
            line, _ = listening.accept()
        except OSError:
            return
        threading.Thread(target=_Session(card, line).run, daemon=True).start()


class _Session:
    def __init__(self, card: Card, line: socket.socket) -> None:
        self._card, self._line, self._sequence = card, line, _FIRST
        self._plays: threading.Thread | None = None

    def run(self) -> None:
        held = b""
        with suppress(OSError):
            if self._card.tls is not None:
                self._line = self._card.tls.wrap_socket(self._line, server_side=True)
        with self._line, suppress(OSError):
            while data := self._line.recv(65536):
                held += data
                while b"\r\n\r\n" in held:
                    question, _, held = held.partition(b"\r\n\r\n")
                    self._answer(question.decode())

    def _answer(self, question: str) -> None:
        self._card.asked.append(question)
        headers = dict(re.findall(r"(?m)^([\w-]+): *(.*?)\r?$", question))
        method, target = question.split(" ")[:2]
        if not self._let_in(method, target, headers.get("Authorization", "")):
            self._say(headers, "401 Unauthorized", 'WWW-Authenticate: Digest realm="card", nonce="n0nce"')
            return
        session = "Session: 77;timeout=60"
        if method == "DESCRIBE" and self._card.fault == "moved":
            self._say(headers, "302 Moved", f"Location: rtsp://127.0.0.1:{self._card.elsewhere}/other")
        elif method == "DESCRIBE":
            about = f"Content-Type: application/sdp\r\nContent-Base: {self._card.address.partition('?')[0]}/"
            self._say(headers, "200 OK", about, body=_described(self._card))
        elif method == "SETUP":
            self._say(headers, "200 OK", session, "Transport: RTP/AVP/TCP;unicast;interleaved=0-1")
        elif method == "PLAY" and headers.get("Require") != "onvif-replay":
            self._say(headers, "551 Option not supported")
        elif method == "PLAY":
            self._say(headers, "200 OK", session, f"Range: {headers['Range']}", "RTP-Info: url=x;seq=1;rtptime=999")
            begins, ends = (_moment(one) for one in headers["Range"].removeprefix("clock=").split("-"))
            self._plays = threading.Thread(target=self._play, args=(begins, ends), daemon=True)
            self._plays.start()
        else:
            self._say(headers, "200 OK", "Public: OPTIONS, DESCRIBE, SETUP, PLAY, TEARDOWN")

    def _let_in(self, method: str, target: str, said: str) -> bool:
        login = self._card.login
        if login is None:
            return True
        wanted = answer_to('Digest realm="card", nonce="n0nce"', login, method=method, path=target)
        return said == wanted and urlsplit(target).netloc == f"127.0.0.1:{self._card.port}"

    def _say(self, headers: dict[str, str], status: str, *more: str, body: str = "") -> None:
        lines = [f"RTSP/1.0 {status}", f"CSeq: {headers.get('CSeq', '0')}", *more, f"Content-Length: {len(body)}"]
        self._line.sendall(("\r\n".join(lines) + "\r\n\r\n" + body).encode())

    def _play(self, begins_us: int, ends_us: int) -> None:
        """From the key frame at or before the beginning, as fast as it is taken."""
        card = self._card
        keys = [n for n, frame in enumerate(card.frames) if frame.is_key and card.taken_us[n] <= begins_us]
        first = keys[-1] if keys else 0
        wanted = [n for n in range(first, len(card.frames)) if card.taken_us[n] < ends_us]
        with suppress(OSError):
            for number in wanted:
                if card.fault == "breaks off" and card.taken_us[number] > begins_us + 1_000_000:
                    self._line.shutdown(socket.SHUT_RDWR)
                    return
                self._send(number, is_last=number == wanted[-1] and card.fault not in {"silent", "goodbye"})
            if card.fault == "goodbye":
                self._line.sendall(b"$\x01\x00\x10" + b"\x80\xc9\x00\x01card" + b"\x81\xcb\x00\x01card")

    def _send(self, number: int, *, is_last: bool) -> None:
        card, frame = self._card, self._card.frames[number]
        taken_us = card.taken_us[number]
        breaks = number > 0 and taken_us - card.taken_us[number - 1] > 1_000_000
        flags = _CLEAN * frame.is_key | _BREAKS * breaks | _LAST * is_last
        seconds, rest = divmod(taken_us, 1_000_000)
        stamp = (seconds + _NTP).to_bytes(4, "big") + ((rest << 32) // 1_000_000 + 1).to_bytes(4, "big")
        said = b"\xab\xac\x00\x03" + stamp + bytes([flags, number % 256, 0, 0])
        pieces = [piece for unit in frame.units for piece in _pieces(unit, frame.codec)]
        for index, piece in enumerate(pieces):
            marker = 0x80 * (index == len(pieces) - 1)
            tick = (number * 9000).to_bytes(4, "big")
            dated = self._sequence == _FIRST if card.fault == "one moment" else card.fault != "no moments"
            stamped = index == 0 and dated
            head = bytes([0x90 if stamped else 0x80, marker | 96]) + self._sequence.to_bytes(2, "big") + tick + b"card"
            packet = head + (said if stamped else b"") + piece
            self._line.sendall(b"$\x00" + len(packet).to_bytes(2, "big") + packet)
            self._sequence = (self._sequence + 1) % 65536


def _pieces(unit: bytes, codec: str) -> list[bytes]:
    """As RFC 6184 and RFC 7798 pack a NAL unit: alone, or in fragments (FU-A, FU)."""
    if len(unit) <= _MOST_PAYLOAD:
        return [unit]
    if codec == "hevc":
        kind, head, body = unit[0] >> 1 & 0x3F, bytes([unit[0] & 0x81 | 49 << 1, unit[1]]), unit[2:]
    else:
        kind, head, body = unit[0] & 0x1F, bytes([unit[0] & 0xE0 | 28]), unit[1:]
    cuts = range(0, len(body), _MOST_PAYLOAD)
    return [
        head + bytes([0x80 * (at == 0) | 0x40 * (at == cuts[-1]) | kind]) + body[at : at + _MOST_PAYLOAD] for at in cuts
    ]


def _described(card: Card) -> str:
    said = "H265/90000" if card.frames[0].codec == "hevc" else "H264/90000\r\na=fmtp:96 packetization-mode=1"
    return (
        "v=0\r\no=- 1 1 IN IP4 127.0.0.1\r\ns=card\r\nc=IN IP4 0.0.0.0\r\nt=0 0\r\n"
        f"a=control:{card.address.partition('?')[0]}\r\n"
        f"m=video 0 RTP/AVP 96\r\na=rtpmap:96 {said}\r\n"
        f"a=control:{card.address.partition('?')[0]}/trackID=1\r\na=x-onvif-track:VIDEO001\r\n"
    )


def _moment(text: str) -> int:
    return microseconds(datetime.strptime(text, "%Y%m%dT%H%M%S.%fZ").replace(tzinfo=UTC))
