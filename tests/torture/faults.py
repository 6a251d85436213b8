"""The faults: what is done, how long, and which causes a gap of that time may have."""

import random
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from uuid import UUID

from infra.causes import GapCause
from infra.stack.cameras import Picture, RtspCameras
from tests.rtsp_line import RtspLine
from tests.torture.box import Box, name_of
from tests.torture.judging import UNDISTURBED
from tests.torture.lines import SlowLine

_GONE = frozenset({GapCause.STREAM_ENDED, GapCause.CAMERA_UNREACHABLE})
_HELD = _GONE | {GapCause.STREAM_STALLED, GapCause.NO_KEY_FRAME}
_KILLED = frozenset({GapCause.PROCESS_RESTARTED})
_STOPPED = frozenset({GapCause.EDGE_STOPPED})
_NONE: frozenset[GapCause] = frozenset()
_MOST_STEPPED = 12 * 3600.0
_HOURS = (600.0, 4 * 3600.0)
_HEARS_SECONDS = 30.0
_QUIET_SECONDS = UNDISTURBED.total_seconds() + 1.5
_PICTURES = (
    Picture(key_every=5, size="320x240"),
    Picture(key_every=10, size="352x288"),
    Picture(codec="h265", key_every=10, size="320x240"),
)


@dataclass
class Camera:
    """One camera of the box, behind a line."""

    camera_id: UUID
    server: RtspCameras
    line: RtspLine


@dataclass
class Stage:
    """What a fault may touch."""

    box: Box
    api: SlowLine
    store: SlowLine
    cameras: list[Camera] = field(default_factory=list)


class Missed(Exception):
    """There was nothing that the fault could hit just then."""


@dataclass(frozen=True)
class Fault:
    """One kind. `do` returns once it is over; nothing of it is left then but its traces. Raises `Missed`."""

    causes: frozenset[GapCause]
    do: Callable[[Stage, Camera, random.Random], None]


def _drop(_stage: Stage, camera: Camera, pick: random.Random) -> None:
    camera.line.shut()
    time.sleep(pick.uniform(0.5, 3))
    camera.line.open()


def _cut(_stage: Stage, camera: Camera, _pick: random.Random) -> None:
    camera.line.cut()


def _hold(_stage: Stage, camera: Camera, pick: random.Random) -> None:
    camera.line.hold()
    time.sleep(pick.uniform(5.5, 7))
    camera.line.flow()


def _pause(_stage: Stage, camera: Camera, pick: random.Random) -> None:
    """Shorter than anybody waits: late, and nothing is lost."""
    camera.line.hold()
    time.sleep(pick.uniform(0.5, 2))
    camera.line.flow()


def _lose(_stage: Stage, camera: Camera, pick: random.Random) -> None:
    before, wanted = camera.line.lost, pick.randint(1, 4)
    camera.line.lose(wanted)
    time.sleep(2)
    camera.line.be_true()
    if camera.line.lost == before:
        raise Missed


def _jump(_stage: Stage, camera: Camera, pick: random.Random) -> None:
    camera.line.jump(pick.choice([2, 5, -3]))
    time.sleep(3)
    camera.line.be_true()


def _take_over(_stage: Stage, camera: Camera, pick: random.Random) -> None:
    camera.line.take_over(seq=pick.randrange(2**16))
    time.sleep(1.5)
    camera.line.be_true()
    time.sleep(5)


def _refuse(_stage: Stage, camera: Camera, pick: random.Random) -> None:
    camera.line.refuse()
    camera.line.cut()
    time.sleep(pick.uniform(3, 6))
    camera.line.be_true()


def _change(_stage: Stage, camera: Camera, pick: random.Random) -> None:
    now = camera.server.picture
    others = [replace(one, audio=now.audio) for one in _PICTURES]
    camera.server.change(pick.choice([one for one in others if one != now]))


def _kill_camera(stage: Stage, camera: Camera, _pick: random.Random) -> None:
    """After a quiet while, so that what is missing afterwards is what the kill took."""
    time.sleep(_QUIET_SECONDS)
    with stage.box.turn:
        stage.box.snapshot()
        if not stage.box.kill_child(lambda name: name == name_of(camera.camera_id)):
            raise Missed


def _kill_uploader(stage: Stage, _camera: Camera, _pick: random.Random) -> None:
    with stage.box.turn:
        if not stage.box.kill_child(lambda name: name == "uploader"):
            raise Missed


def _kill_box(stage: Stage, _camera: Camera, pick: random.Random) -> None:
    with stage.box.turn:
        stage.box.snapshot()
        stage.box.kill()
        time.sleep(pick.uniform(0.1, 2))
        stage.box.start()


def _cut_power(stage: Stage, _camera: Camera, pick: random.Random) -> None:
    """A clock that was behind is set right at the start, before anything records."""
    _boot_anew(stage, pick, behind=min(0.0, stage.box.stepped_seconds))


def _boot_behind(stage: Stage, _camera: Camera, pick: random.Random) -> None:
    """It records by a clock that is behind until it hears the server: the step shows where a connection begins anew."""
    box = stage.box
    _boot_anew(stage, pick, behind=box.stepped_seconds + pick.uniform(*pick.choice(((1, 5), _HOURS))))
    until = time.monotonic() + _HEARS_SECONDS
    while not box.has_heard and time.monotonic() < until:
        time.sleep(0.3)
    for camera in stage.cameras:
        camera.line.cut()


def _boot_anew(stage: Stage, pick: random.Random, *, behind: float) -> None:
    """Off and on again, with a clock that was put back by so many seconds meanwhile."""
    with stage.box.turn:
        stage.box.kill()
        time.sleep(pick.uniform(0.5, 3))
        stage.box.step_clock(-behind)
        stage.box.new_boot()
        stage.box.start()


def _restart(stage: Stage, _camera: Camera, _pick: random.Random) -> None:
    with stage.box.turn:
        stage.box.stop()
        stage.box.start()


def _step_clock(stage: Stage, _camera: Camera, pick: random.Random) -> None:
    """A step shows where a connection begins anew, so one does; the next power cut may leave it with that clock."""
    forward = stage.box.stepped_seconds < _MOST_STEPPED and pick.random() < 0.7
    seconds = pick.uniform(*pick.choice(((1, 20), _HOURS)))
    stage.box.step_clock(seconds if forward else -seconds)
    time.sleep(0.5)
    for camera in stage.cameras:
        camera.line.cut()


def _fill_disk(stage: Stage, _camera: Camera, pick: random.Random) -> None:
    stage.box.fill_disk(full=True)
    time.sleep(pick.uniform(1.5, 4))
    stage.box.fill_disk(full=False)


def _unmount_disk(stage: Stage, _camera: Camera, pick: random.Random) -> None:
    """For longer than a segment, so that each camera opens one meanwhile."""
    stage.box.mount_disk(mounted=False)
    time.sleep(pick.uniform(4, 7))
    stage.box.mount_disk(mounted=True)


def _shut(line: Callable[[Stage], SlowLine]) -> Callable[[Stage, Camera, random.Random], None]:
    def do(stage: Stage, _camera: Camera, pick: random.Random) -> None:
        line(stage).shut()
        time.sleep(pick.uniform(2, 8))
        line(stage).open()

    return do


def _slow(line: Callable[[Stage], SlowLine]) -> Callable[[Stage, Camera, random.Random], None]:
    def do(stage: Stage, _camera: Camera, pick: random.Random) -> None:
        line(stage).slow_seconds = pick.uniform(0.2, 0.8)
        time.sleep(pick.uniform(3, 8))
        line(stage).open()

    return do


OF_A_CAMERA: Mapping[str, Fault] = {
    "camera drops": Fault(_GONE, _drop),
    "line is cut": Fault(_GONE, _cut),
    "camera holds its tongue": Fault(_HELD, _hold),
    "camera pauses": Fault(_NONE, _pause),
    "RTP is lost": Fault(_NONE, _lose),
    "camera's clock jumps by hours": Fault(_NONE, _jump),
    "another session is mixed in": Fault(
        frozenset({GapCause.CAMERA_SESSION_CHANGED, GapCause.STREAM_STALLED}), _take_over
    ),
    "codec or size changes": Fault(_HELD, _change),
    "password is refused": Fault(_GONE | {GapCause.CAMERA_REFUSED}, _refuse),
    "camera's process is killed": Fault(_KILLED, _kill_camera),
}
OF_THE_BOX: Mapping[str, Fault] = {
    "uploader is killed": Fault(_NONE, _kill_uploader),
    "whole box is killed": Fault(_KILLED, _kill_box),
    "power is cut": Fault(frozenset({GapCause.BOX_RESTARTED}), _cut_power),
    "power is cut, and the clock is behind": Fault(
        frozenset({GapCause.BOX_RESTARTED, GapCause.CLOCK_CHANGED}) | _GONE, _boot_behind
    ),
    "box is restarted": Fault(_STOPPED, _restart),
    "clock steps": Fault(frozenset({GapCause.CLOCK_CHANGED}) | _GONE, _step_clock),
    "disk is full": Fault(frozenset({GapCause.DISK_FULL}), _fill_disk),
    "disk comes off": Fault(frozenset({GapCause.SPOOL_MISSING}), _unmount_disk),
    "store is down": Fault(_NONE, _shut(lambda stage: stage.store)),
    "store is slow": Fault(_NONE, _slow(lambda stage: stage.store)),
    "server is down": Fault(_NONE, _shut(lambda stage: stage.api)),
    "server is slow": Fault(_NONE, _slow(lambda stage: stage.api)),
}
KILLS_SENDER = frozenset(
    {"uploader is killed", "whole box is killed", "power is cut", "power is cut, and the clock is behind"}
)
