"""Privacy masks that an installer sets at the camera by a command, and cameras that take none."""

from collections.abc import Iterator

import pytest

from infra.db import db
from infra.stack.cameras import RtspCameras
from tenants.registry.models import Camera
from tenants.registry.zones import NEEDS_MASK
from tests.cameras.onvif import LOGIN, OnvifCamera, serving
from tests.workers.edge.conftest import Box, Site
from workers.edge.onvif.camera import OnvifCamera as Asked
from workers.edge.onvif.masks import BadArea, area, cover
from workers.edge.onvif.soap import CameraFault, Fault

TYPED = f"{LOGIN.user}\n{LOGIN.password}\n"


@pytest.fixture
def camera() -> Iterator[OnvifCamera]:
    with serving(OnvifCamera(stream="rtsp://127.0.0.1:554/main")) as one:
        yield one


def covered(camera: OnvifCamera, *typed: str) -> None:
    asked = Asked(camera.address, LOGIN)
    cover(asked, asked.profiles()[0], [area(one) for one in typed])


@pytest.mark.req("KH-3-3")
def test_each_area_becomes_a_mask_once(camera: OnvifCamera) -> None:
    covered(camera, "0,0,30,40", "80,90,100,100")
    assert len(camera.drawn) == 2
    assert 'x="-1" y="1"' in camera.drawn[0], "the upper left corner, as ONVIF counts"
    assert 'x="-0.4" y="0.2"' in camera.drawn[0]
    covered(camera, "0,0,30,40")
    assert len(camera.drawn) == 2, "what is covered stays as it is"


@pytest.mark.req("KH-3-3")
@pytest.mark.parametrize(
    ("fault", "most", "said"),
    [("sets none", 4, Fault.NOT_OFFERED), ("forgets", 4, Fault.NO_MASK), ("", 1, Fault.MASKS_FULL)],
)
def test_a_camera_that_sets_no_mask_is_not_believed(camera: OnvifCamera, fault: str, most: int, said: Fault) -> None:
    camera.fault_of_masks, camera.most_masks = fault, most
    with pytest.raises(CameraFault) as caught:
        covered(camera, "0,0,30,40", "50,50,60,60")
    assert caught.value.fault is said
    assert not camera.drawn


@pytest.mark.parametrize("typed", ["", "0,0,30", "0,0,30,140", "30,0,0,40", "a,b,c,d", "0,0,nan,9", "1,1,1.5,1.5"])
def test_what_is_no_part_of_a_picture_is_refused(typed: str) -> None:
    with pytest.raises(BadArea):
        area(typed)


@pytest.mark.req("KH-3-3", "DR-19")
def test_a_camera_whose_zone_needs_a_mask_is_taken_after_the_command_has_set_it(
    box: Box, site: Site, camera: OnvifCamera, cameras: RtspCameras
) -> None:
    camera.stream = cameras.url(0)
    held = db.session.get_one(Camera, site.of.cameras["C-GATE"])
    held.zone = next(iter(NEEDS_MASK))
    db.session.commit()
    refused = box.command("camera", "add", "C-GATE", "--at", camera.address, typed=TYPED)
    assert "camera mask" in refused.stderr
    done = box.command("camera", "mask", "C-GATE", "--at", camera.address, "--area", "0,0,30,40", typed=TYPED)
    assert done.returncode == 0, done.stderr
    assert "已設定並確認遮罩：0,0,30,40" in done.stdout
    assert box.command("camera", "add", "C-GATE", "--at", camera.address, typed=TYPED).returncode == 0
    again = box.command("camera", "mask", "C-GATE", "--area", "60,60,90,90")
    assert again.returncode == 0, again.stderr
    assert len(camera.drawn) == 2
    wrong = box.command("camera", "mask", "C-GATE", "--at", camera.address, "--area", "7", typed=TYPED)
    assert "畫面的百分比" in wrong.stderr
    camera.fault_of_masks = "sets none"
    cannot = box.command("camera", "mask", "C-GATE", "--area", "1,1,9,9")
    assert "不能以 ONVIF 設定遮罩" in cannot.stderr
    assert LOGIN.password not in cannot.stderr + again.stdout
