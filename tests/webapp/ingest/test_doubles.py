"""Two boxes with one key: a disk or a machine that was copied."""

from uuid import UUID, uuid4

import pytest

from infra import clock
from infra.db import db
from tenants.audit import queries as audit
from tenants.registry.models import EdgeDevice
from tests.factories.registry import Institution
from tests.webapp.ingest.conftest import Talking, beat

pytestmark = pytest.mark.req("DR-06")


def say(device: Talking, *runs: UUID) -> EdgeDevice:
    """Heartbeats of these runs, one after another; the device then."""
    for run in runs:
        assert device.post("/heartbeats", beat(instance=str(run))).status_code == 200
    db.session.expire_all()
    return db.session.get_one(EdgeDevice, device.box.device_id)


def doubled(k1: Institution) -> int:
    return [event.event for event in audit.latest(tenant_id=k1.tenant_id)].count("device:doubled")


def test_two_that_take_turns_are_told_once_as_an_event_and_as_often_as_they_do(
    device: Talking, k1: Institution
) -> None:
    one, other = uuid4(), uuid4()
    held = say(device, one, other, one, other, one)
    assert held.doubled_at is not None
    assert (clock.now() - held.doubled_at).total_seconds() < 60
    say(device, other, one)
    assert doubled(k1) == 1


def test_a_box_that_restarts_again_and_again_is_one_box(device: Talking, k1: Institution) -> None:
    assert say(device, *(uuid4() for _ in range(9))).doubled_at is None
    assert doubled(k1) == 0


def test_one_late_heartbeat_of_the_run_before_is_no_twin(device: Talking) -> None:
    one, other = uuid4(), uuid4()
    assert say(device, one, one, other, one, other, other, other).doubled_at is None


def test_a_box_of_before_names_no_run(device: Talking) -> None:
    assert device.post("/heartbeats", beat()).status_code == 200
