"""What a school did about its cameras: measured, approved, assessed, calibrated and inspected."""

from datetime import timedelta
from uuid import UUID

from infra import clock
from infra.db import db
from tenants.actor import Actor
from tenants.footage import camera_checks
from tenants.footage.camera_checks import Checked
from tenants.registry import devices
from tenants.registry.models import Camera, EdgeDevice, Site
from tenants.upkeep import actions as upkeep
from tenants.upkeep import rules as upkeep_rules
from tenants.upkeep.faults import steps
from tenants.upkeep.faults.actions import Found, open_fault
from tenants.upkeep.faults.kinds import FaultKind, How
from tenants.upkeep.rules import Function, TypedCalibration, View
from workers.edge.home import Home
from workers.edge.onvif.measuring import measure
from workers.edge.watching import Length
from workers.sample_city import rounds
from workers.sample_city.founding import City, Place

_LENGTH = Length(least=2.0, most=8.0)


def look_after(city: City, place: Place, home: Home, device: EdgeDevice) -> None:
    """Every camera is measured; the first one is approved, assessed and calibrated."""
    checks = [
        Checked(camera_id=each, measured_at=clock.now(), measured=measure(home.stream_of(each), "", _LENGTH))
        for each in place.cameras.values()
    ]
    actor, head = devices.device_actor(device), city.actor(city.head_of(place))
    camera_checks.record_checks(actor=actor, tenant_id=place.tenant_id, checks=checks, now=clock.now())
    first = db.session.get_one(Camera, checks[0].camera_id)
    last = camera_checks.standing_of(tenant_id=place.tenant_id, camera=first).check
    assert last is not None  # noqa: S101 - it was recorded just now
    camera_checks.approve(actor=head, tenant_id=place.tenant_id, camera_id=first.id, check_id=last.id)
    _assess(head, place.tenant_id, first.id)
    rounds.walk(head, db.session.get_one(Site, first.site_id))
    _report(head, place.tenant_id, first.id)


def _report(head: Actor, tenant_id: UUID, camera_id: UUID) -> None:
    """Somebody saw that the housing is loose, and it is taken up."""
    found = Found(
        kind=FaultKind.DAMAGE,
        camera_ids=[camera_id],
        found_at=clock.now(),
        how=How.PERSON,
        words="鏡頭外殼鬆動，風大時會晃動。",
    )
    made = open_fault(actor=head, tenant_id=tenant_id, found=found)
    steps.report(
        actor=head, tenant_id=tenant_id, fault_id=made.id, cause="固定座螺絲鬆脫", words="已通知廠商，預計明日到場。"
    )


def _assess(head: Actor, tenant_id: UUID, camera_id: UUID) -> None:
    found = dict.fromkeys(Function, upkeep_rules.Found.MET) | {Function.AUDIO: upkeep_rules.Found.UNMET}
    remarks = {Function.AUDIO: "下學期增購收音設備。"}
    upkeep.review_functions(actor=head, tenant_id=tenant_id, camera_id=camera_id, found=found, remarks=remarks)
    typed = TypedCalibration(
        calibrated_at=clock.now() - timedelta(days=30),
        time_source="邊緣主機",
        before_seconds=42,
        after_seconds=0.1,
        view=View.SAME,
        remark="",
    )
    upkeep.calibrate(actor=head, tenant_id=tenant_id, camera_id=camera_id, typed=typed, now=clock.now())
