"""The line between FFmpeg and a camera's replay: it says what FFmpeg cannot say and hears what FFmpeg cannot hear.

FFmpeg plays RTSP but knows nothing of ONVIF's replay: `Require`, a range by the clock, and the moments in the packets.
So it is given an address on this machine, behind which one connection leads to the camera. Everything else, from the
description to the depacketizing, stays FFmpeg's, as for the live stream.
"""

import selectors
import socket
import ssl
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from enum import StrEnum
from urllib.parse import urlsplit

from infra.causes import GapCause
from infra.manifest import instant
from infra.stream_addresses import login_of, without_password
from infra.streams import StreamFault
from workers.edge.card.moments import Moments
from workers.edge.card.rtsp import FRAME_HEAD, Message, NotRtsp, SignIn, taken

CONNECT_SECONDS = 5.0
SILENT_SECONDS = 10.0
# Sixteen Mbit/s: some times faster than real time, and no burden on the line that the live pictures come over.
MOST_BYTES_PER_SECOND = 2_000_000
_PORTS = {"rtsp": 554, "rtsps": 322}
_CHUNK = 65_536
_GOODBYE = 203  # RTCP BYE
_MARKER = 0x80  # of a picture's last packet


class End(StrEnum):
    """Why nothing more came: the span is over, the camera said so, or it broke off."""

    WHOLE = "whole"
    BROKE_OFF = "broke_off"


@dataclass(frozen=True)
class Span:
    """What is asked for, by the camera's clock: microseconds since 1970, half-open."""

    from_us: int
    until_us: int

    @property
    def words(self) -> str:
        """As the `Range` header says it."""
        return f"clock={_utc(self.from_us)}-{_utc(self.until_us)}"


class Relay:
    """One replay. `moments` tells when each picture was taken; `end` is None while it runs."""

    def __init__(self, address: str, span: Span, *, most_bytes_per_second: int = MOST_BYTES_PER_SECOND) -> None:
        """Listen for the one connection of FFmpeg. Nothing is asked of the camera before it comes.

        Raises `StreamFault` for an address that cannot be one.
        """
        parts = urlsplit(without_password(address))
        try:
            self._camera = parts.hostname or "", parts.port or _PORTS[parts.scheme]
        except (ValueError, KeyError) as error:
            raise StreamFault(GapCause.NOT_A_CAMERA, "the replay is at no address of RTSP") from error
        self._is_sealed = parts.scheme == "rtsps"
        self._target, self._span, self._most = without_password(address), span, most_bytes_per_second
        self._sign_in = SignIn(login_of(address))
        self._listening = socket.create_server(("127.0.0.1", 0))
        self._here = f"rtsp://127.0.0.1:{self._listening.getsockname()[1]}"
        self.address = self._here + (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
        self.moments = Moments()
        self.end: End | None = None
        self._asked: Message | None = None
        self._tried = self._is_last = False
        self._passed, self._began = 0, time.monotonic()

    @contextmanager
    def running(self) -> Iterator[None]:
        """Carry what passes until it ends, or until nobody listens any more; then `end` is known."""
        thread = threading.Thread(target=self._run, daemon=True)
        thread.start()
        try:
            yield
        finally:
            with suppress(OSError):  # it is closed once FFmpeg has come
                self._listening.shutdown(socket.SHUT_RDWR)
            self._listening.close()
            thread.join(SILENT_SECONDS + CONNECT_SECONDS)

    def _run(self) -> None:
        with suppress(OSError, NotRtsp):
            self._listening.settimeout(SILENT_SECONDS)
            near, _ = self._listening.accept()
            with near:
                near.settimeout(SILENT_SECONDS)
                self._listening.close()
                with self._connected() as far:
                    self._carry(near, far)
        self.end = self.end or End.BROKE_OFF

    def _connected(self) -> socket.socket:
        line = socket.create_connection(self._camera, CONNECT_SECONDS)
        if not self._is_sealed:
            return line
        try:
            # A camera's certificate is its own; FFmpeg asks for no other either, where it plays the live stream.
            return ssl._create_unverified_context().wrap_socket(line)  # noqa: S323, SLF001
        except OSError:
            line.close()
            raise

    def _carry(self, near: socket.socket, far: socket.socket) -> None:
        """Both ways until one side ends or the camera has nothing more to say."""
        held = {near: bytearray(), far: bytearray()}
        with selectors.DefaultSelector() as ready:
            for one in held:
                ready.register(one, selectors.EVENT_READ)
            heard = time.monotonic()
            while self.end is None and time.monotonic() - heard < SILENT_SECONDS:
                for key, _events in ready.select(1.0):
                    source = near if key.fileobj is near else far
                    data = source.recv(_CHUNK)
                    if not data:
                        return
                    heard = time.monotonic() if source is far else heard
                    held[source] += data
                    self._take(held[source], near, far, from_camera=source is far)

    def _take(self, held: bytearray, near: socket.socket, far: socket.socket, *, from_camera: bool) -> None:
        while self.end is None and (piece := taken(held)) is not None:
            if not from_camera:
                # FFmpeg's own packets are reports on reception, which nobody over TCP needs.
                if isinstance(piece, Message):
                    self._asked, self._tried = self._put(piece), False
                    far.sendall(self._sign_in.signed(self._asked).text())
            elif isinstance(piece, bytes):
                self._pass(piece, near)
            elif piece.status == "401" and not self._tried and self._asked and self._sign_in.learn(piece):
                self._tried = True
                far.sendall(self._sign_in.signed(self._asked).text())
            elif piece.status.startswith("3"):  # FFmpeg would follow to another host
                self.end = End.BROKE_OFF
            elif piece.status:
                near.sendall(piece.without("range", "rtp-info").text())

    def _put(self, question: Message) -> Message:
        """A question as the camera is to hear it."""
        if question.target.startswith(self._here):
            there = urlsplit(self._target)
            question = question.about(f"{there.scheme}://{there.netloc}{question.target.removeprefix(self._here)}")
        if question.method in {"SETUP", "PLAY"}:
            question = question.saying(("Require", "onvif-replay"))
        if question.method == "PLAY":
            question = question.saying(("Range", self._span.words), ("Rate-Control", "no"))
        return question

    def _pass(self, frame: bytes, near: socket.socket) -> None:
        """A packet of the picture, with its moment noted. Reports of the camera say only when it ends."""
        packet = frame[FRAME_HEAD:]
        if frame[1] % 2:
            self.end = End.WHOLE if _says_goodbye(packet) else None
            return
        noted = self.moments.note(packet)
        if noted is None:
            return
        passed, stamp = noted
        if stamp is not None and stamp.taken_us >= self._span.until_us:
            self.end = End.WHOLE
            return
        near.sendall(frame[:FRAME_HEAD] + passed)
        self._rest(len(frame))
        self._is_last |= stamp is not None and stamp.is_last
        if self._is_last and packet[1] & _MARKER:
            self.end = End.WHOLE

    def _rest(self, size: int) -> None:
        """Take no more than the line is to bear; the camera waits, as TCP makes it."""
        self._passed += size
        early = self._passed / self._most - (time.monotonic() - self._began)
        if early > 0:
            time.sleep(early)


def _says_goodbye(report: bytes) -> bool:
    """Whether one of the compound report's parts is RTCP's BYE."""
    at = 0
    while len(report) >= at + FRAME_HEAD:
        if report[at + 1] == _GOODBYE:
            return True
        at += FRAME_HEAD * (int.from_bytes(report[at + 2 : at + 4], "big") + 1)
    return False


def _utc(moment_us: int) -> str:
    told = instant(moment_us)
    return f"{told:%Y%m%dT%H%M%S}.{told.microsecond // 1000:03d}Z"
