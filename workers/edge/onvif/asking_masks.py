"""The process that asks cameras for their masks where none of a camera that needs one was seen yet.

It is started when a camera waits for it, and ends: a box of before this was kept, a zone that needs a mask from now on,
an address that somebody edited, and a mask that is on again all come right by themselves.
"""

from collections.abc import Callable
from pathlib import Path

import structlog

from infra import logs
from infra.stream_addresses import host_of, login_of
from workers.edge.children import Stop
from workers.edge.configuration import Watched
from workers.edge.home import Home
from workers.edge.masked import Masked
from workers.edge.onvif.camera import OnvifCamera
from workers.edge.onvif.masks import masks_over
from workers.edge.onvif.soap import CameraFault
from workers.edge.places import is_prohibited
from workers.edge.sealing import CannotOpen

log = structlog.get_logger(__name__)


def ask_each(home: Home, stop: Callable[[], bool]) -> None:
    """Ask those that may not be recorded before; what one does not answer holds up no other for long."""
    config, masked = Watched(home).now(), Masked(home)
    for camera in config.cameras.values() if config is not None else ():
        try:
            address = home.stream_of(camera.camera_id)
            if stop() or not address or is_prohibited(camera) or not masked.lacks(camera, address):
                continue
            masks = _ask(address, home.onvif_of(camera.camera_id))
            if masks is not None:
                masked.saw(camera.camera_id, address, masks)
        except (CameraFault, CannotOpen, OSError) as error:
            log.warning("masks are not known", camera_id=str(camera.camera_id), reason=str(error))


def _ask(address: str, onvif: str) -> int | None:
    """None where a login would go to another host than the stream's."""
    host = host_of(address)
    if not host or (onvif and host_of(onvif) != host):
        return None
    camera = OnvifCamera(onvif or host, login_of(address))
    camera.clock_ahead_ms()
    return masks_over(camera, address)


def main(folder: str) -> None:
    """What the process does; only the supervisor starts it."""
    stop = Stop()
    logs.configure(process="edge-masks")
    ask_each(Home(Path(folder)), stop)
