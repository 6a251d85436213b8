"""How a camera is set: what its stream shows in some seconds, and what the camera adds where it speaks ONVIF."""

from dataclasses import dataclass, replace
from itertools import pairwise

from infra.camera_profiles import Measured
from infra.causes import GapCause
from infra.stream_addresses import host_of, login_of
from infra.streams import LiveStream, StreamFault, open_stream
from workers.edge.onvif.camera import OnvifCamera
from workers.edge.onvif.soap import CameraFault

_MILLISECOND = 1000
_BITS = 8


@dataclass(frozen=True)
class Length:
    """How long to look: at least so many seconds of film, and at most so many while no second key frame comes."""

    least: float = 10.0
    most: float = 40.0


def measure(address: str, onvif: str, length: Length = Length()) -> Measured:
    """Look at a stream of its own, without touching the one that is recorded. Raises `StreamFault`."""
    with open_stream(address, audio=False) as stream:
        measured = _watched(stream, length)
    return _asked(measured, address, onvif)


def _watched(stream: LiveStream, length: Length) -> Measured:
    """By the camera's own timestamps, so that what was buffered while connecting does not count as fast."""
    frames = size = 0
    keys: list[float] = []
    first = at = 0.0
    for arrival in stream.arrivals:
        packet = arrival.packet
        at = float(packet.dts * packet.time_base)
        if not keys and not packet.is_keyframe:
            continue
        first = first if keys else at
        keys += [at] if packet.is_keyframe else []
        enough = len(keys) > 1 and at - first >= length.least
        if enough or at - first >= length.most or at < first:
            break
        frames, size = frames + 1, size + packet.size
    seconds = at - first
    context = stream.video.codec_context
    if seconds <= 0 or not context.width or not context.height:
        raise StreamFault(GapCause.NO_KEY_FRAME)
    gaps = [after - before for before, after in pairwise(keys)]
    return Measured(
        codec=context.name,
        width=context.width,
        height=context.height,
        fps=round(frames / seconds, 2),
        key_interval_ms=round(max(gaps) * _MILLISECOND) if gaps else None,
        kbps=round(size * _BITS / seconds / _MILLISECOND),
    )


def _asked(measured: Measured, address: str, onvif: str) -> Measured:
    """What only the camera can say. One that does not answer is judged by its stream alone."""
    login, host = login_of(address), host_of(address)
    if not host or (onvif and host_of(onvif) != host):
        return measured
    camera = OnvifCamera(onvif or host, login)
    try:
        measured = replace(measured, clock_offset_ms=camera.clock_offset_ms())
        model = camera.model()
        measured = replace(measured, make=model.make, model=model.model, firmware=model.firmware)
        profiles = camera.profiles()
        size = measured.width, measured.height
        recorded = next((one for one in profiles if (one.width, one.height) == size), None)
        return replace(measured, masks=camera.masks_on(recorded)) if recorded is not None else measured
    except CameraFault:
        return measured
