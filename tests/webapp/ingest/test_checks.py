"""How a box tells of its cameras' settings."""

from typing import Any

import pytest
from sqlalchemy import func, select

from infra import clock
from infra.db import db
from infra.manifest import microseconds
from tenants.audit import queries as audit
from tenants.footage.check_models import CameraCheck
from tests.factories import footage
from tests.factories.registry import Institution, attached_preschool
from tests.webapp.ingest.conftest import Talking

pytestmark = pytest.mark.req("KH-3-8")


def item(of: Institution, **changed: object) -> dict[str, Any]:
    told = {"camera_id": str(of.cameras["C-GATE"]), "measured_us": microseconds(clock.now())}
    seen = {"codec": "h264", "width": 1920, "height": 1080, "fps": 15.0, "key_interval_ms": 2000, "kbps": 2048}
    said = {"make": "Acme", "model": "", "firmware": "1.0", "clock_offset_ms": -900, "masks": None}
    return {**told, **seen, **said, **changed}


def kept() -> int:
    return db.session.scalar(select(func.count()).select_from(CameraCheck)) or 0


def test_a_check_that_is_sent_twice_is_kept_once_with_its_event(device: Talking, k1: Institution) -> None:
    body = {"items": [item(k1)]}
    for _again in range(2):
        assert device.post("/checks", body).status_code == 200
    assert kept() == 1
    names = [event.event for event in audit.latest(tenant_id=k1.tenant_id)]
    assert names.count("footage:cameras_checked") == 1


@pytest.mark.req("KH-3-10")
@pytest.mark.parametrize(("ahead_ms", "offset_ms"), [(-900, 900), (61_000, -61_000), (0, 0), (None, None)])
def test_a_box_says_how_far_a_clock_is_ahead_and_what_must_be_added_is_kept(
    device: Talking, k1: Institution, ahead_ms: int | None, offset_ms: int | None
) -> None:
    assert device.post("/checks", {"items": [item(k1, clock_offset_ms=ahead_ms)]}).status_code == 200
    assert db.session.scalars(select(CameraCheck.clock_offset_ms)).one() == offset_ms


@pytest.mark.parametrize(
    "changed",
    [
        {"codec": "mjpeg"},
        {"width": 0},
        {"fps": -1.0},
        {"kbps": 2**40},
        {"make": "x" * 201},
        {"model": "a\nb"},
        {"password": "s3cret"},
        {"masks": "1"},
    ],
)
def test_what_is_no_measurement_is_refused(device: Talking, k1: Institution, changed: dict[str, object]) -> None:
    answer = device.post("/checks", {"items": [item(k1, **changed)]})
    assert answer.status_code == 422
    assert "s3cret" not in answer.text
    assert kept() == 0


@pytest.mark.req("DR-08")
def test_another_institutions_camera_is_refused(device: Talking, k1: Institution, e1: Institution) -> None:
    foreign = item(k1, camera_id=str(next(iter(e1.cameras.values()))))
    assert device.post("/checks", {"items": [item(k1), foreign]}).status_code == 422
    assert kept() == 0


@pytest.mark.req("DR-08")
def test_a_camera_of_the_institutions_other_site_is_refused(device: Talking, k1: Institution) -> None:
    _site, camera_id = attached_preschool(k1)
    answer = device.post("/checks", {"items": [item(k1), item(k1, camera_id=str(camera_id))]})
    assert (answer.status_code, answer.get_json()["code"]) == (422, "foreign_camera")
    assert kept() == 0


def test_the_config_says_where_a_camera_looks_and_what_is_approved(device: Talking, k1: Institution) -> None:
    check = footage.camera_check(k1, device_id=device.box.device_id)
    footage.camera_approval(k1, check_id=check, approved_by=device.box.device_id)
    told = {one["code"]: one for one in device.ask("GET", "/config").get_json()["cameras"]}
    gate = told.pop("C-GATE")
    assert (gate["zone"], gate["needs_mask"]) == ("front_gate", False)
    assert (gate["approved"]["width"], gate["approved"]["key_interval_most_ms"]) == (1920, 3000)
    assert all(one["approved"] is None for one in told.values())
