"""An installer who finds cameras on the network and takes one, and the cameras that the box will not take."""

import json
from collections.abc import Iterator
from uuid import UUID

import pytest

from infra.causes import GapCause
from infra.db import db
from infra.stack.cameras import RtspCameras
from infra.stream_addresses import with_login
from tenants.registry.models import Camera
from tenants.registry.zones import NEEDS_MASK, Zone
from tests.cameras.onvif import LOGIN, Encoder, OnvifCamera, serving
from tests.workers.edge.conftest import Box, Site, eventually
from workers.edge.configuration import CameraRules
from workers.edge.places import is_prohibited

TYPED = f"{LOGIN.user}\n{LOGIN.password}\n"


@pytest.fixture
def camera(cameras: RtspCameras) -> Iterator[OnvifCamera]:
    with serving(OnvifCamera(stream=cameras.url(0))) as one:
        yield one


def test_find_lists_who_answers_and_whether_the_login_works(box: Box, camera: OnvifCamera) -> None:
    done = box.command("camera", "find", "--at", camera.address, typed=TYPED)
    assert done.returncode == 0, done.stderr
    assert "127.0.0.1\tAcme\tDome 2\tHW-7\t成功" in done.stdout
    refused = box.command("camera", "find", "--at", camera.address, typed="admin\nwrong\n")
    assert "127.0.0.1\t\tAcme Dome\tHW-7\t鏡頭拒絕登入" in refused.stdout
    assert LOGIN.password not in done.stdout + done.stderr


def test_a_found_camera_is_asked_for_its_main_stream_which_is_tried_and_kept(
    box: Box, site: Site, camera: OnvifCamera, cameras: RtspCameras
) -> None:
    camera.encoders.append(Encoder(token="sub", size=(160, 120)))
    done = box.command("camera", "add", "C-GATE", "--at", camera.address, typed=TYPED)
    assert done.returncode == 0, done.stderr
    assert "320×240" in done.stdout
    assert LOGIN.password not in done.stdout + done.stderr
    kept = site.of.cameras["C-GATE"]
    assert box.home.stream_of(kept) == with_login(cameras.url(0), LOGIN)
    assert box.home.onvif_of(kept) == f"http://{camera.address}/onvif/device_service"
    assert cameras.url(0) in box.command("camera", "list").stdout


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        ("password", "帳號與密碼"),
        ("elsewhere", "別台主機"),
        ("no stream", "串流"),
        ("page", "不是 ONVIF"),
        ("endless", "過大"),
        ("only JPEG", "H.264 或 H.265"),
    ],
)
def test_a_camera_that_is_wrong_is_refused_with_a_sentence_and_not_kept(
    box: Box, site: Site, camera: OnvifCamera, cameras: RtspCameras, *, wrong: str, sentence: str
) -> None:
    camera.fault = wrong if wrong in {"page", "endless"} else ""
    camera.stream = {"elsewhere": "rtsp://10.6.6.6/x", "no stream": f"{cameras.url(0)}none"}.get(wrong, camera.stream)
    camera.encoders[0].encoding = "JPEG" if wrong == "only JPEG" else "H264"
    typed = "admin\nnope\n" if wrong == "password" else TYPED
    done = box.command("camera", "add", "C-GATE", "--at", camera.address, typed=typed)
    assert done.returncode == 1
    assert sentence in done.stderr
    assert site.of.cameras["C-GATE"] not in box.home.addresses()


@pytest.mark.req("KH-3-3", "DR-19")
def test_a_camera_whose_zone_needs_a_mask_is_taken_only_with_one(
    box: Box, site: Site, camera: OnvifCamera, cameras: RtspCameras
) -> None:
    held = db.session.get_one(Camera, site.of.cameras["C-GATE"])
    held.zone = Zone.BEDROOM
    db.session.commit()
    by_hand = box.command("camera", "add", "C-GATE", "--url", cameras.url(0))
    camera.masks = [False]
    switched_off = box.command("camera", "add", "C-GATE", "--at", camera.address, typed=TYPED)
    assert (by_hand.returncode, switched_off.returncode) == (1, 1)
    assert "隱私遮罩" in by_hand.stderr
    assert "隱私遮罩" in switched_off.stderr
    camera.masks = [True]
    done = box.command("camera", "add", "C-GATE", "--at", camera.address, typed=TYPED)
    assert done.returncode == 0, done.stderr


@pytest.mark.req("KH-3-3", "KH-3-4")
def test_the_zones_with_beds_examination_corners_and_washroom_doors_need_a_mask() -> None:
    assert {Zone.BEDROOM, Zone.HEALTH_CENTER, Zone.WASHROOM_ENTRANCE} == NEEDS_MASK


@pytest.mark.req("KH-3-6", "DR-19")
@pytest.mark.parametrize(
    ("zone", "name", "prohibited"),
    [
        ("activity_room", "兔兔班", False),
        ("washroom_entrance", "廁所入口前走廊", False),
        ("washroom_entrance", "2F 女廁", False),
        ("a_zone_to_come", "新空間", False),
        ("", "男廁內", False),
        ("activity_room", "男廁內", True),
        ("changing_room", "一樓", True),
        ("toilet_inside", "一樓", True),
    ],
)
def test_the_box_knows_by_itself_where_no_camera_may_be(zone: str, name: str, prohibited: bool) -> None:  # noqa: FBT001
    assert is_prohibited(CameraRules(UUID(int=1), "C", name, audio=False, zone=zone)) is prohibited


@pytest.mark.req("KH-3-6", "DR-19")
def test_a_prohibited_zone_in_the_config_stops_that_camera_and_no_other(
    box: Box, site: Site, cameras: RtspCameras
) -> None:
    lawful, unlawful = list(site.of.cameras)[:2]
    box.command("camera", "list")
    site.api.shut()
    config = json.loads(box.home.config.read_text(encoding="utf-8"))
    for one in config["cameras"]:
        one["zone"] = "changing_room" if one["code"] == unlawful else "front_gate"
    box.home.config.write_text(json.dumps(config), encoding="utf-8")
    for number, code in enumerate((lawful, unlawful)):
        box.watch(code, cameras.url(number))
    box.start()
    eventually(lambda: box.spooled() >= 2, seconds=30, what="the lawful one records")
    box.stop()
    ledger = box.ledger()
    states = {code: ledger.state_of(site.of.cameras[code]) for code in (lawful, unlawful)}
    ledger.close()
    assert states[lawful].recorded_until_us is not None
    assert states[unlawful].recorded_until_us is None
    assert states[unlawful].cause is GapCause.PROHIBITED_ZONE
    assert not (box.home.spool / str(site.of.cameras[unlawful])).exists()
