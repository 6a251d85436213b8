"""What a box says of its cameras' clocks, and of what it could not date."""

from datetime import timedelta
from typing import Any

import pytest

from infra import clock
from infra.db import db
from infra.manifest import microseconds
from tenants.footage import times
from tests.factories.registry import Institution
from tests.webapp.ingest.conftest import Talking, beat

AFTER = 1_795_147_200_000_000


def seen(k1: Institution, **said: object) -> dict[str, Any]:
    return beat({"camera_id": str(k1.cameras["C-GATE"]), **said})


@pytest.mark.req("KH-3-10")
def test_how_far_a_cameras_clock_is_off_is_kept_and_stays_when_a_heartbeat_says_none(
    device: Talking, k1: Institution
) -> None:
    for said in ({"offset_ms": -75_000, "bound_ms": 600, "age_s": 120}, None):
        assert device.post("/heartbeats", seen(k1, clock=said)).status_code == 200
    held = times.of_cameras(tenant_id=k1.tenant_id)[k1.cameras["C-GATE"]].clock
    assert held is not None
    assert (held.offset_ms, held.bound_ms) == (-75_000, 600)
    assert timedelta(seconds=110) < clock.now() - held.read_at < timedelta(minutes=5)


@pytest.mark.req("DR-18")
def test_what_a_box_could_not_date_is_kept_until_it_says_that_there_is_none(device: Talking, k1: Institution) -> None:
    said = {"segments": 90, "seconds": 5400, "after_us": AFTER, "before_us": AFTER + 86_400_000_000}
    assert device.post("/heartbeats", seen(k1, undated=said)).status_code == 200
    held = times.of_cameras(tenant_id=k1.tenant_id)[k1.cameras["C-GATE"]].undated
    assert held is not None
    assert (held.segments, held.seconds, microseconds(held.after)) == (90, 5400, AFTER)
    assert held.before is not None
    assert held.before - held.after == timedelta(days=1)
    assert device.post("/heartbeats", seen(k1, undated=None)).status_code == 200
    db.session.rollback()  # what was read is kept while a transaction lasts
    assert times.of_cameras(tenant_id=k1.tenant_id)[k1.cameras["C-GATE"]].undated is None


@pytest.mark.parametrize(
    "said",
    [
        {"clock": {"offset_ms": 1, "bound_ms": -1, "age_s": 0}},
        {"clock": {"offset_ms": 2**31, "bound_ms": 1, "age_s": 0}},
        {"undated": {"segments": 0, "seconds": 1, "after_us": 1, "before_us": None}},
    ],
)
def test_anything_impossible_is_refused(device: Talking, k1: Institution, said: dict[str, object]) -> None:
    assert device.post("/heartbeats", seen(k1, **said)).status_code == 422


def test_a_box_is_told_that_it_may_say_so(device: Talking) -> None:
    accepts = set(device.ask("GET", "/config").get_json()["accepts"])
    assert {"cameras.clock", "cameras.clock.offset_ms", "cameras.undated", "cameras.undated.before_us"} <= accepts
