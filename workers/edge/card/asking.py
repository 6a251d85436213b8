"""What a camera says of its card: what its clock lacks, and where recordings of a span are played from."""

from dataclasses import dataclass

from infra.stream_addresses import host_of, login_of, with_login
from infra.timeline import Timeline
from workers.edge.card.holes import Hole
from workers.edge.card.recordings import of_stream, recordings, replay_address
from workers.edge.card.segments import CameraTime
from workers.edge.clocks.readings import Readings, moment
from workers.edge.home import Home
from workers.edge.onvif.camera import OnvifCamera
from workers.edge.onvif.soap import CameraFault, Fault

_NANOSECONDS_PER_MICROSECOND = 1000
# A camera tells its time to the second that it is in, so the truth lies half a second later, give or take as much.
_HALF_SECOND_US = 500_000


@dataclass(frozen=True)
class Card:
    """Addresses of the replays that may hold some of a hole, with their login: not to be shown."""

    time: CameraTime
    addresses: tuple[str, ...]


def ask(home: Home, readings: Readings, hole: Hole) -> Card:
    """Ask the camera that the hole is of. Raises `CameraFault`, and `CannotOpen` without its password."""
    stream, onvif = home.stream_of(hole.camera_id), home.onvif_of(hole.camera_id)
    host, login = host_of(stream), login_of(stream)
    if not host or host_of(onvif) != host:
        raise CameraFault(Fault.NOT_OFFERED)
    camera = OnvifCamera(onvif, login)
    told = _time_of(camera, readings)
    from_us, until_us = hole.from_us - told.offset_us, hole.until_us - told.offset_us
    held = [one for one in of_stream(camera, recordings(camera), stream) if one.meets(from_us, until_us)]
    found = [replay_address(camera, one) for one in held]
    return Card(told, tuple(with_login(one, login) if login is not None else one for one in found))


def _time_of(camera: OnvifCamera, readings: Readings) -> CameraTime:
    """What the camera's clock lacks now. That it lacked as much while it recorded, nobody can say."""
    asked_ns = moment()
    ahead_us = camera.clock_ahead_ms() * 1000 + _HALF_SECOND_US
    answered_ns = moment()
    here_us = readings.best_us(answered_ns)
    machine_lacks_us = here_us - Timeline.machine_at(answered_ns)
    bound_us = _HALF_SECOND_US + (answered_ns - asked_ns) // _NANOSECONDS_PER_MICROSECOND
    return CameraTime(machine_lacks_us - ahead_us, bound_us, here_us)
