"""A camera whose zone needs a privacy mask is recorded only while its masks were seen on, at the address it has."""

from collections.abc import Iterator, Mapping
from contextlib import closing
from datetime import timedelta
from typing import Any, cast

import pytest

from infra.camera_profiles import Approved, Measured
from infra.causes import MAY_BE_ON_CARD, GapCause
from infra.clock import now
from infra.db import db
from infra.stack.cameras import RtspCameras
from tenants.registry.models import Camera
from tenants.registry.zones import Zone
from tests.cameras.onvif import LOGIN, Encoder, OnvifCamera, serving
from tests.workers.edge.conftest import Box, Site, eventually
from tests.workers.edge.disks import CAMERA, GATE, Disk, config_document, enrol
from tests.workers.edge.passing import Passing
from workers.edge import configuration
from workers.edge.api import Api
from workers.edge.commands.masking import _cover
from workers.edge.configuration import CameraRules
from workers.edge.ledger import CameraState
from workers.edge.masked import Masked
from workers.edge.onvif import nights
from workers.edge.onvif.asking_masks import ask_each
from workers.edge.onvif.camera import OnvifCamera as Asked
from workers.edge.onvif.masks import area, masks_over
from workers.edge.onvif.nights import Nights
from workers.edge.permission import Permission

TYPED = f"{LOGIN.user}\n{LOGIN.password}\n"
ROOM = CameraRules(CAMERA, "C-ROOM", "寢室", audio=False, zone="bedroom", needs_mask=True)
AT = "rtsp://10.0.0.1/main"
pytestmark = pytest.mark.req("DR-19", "KH-3-3")


def bedroom(disk: Disk, address: str = AT, onvif: str = "") -> Masked:
    """A box with one camera in a bedroom."""
    enrol(disk.home, config_document(cameras=[{**GATE, "zone": "bedroom", "needs_mask": True}]))
    disk.home.keep_address(CAMERA, address, onvif=onvif)
    return Masked(disk.home)


def test_what_nobody_saw_masked_lacks_it_and_what_needs_none_never_does(disk: Disk) -> None:
    masked = Masked(disk.home)
    assert masked.lacks(ROOM, AT)
    assert not masked.lacks(CameraRules(CAMERA, "C-GATE", "大門", audio=False), AT)
    masked.taken(CAMERA, "rtsp://admin:secret@10.0.0.1/main", 1)
    assert not masked.lacks(ROOM, AT)
    assert not masked.lacks(ROOM, "rtsp://admin:other@10.0.0.1/main")
    assert not [path for path in disk.home.folder.rglob("*.json") if b"secret" in path.read_bytes()]


def test_another_address_needs_masks_of_its_own(disk: Disk) -> None:
    masked = Masked(disk.home)
    masked.taken(CAMERA, AT, 2)
    assert masked.lacks(ROOM, "rtsp://10.0.0.1/other")
    masked.saw(CAMERA, "rtsp://10.0.0.1/other", 1)
    assert not masked.lacks(ROOM, "rtsp://10.0.0.1/other")


def test_one_mask_of_two_is_not_enough_until_an_installer_takes_it_so(disk: Disk) -> None:
    masked = Masked(disk.home)
    masked.taken(CAMERA, AT, 2)
    for _night in range(2):
        masked.saw(CAMERA, AT, 1)
        assert masked.lacks(ROOM, AT)
    masked.saw(CAMERA, AT, 2)
    assert not masked.lacks(ROOM, AT)
    masked.taken(CAMERA, AT, 1)
    assert not masked.lacks(ROOM, AT)


def test_a_broken_note_is_none(disk: Disk) -> None:
    masked = Masked(disk.home)
    masked.taken(CAMERA, AT, 1)
    for path in (disk.home.folder / "masks").iterdir():
        path.write_bytes(b"\0" * 20)
    assert masked.lacks(ROOM, AT)


def test_only_the_camera_without_its_mask_is_refused(disk: Disk) -> None:
    masked = bedroom(disk)
    config = configuration.load(disk.home)
    assert config is not None
    assert Permission(disk.home).refused(config, disk.home.addresses()) == {CAMERA: GapCause.NO_MASK}
    masked.taken(CAMERA, AT, 1)
    assert Permission(disk.home).refused(config, disk.home.addresses()) == {}


def test_what_was_not_recorded_for_want_of_a_mask_is_not_fetched_from_the_card() -> None:
    assert GapCause.NO_MASK not in MAY_BE_ON_CARD


class Server:
    """A server that takes every check."""

    def post(self, _path: str, _document: Mapping[str, Any]) -> dict[str, Any]:
        """Take it."""
        return {}


@pytest.mark.parametrize(("seen", "lacks"), [(0, True), (1, False), (None, False)])
def test_the_nightly_look_takes_back_what_it_does_not_see(
    disk: Disk, monkeypatch: pytest.MonkeyPatch, seen: int | None, *, lacks: bool
) -> None:
    masked = bedroom(disk)
    masked.taken(CAMERA, AT, 1)
    look = Measured(codec="h264", width=320, height=240, fps=10.0, key_interval_ms=500, kbps=300, masks=seen)
    monkeypatch.setattr(nights, "look", lambda _home, _camera: look)
    checks = Nights(disk.home, cast("Api", Server()), lambda: False, clock=Passing().clock)
    checks.once(until=now() + timedelta(hours=1))
    assert masked.lacks(ROOM, AT) is lacks


@pytest.fixture
def camera() -> Iterator[OnvifCamera]:
    with serving(OnvifCamera(stream="rtsp://127.0.0.1/main")) as one:
        yield one


@pytest.mark.parametrize(("masks", "lacks"), [([True], False), ([False], True), ([], True)])
def test_a_camera_that_waits_is_asked_for_its_masks(
    disk: Disk, camera: OnvifCamera, masks: list[bool], *, lacks: bool
) -> None:
    camera.masks = masks
    address = f"rtsp://{LOGIN.user}:{LOGIN.password}@127.0.0.1/main"
    masked = bedroom(disk, address, f"http://{camera.address}/onvif/device_service")
    ask_each(disk.home, lambda: False)
    assert masked.lacks(ROOM, address) is lacks


def test_no_login_goes_to_another_host_for_it(disk: Disk, camera: OnvifCamera) -> None:
    bedroom(disk, "rtsp://admin:secret@localhost/main", f"http://{camera.address}/onvif/device_service")
    ask_each(disk.home, lambda: False)
    assert camera.asked == []


def test_a_device_of_two_pictures_is_judged_by_the_one_that_is_recorded(camera: OnvifCamera) -> None:
    """Both are of one size; the masks are over the first."""
    camera.masks = [True]
    second = "rtsp://127.0.0.1/second"
    camera.encoders.append(Encoder(token="second", source="v1", stream=second))
    asked = Asked(camera.address, LOGIN)
    found = [masks_over(asked, one) for one in ("rtsp://127.0.0.1/main", second, "rtsp://127.0.0.1/by-hand")]
    assert found == [1, 0, 0]


def test_the_masks_are_set_over_the_picture_that_will_be_taken(camera: OnvifCamera) -> None:
    """The largest stream is not approved, and is another sensor's."""
    camera.encoders.insert(0, Encoder(token="large", size=(3840, 2160), source="v1"))
    approved = Approved(
        codec="h264", width=320, height=240, fps_from=1, fps_to=30, key_interval_most_ms=9000, kbps_from=0, kbps_to=9000
    )
    room = CameraRules(CAMERA, "C-ROOM", "寢室", audio=False, needs_mask=True, approved=approved)
    said = _cover(Asked(camera.address, LOGIN), room, [area("0,0,30,40")])
    assert "320×240" in said


def test_a_zone_that_needs_a_mask_from_now_on_stops_that_camera_until_it_has_one(
    box: Box, site: Site, cameras: RtspCameras
) -> None:
    with serving(OnvifCamera(stream=cameras.url(0))) as camera:
        done = box.command("camera", "add", "C-ROOM2", "--at", camera.address, typed=TYPED)
        assert done.returncode == 0, done.stderr
        box.watch("C-GATE", cameras.url(1))
        box.start()
        eventually(lambda: all(map(site.segments, ("C-ROOM2", "C-GATE"))), seconds=30, what="both record")
        db.session.get_one(Camera, site.of.cameras["C-ROOM2"]).zone = Zone.BEDROOM
        db.session.commit()
        box.command("camera", "list")  # fetches what the server says now
        eventually(lambda: state_of(box, site).cause is GapCause.NO_MASK, seconds=30, what="it is not recorded")
        until, others = state_of(box, site).recorded_until_us, len(site.segments("C-GATE"))
        eventually(lambda: len(site.segments("C-GATE")) >= others + 3, seconds=30, what="the other goes on")
        assert state_of(box, site).recorded_until_us == until
        assert "隱私遮罩" in box.command("status").stdout
        set_there = box.command("camera", "mask", "C-ROOM2", "--area", "0,0,30,40")
        assert set_there.returncode == 0, set_there.stderr
        eventually(lambda: state_of(box, site).cause is None, seconds=40, what="it is recorded again")
        eventually(lambda: bool(site.gaps("C-ROOM2")), seconds=40, what="the gap is told")
        box.stop()
    assert GapCause.NO_MASK in {gap.cause for gap in site.gaps("C-ROOM2")}


def state_of(box: Box, site: Site) -> CameraState:
    with closing(box.ledger()) as ledger:
        return ledger.state_of(site.of.cameras["C-ROOM2"])
