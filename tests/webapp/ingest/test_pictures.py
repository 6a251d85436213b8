"""What a box says of its cameras' pictures."""

from typing import Any

import pytest

from infra import clock
from infra.causes import PictureFault
from infra.manifest import microseconds
from tenants.footage import pictures
from tests.factories.registry import Institution
from tests.webapp.ingest.conftest import Talking, beat

pytestmark = pytest.mark.req("KH-3-8", "KH-3-9", "DR-36")


def seen(k1: Institution, picture: object) -> dict[str, Any]:
    return beat({"camera_id": str(k1.cameras["C-GATE"]), "picture": picture})


def look(**changes: object) -> dict[str, object]:
    return {
        "taken_us": microseconds(clock.now()),
        "brightness": 110,
        "contrast": 40,
        "sharpness": 300,
        "likeness": 97,
        "reference_us": None,
        "faults": ["moved"],
        **changes,
    }


def test_the_last_look_is_kept_and_stays_when_a_heartbeat_says_none(device: Talking, k1: Institution) -> None:
    assert pictures.health(tenant_id=k1.tenant_id, camera_id=k1.cameras["C-GATE"]) is None
    for said in (look(faults=["dark"]), look(), None):
        assert device.post("/heartbeats", seen(k1, said)).status_code == 200
    held = pictures.health(tenant_id=k1.tenant_id, camera_id=k1.cameras["C-GATE"])
    assert held is not None
    assert (held.brightness, held.likeness, held.faults) == (110, 97, [PictureFault.MOVED])


@pytest.mark.parametrize("change", [{"faults": ["child"]}, {"brightness": 256}, {"edges": [1]}, {"picture": "…"}])
def test_anything_but_the_numbers_is_refused(device: Talking, k1: Institution, change: dict[str, object]) -> None:
    assert device.post("/heartbeats", seen(k1, look(**change))).status_code == 422


def test_a_box_is_told_that_it_may_say_so(device: Talking) -> None:
    accepts = device.ask("GET", "/config").get_json()["accepts"]
    assert {"instance", "cameras.picture", "cameras.picture.faults"} <= set(accepts)
