"""Opening a camera beside its recording, and what its stream shows in some seconds, of which none is kept."""

import time
from collections.abc import Callable
from dataclasses import dataclass
from itertools import pairwise
from typing import TypeVar

from infra.camera_profiles import Measured
from infra.causes import GapCause
from infra.streams import LiveStream, StreamFault
from workers.edge.configuration import CameraRules
from workers.edge.home import Home
from workers.edge.masked import Masked
from workers.edge.places import is_prohibited

Seen = TypeVar("Seen")
_MILLISECOND = 1000
_BITS = 8


def tried(camera: CameraRules, home: Home, use: Callable[[str], Seen]) -> Seen | GapCause:
    """What somebody makes of a camera's stream, or why nobody may or can open it. Raises `CannotOpen`."""
    if is_prohibited(camera):
        return GapCause.PROHIBITED_ZONE
    address = home.stream_of(camera.camera_id)
    if not address:
        return GapCause.NOT_CONFIGURED
    try:
        seen = use(address)
    except StreamFault as fault:
        return fault.cause
    return GapCause.NO_MASK if Masked(home).lacks(camera, address) else seen


@dataclass(frozen=True)
class Length:
    """How long to look: at least so many seconds of film, and at most so many while no second key frame comes."""

    least: float = 10.0
    most: float = 40.0


def watched(stream: LiveStream, length: Length) -> Measured:
    """By the camera's own timestamps, so that what was buffered while connecting does not count as fast.

    Raises `StreamFault`, also when no key frame comes in time.
    """
    frames = size = 0
    keys: list[float] = []
    first = at = 0.0
    began = time.monotonic()
    for arrival in stream.arrivals:
        packet = arrival.packet
        at = float(packet.dts * packet.time_base)
        if not keys and not packet.is_keyframe:
            if time.monotonic() - began > length.most:
                break
            continue
        first = first if keys else at
        keys += [at] if packet.is_keyframe else []
        enough = len(keys) > 1 and at - first >= length.least
        if enough or at - first >= length.most or at < first:
            break
        frames, size = frames + 1, size + packet.size
    seconds = at - first
    context = stream.video.codec_context
    if not keys or seconds <= 0 or not context.width or not context.height:
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
