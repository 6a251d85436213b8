"""How a camera is set: what its stream shows in some seconds, and what the camera adds where it speaks ONVIF."""

from dataclasses import replace

from infra.camera_profiles import Measured
from infra.stream_addresses import host_of, login_of
from infra.streams import open_stream
from workers.edge.onvif.camera import OnvifCamera
from workers.edge.onvif.masks import masks_over
from workers.edge.onvif.soap import CameraFault
from workers.edge.watching import Length, watched


def measure(address: str, onvif: str, length: Length) -> Measured:
    """Look at a stream of its own, without touching the one that is recorded. Raises `StreamFault`."""
    with open_stream(address, audio=False) as stream:
        measured = watched(stream, length)
    return _asked(measured, address, onvif)


def _asked(measured: Measured, address: str, onvif: str) -> Measured:
    """What only the camera can say. One that does not answer is judged by its stream alone."""
    login, host = login_of(address), host_of(address)
    if not host or (onvif and host_of(onvif) != host):
        return measured
    camera = OnvifCamera(onvif or host, login)
    try:
        measured = replace(measured, clock_offset_ms=-camera.clock_ahead_ms())
        model = camera.model()
        measured = replace(measured, make=model.make, model=model.model, firmware=model.firmware)
        return replace(measured, masks=masks_over(camera, address))
    except CameraFault:
        return measured
