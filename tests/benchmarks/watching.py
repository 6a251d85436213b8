"""What a viewing session costs: from cipher text to the first picture, and the mark burnt in, against ffmpeg's own."""

import hashlib
import io
import random
import resource
import shutil
import statistics
import subprocess
import tempfile
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

import av

from infra import age
from infra.burning import Viewing
from infra.film import Canvas
from infra.joining import Clip
from infra.moving_mark import Mark

SIZE, RATE, SECONDS, BITS = (1280, 720), 15, 60, 2_000_000
AS_FAST = 4.0
_T0 = 1_795_000_000_000_000
_MICROSECOND = 1_000_000
_LOOKS = 20
_MARK = Mark(viewer="V7K3M2", case="115-0001", session="S9F2QX")
# The same work by ffmpeg: as fast an encoder, a box with letters that jumps about and shows the time, one thread.
_DRAWN = (
    "drawtext=font=monospace:fontsize=36:fontcolor=white:box=1:boxcolor=black@0.7:"
    "text='V7K3M2 115-0001 %{pts\\:hms}':x=mod(floor(t/2)*397\\,w-tw):y=mod(floor(t/2)*211\\,h-th)"
)
_ENCODER = ["-c:v", "libx264", "-preset", "ultrafast", "-tune", "zerolatency", "-crf", "23", "-threads", "1"]
_ENCODER += ["-x264-params", "deblock=0,0", "-f", "mp4", "-y", "/dev/null"]


@dataclass(frozen=True, kw_only=True)
class Watched:
    """Seconds of footage that a second of one core burns in, and what the first picture costs of itself."""

    ratio: float
    ratio_h265: float
    peer: float | None
    peer_is: str
    first_seconds: tuple[float, ...]
    peak_mb: int

    def goals(self) -> Mapping[str, bool]:
        """Which goals were met."""
        return {
            f"burn-in of {SIZE[1]}p{RATE} at least {AS_FAST:g} x real time on one core": self.ratio >= AS_FAST,
        }

    def result(self) -> Mapping[str, str]:
        """What the last line says of it."""
        return {
            "burn_ratio": f"{self.ratio:.1f}",
            "burn_ratio_h265": f"{self.ratio_h265:.1f}",
            "burn_peer": self.peer_is,
            "burn_to_peer": f"{self.ratio / self.peer:.2f}" if self.peer else "none",
            "first_p50_ms": f"{1000 * statistics.median(self.first_seconds):.0f}",
            "first_max_ms": f"{1000 * max(self.first_seconds):.0f}",
            "burn_peak_mb": str(self.peak_mb),
        }


def watched(*, say: Callable[[str], None]) -> Watched:
    """Make a minute of footage, in both codecs, and watch it."""
    plain = {codec: footage(codec) for codec in ("libx264", "libx265")}
    say(f"a minute of {SIZE[1]}p{RATE} with noise: {len(plain['libx264']) / 1e6:.0f} MB of H.264, a key frame each 2 s")
    key = age.new_identity(age.Kind.CLASSIC)
    sealed = {codec: age.encrypt(data, key.recipient) for codec, data in plain.items()}
    before = _peer(plain["libx264"])
    ratio, ratio_h265 = (_ratio(sealed[codec], key.secret) for codec in ("libx264", "libx265"))
    peers = [each for each in (before, _peer(plain["libx264"])) if each]
    peer_is = "ffmpeg" if peers else "no_mark"
    peer = statistics.fmean(peers) if peers else _unmarked(plain["libx264"])
    say(f"burnt in piece by piece from cipher text: {ratio:.1f} x real time on one core, H.265 {ratio_h265:.1f} x")
    say(f"  peer ({peer_is}), the whole file at once: {peer:.1f} x")
    first = _first_pictures(sealed["libx264"], key.secret)
    say(
        f"the first piece at {_LOOKS} random instants: {1000 * statistics.median(first):.0f} ms, "
        f"at most {1000 * max(first):.0f} ms"
    )
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    return Watched(ratio=ratio, ratio_h265=ratio_h265, peer=peer, peer_is=peer_is, first_seconds=first, peak_mb=peak)


def _viewing(cipher: bytes, secret: str, *, from_us: int, until_us: int) -> Viewing:
    def read() -> bytes:
        """As a caller does: the hashes that the device signed are compared on the way."""
        hashlib.sha256(cipher).digest()
        plain = age.decrypt(cipher, secret)
        hashlib.sha256(plain).digest()
        return plain

    clip = Clip(started_us=_T0, ended_us=_T0 + SECONDS * _MICROSECOND, media_ms=SECONDS * 1000, read=read)
    canvas = Canvas.holding([SIZE], sound=False)
    return Viewing([clip], from_us=from_us, until_us=until_us, mark=_MARK, canvas=canvas)


def _ratio(cipher: bytes, secret: str) -> float:
    """The whole minute but its first second, so that pieces and key frames do not begin together."""
    session = _viewing(cipher, secret, from_us=_T0 + _MICROSECOND, until_us=_T0 + SECONDS * _MICROSECOND)
    began, pictures = time.process_time(), 0
    for piece in session.pieces:
        pictures += session.piece(piece.number).pictures
    used = time.process_time() - began
    if pictures != (SECONDS - 1) * RATE:
        raise RuntimeError(f"{pictures} pictures were shown")
    return (SECONDS - 1) / used


def _first_pictures(cipher: bytes, secret: str) -> tuple[float, ...]:
    dice = random.Random(4)  # noqa: S311 - the same instants in every run
    found = []
    for _look in range(_LOOKS):
        from_us = _T0 + dice.randrange((SECONDS - 10) * _MICROSECOND)
        began = time.perf_counter()
        session = _viewing(cipher, secret, from_us=from_us, until_us=from_us + 10 * _MICROSECOND)
        session.init()
        session.piece(1)
        found.append(time.perf_counter() - began)
    return tuple(found)


def _peer(plain: bytes) -> float | None:
    """Seconds of footage that ffmpeg's own filter marks in a second of one core, where it is installed."""
    program = shutil.which("ffmpeg")
    if program is None:
        return None
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "footage.mp4"
        path.write_bytes(plain)
        command = [program, "-v", "error", "-filter_threads", "1", "-threads", "1", "-i", str(path), "-vf", _DRAWN]
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        subprocess.run([*command, *_ENCODER], check=True)  # noqa: S603 - our own words
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return SECONDS / (after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime)


def _unmarked(plain: bytes) -> float:
    """The same for decoding and encoding alone, within this process."""
    began = time.process_time()
    with av.open(io.BytesIO(plain)) as source, av.open(io.BytesIO(), "w", format="mp4") as out:
        source.streams.video[0].codec_context.thread_count = 1
        video = out.add_stream("libx264", rate=RATE)
        video.width, video.height, video.codec_context.thread_count = *SIZE, 1
        video.options = {"preset": "ultrafast", "tune": "zerolatency", "crf": "23", "x264-params": "deblock=0,0"}
        for frame in source.decode(video=0):
            frame.pict_type = 0
            out.mux(video.encode(frame))
        out.mux(video.encode(None))
    return SECONDS / (time.process_time() - began)


def footage(codec: str) -> bytes:
    """A moving test picture with the noise of a sensor, as a camera would send it."""
    graph = av.filter.Graph()
    chain = [
        graph.add("testsrc2", f"size={SIZE[0]}x{SIZE[1]}:rate={RATE}:duration={SECONDS}"),
        graph.add("noise", "alls=8:allf=t"),
        graph.add("format", "yuv420p"),
        graph.add("buffersink"),
    ]
    graph.link_nodes(*chain).configure()
    buffer = io.BytesIO()
    options = {"movflags": "frag_keyframe+empty_moov+default_base_moof"}
    with av.open(buffer, "w", format="mp4", options=options) as out:
        video = out.add_stream(codec, rate=RATE)
        video.width, video.height, video.bit_rate = *SIZE, BITS
        video.options = {"preset": "ultrafast", "g": str(2 * RATE), "bf": "0", "x265-params": "log-level=none"}
        for number in range(SECONDS * RATE):
            frame = graph.pull()
            frame.pts, frame.time_base, frame.pict_type = number, Fraction(1, RATE), 0
            out.mux(video.encode(frame))
        out.mux(video.encode(None))
    return buffer.getvalue()
