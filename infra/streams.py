"""Video as it comes from a camera: RTSP over TCP, or a clip looped in real time. Nothing is decoded.

An address starts with `rtsp://`, `rtsps://`, or `clip:` and a path (development and the demo only).
"""

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any

import av
from av.error import (
    ExitError,
    FFmpegError,
    HTTPForbiddenError,
    HTTPNotFoundError,
    HTTPUnauthorizedError,
    InvalidDataError,
)

from infra.causes import GapCause
from infra.rtp_watch import QUEUE, RtpWatch, watching
from infra.rtsp_options import ask_options
from infra.sound_conversion import CONVERTED, Converter
from infra.stream_addresses import CLIP, RTSP

CODECS = frozenset({"h264", "hevc"})
OPEN_SECONDS = 10.0
READ_SECONDS = 5.0
_NANOSECOND = 1_000_000_000
# TCP only: UDP loss smears the picture. Half a second is enough to learn the streams. What is read then is kept by
# FFmpeg and comes first; with its `nobuffer` flag it would be thrown away, the first key frame included.
_RTSP = {"rtsp_transport": "tcp", "analyzeduration": "500000", **QUEUE}
_MOST_HELD_BACK = 64
# Packets of sound without a picture, of some ten seconds and more: longer than a camera without sound may be silent.
_MOST_SOUND = 512


class StreamFault(Exception):
    """The stream cannot be opened or has failed; `cause` is what the gap ledger will say."""

    def __init__(self, cause: GapCause, reason: str = "") -> None:
        super().__init__(reason or cause.value)
        self.cause = cause


@dataclass(slots=True)
class Arrival:
    """A picture's packet, when it came by the machine's monotonic clock, and the packets of sound that came before it.

    Their pts and dts are always set. Most packets are of sound, and would cost as much on their way as a picture.
    """

    packet: Any
    monotonic_ns: int
    sound: Sequence[Any] = ()


@dataclass(frozen=True)
class LiveStream:
    """An open stream. `audio` is None unless it was asked for, and is AAC, or A-law or µ-law that becomes AAC.

    `losses` counts the packets that the camera sent and nobody got.
    """

    video: Any
    audio: Any | None
    arrivals: Iterator[Arrival]
    losses: RtpWatch = field(default_factory=RtpWatch)


@contextmanager
def open_stream(address: str, *, audio: bool) -> Iterator[LiveStream]:
    """Open an address. Raises `StreamFault`, also from the iteration of `arrivals`, which never ends by itself."""
    with watching() as losses:
        is_clip = address.startswith(CLIP)
        container = _open_clip(address.removeprefix(CLIP)) if is_clip else _open_rtsp(address, audio=audio)
        losses.lost_early = losses.lost
        try:
            yield _stream(container, audio=audio, is_clip=is_clip, losses=losses)
        finally:
            container.close()


def _stream(container: Any, *, audio: bool, is_clip: bool, losses: RtpWatch) -> LiveStream:  # noqa: ANN401
    if not container.streams.video:
        raise StreamFault(GapCause.NO_VIDEO)
    video = container.streams.video[0]
    if video.codec_context is None or video.codec_context.name not in CODECS:
        raise StreamFault(GapCause.NOT_A_CAMERA, "video is neither H.264 nor H.265")
    sound = _kept_audio(container) if audio else None
    wanted = [stream for stream in (video, sound) if stream is not None]
    packets = _looped(container, wanted) if is_clip else _read(container, wanted, losses)
    arrivals = pictures_of(packets, video.index)
    if sound is None or sound.codec_context.name not in CONVERTED:
        return LiveStream(video, sound, arrivals, losses)
    converter = Converter()
    return LiveStream(video, converter.stream, _converted(arrivals, converter), losses)


def _open_rtsp(address: str, *, audio: bool) -> Any:  # noqa: ANN401 - PyAV ships no complete types
    if not address.startswith(RTSP):
        raise StreamFault(GapCause.NOT_A_CAMERA, "an address starts with rtsp://, rtsps:// or clip:")
    # FFmpeg's errors name the address, and with it the password: none of them is chained to ours.
    options = _RTSP if audio else {**_RTSP, "allowed_media_types": "video"}
    deadline = time.monotonic() + OPEN_SECONDS
    try:
        return av.open(address, options=options, timeout=(OPEN_SECONDS, READ_SECONDS))
    except (HTTPUnauthorizedError, HTTPForbiddenError, HTTPNotFoundError) as error:
        raise StreamFault(GapCause.CAMERA_REFUSED, str(error.strerror)) from None
    except InvalidDataError as error:
        # FFmpeg says the same of a time-out, of a camera that hangs up, and of an answer that is no RTSP.
        silent = time.monotonic() >= deadline
        cause = GapCause.NOT_A_CAMERA if not silent and _is_another_service(address) else GapCause.CAMERA_UNREACHABLE
        raise StreamFault(cause, str(error.strerror)) from None
    except (FFmpegError, OSError) as error:
        raise StreamFault(GapCause.CAMERA_UNREACHABLE, str(error.strerror)) from None


def _is_another_service(address: str) -> bool:
    """Whether somebody answers there, and not as a camera does. Who hangs up without a word may be one all the same."""
    said = ask_options(address)
    return said is not None and said.head != "" and not said.is_rtsp


def _open_clip(path: str) -> Any:  # noqa: ANN401
    try:
        return av.open(path)
    except (FFmpegError, OSError) as error:
        raise StreamFault(GapCause.CAMERA_UNREACHABLE, str(error.strerror)) from error


def _kept_audio(container: Any) -> Any | None:  # noqa: ANN401
    """The first track that is AAC or can be made so; what else there is must never stop the picture."""
    kept = CONVERTED | {"aac"}
    return next(
        (one for one in container.streams.audio if one.codec_context is not None and one.codec_context.name in kept),
        None,
    )


def _converted(arrivals: Iterator[Arrival], converter: Converter) -> Iterator[Arrival]:
    for arrival in arrivals:
        arrival.sound = [made for packet in arrival.sound for made in converter.convert(packet)]
        yield arrival


def _read(container: Any, streams: list[Any], losses: RtpWatch) -> Iterator[Any]:  # noqa: ANN401
    try:
        for packet in container.demux(streams):
            if losses.is_foreign:
                raise StreamFault(GapCause.CAMERA_SESSION_CHANGED)
            yield packet
    except ExitError as error:
        cause = GapCause.CAMERA_SESSION_CHANGED if losses.is_foreign else GapCause.STREAM_STALLED
        raise StreamFault(cause, f"nothing for {READ_SECONDS:.0f} s") from error
    except (FFmpegError, OSError) as error:
        raise StreamFault(_ended(losses), str(error.strerror)) from error
    raise StreamFault(_ended(losses))


def _ended(losses: RtpWatch) -> GapCause:
    """Packets of another session may end a stream before the next of its own shows them."""
    return GapCause.CAMERA_SESSION_CHANGED if losses.is_foreign else GapCause.STREAM_ENDED


def _looped(
    container: Any,  # noqa: ANN401
    streams: list[Any],
    *,
    sleep: Callable[[float], None] = time.sleep,
) -> Iterator[Any]:
    """The clip again and again at the pace of its own timestamps, which go on rising from one round to the next."""
    started, offset = time.monotonic(), Fraction(0)
    while True:
        length, first = Fraction(0), None
        for packet in container.demux(streams):
            if packet.size == 0 or packet.dts is None:
                continue
            base = packet.time_base
            first = packet.dts * base if first is None else first
            length = max(length, (packet.dts + (packet.duration or 0)) * base - first)
            due = offset + packet.dts * base - first
            packet.dts += round((offset - first) / base)
            packet.pts += round((offset - first) / base)
            sleep(max(0.0, started + float(due) - time.monotonic()))
            yield packet
        if length <= 0:
            raise StreamFault(GapCause.NO_VIDEO)
        offset += length
        container.seek(0)


def pictures_of(packets: Iterator[Any], video_index: int) -> Iterator[Arrival]:
    """Every picture that holds something, and the sound before it, with pts and dts.

    The first packets of a stream with reordered frames have no dts, the first key frame among them; "skip what has no
    dts" would lose it. They are held back until the first dts is known and counted backwards from there.

    Raises `StreamFault` where sound goes on without a picture.
    """
    held: list[Arrival] = []
    sound: list[Any] = []
    last_dts: int | None = None
    for packet in packets:
        if packet.size == 0:
            continue
        if packet.stream_index != video_index:
            if packet.pts is not None and packet.dts is not None:
                sound.append(packet)
            if len(sound) > _MOST_SOUND:
                raise StreamFault(GapCause.STREAM_STALLED, "sound without a picture")
            continue
        arrival, sound = Arrival(packet, time.monotonic_ns(), sound), []
        if last_dts is not None:
            step = packet.duration or 1
            packet.dts = packet.dts if packet.dts is not None else last_dts + step
            packet.pts = packet.pts if packet.pts is not None else packet.dts
            last_dts = packet.dts
            yield arrival
        else:
            held.append(arrival)
            if packet.dts is not None or len(held) == _MOST_HELD_BACK:
                _count_back([one.packet for one in held])
                last_dts = packet.dts
                yield from held
                held = []


def _count_back(packets: list[Any]) -> None:
    """Give the first packets of a stream the timestamps they lack; the last of them may know its own."""
    step = next((one.duration for one in packets if one.duration), 1)
    known = packets[-1].dts if packets[-1].dts is not None else len(packets) * step
    shown = [one.pts for one in packets if one.pts is not None]
    for distance, packet in enumerate(reversed(packets)):
        packet.dts = known - distance * step
        if packet.pts is None:
            packet.pts = max(packet.dts, min(shown) - step) if shown else packet.dts


def library_versions() -> Mapping[str, str]:
    """What reads and writes video here, by name, for whoever has to find out why a camera cannot be read."""
    parts = {name: ".".join(map(str, version)) for name, version in av.library_versions.items()}
    return {"PyAV": av.__version__, **parts}
