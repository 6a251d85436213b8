"""What people of an institution record of their equipment."""

from collections.abc import Mapping
from datetime import datetime
from uuid import UUID, uuid4

from infra.db import db
from tenants.actor import Actor, person
from tenants.audit import actions as audit
from tenants.audit.events import Event
from tenants.errors import NotFound, refuse
from tenants.permissions import Permission
from tenants.registry import queries as registry
from tenants.registry import standing
from tenants.registry.models import Camera
from tenants.upkeep import rules
from tenants.upkeep.models import Calibration, FunctionReview
from tenants.upkeep.rules import Found, Function, TypedCalibration


def review_functions(
    *,
    actor: Actor,
    tenant_id: UUID,
    camera_id: UUID,
    found: Mapping[Function, Found],
    remarks: Mapping[Function, str],
) -> FunctionReview:
    """Record what somebody found of a camera's four functions (KH-3-7), with a word to each that needs one.

    What is said of one function is kept apart from the others. Raises `NotFound` or `Invalid`.
    """
    camera = _camera(actor, tenant_id, camera_id, what="不能再評估鏡頭功能")
    refuse(rules.faults_of_review(found, remarks))
    made = FunctionReview(
        id=uuid4(),
        tenant_id=tenant_id,
        camera_id=camera.id,
        reviewed_by=person(actor),
        **{function.value: found[function].value for function in Function},
        **{function.remark: remarks.get(function, "").strip() for function in Function},
    )
    db.session.add(made)
    unmet = [function.value for function in rules.to_improve(found)]
    audit.record(
        Event.CAMERA_FUNCTIONS_REVIEWED,
        tenant_id=tenant_id,
        actor=actor,
        subject_id=camera.id,
        camera_id=str(camera.id),
        unmet=unmet,
    )
    return made


def calibrate(*, actor: Actor, tenant_id: UUID, camera_id: UUID, typed: TypedCalibration, now: datetime) -> Calibration:
    """Record a calibration (KH-8-1c). Raises `NotFound` or `Invalid`."""
    camera = _camera(actor, tenant_id, camera_id, what="不能再登記校正")
    refuse(rules.faults_of_calibration(typed, now))
    assert typed.before_seconds is not None  # noqa: S101 - it is whole
    assert typed.after_seconds is not None  # noqa: S101 - as above
    made = Calibration(
        id=uuid4(),
        tenant_id=tenant_id,
        camera_id=camera.id,
        calibrated_at=typed.calibrated_at,
        time_source=typed.time_source.strip(),
        offset_before_ms=round(typed.before_seconds * 1000),
        offset_after_ms=round(typed.after_seconds * 1000),
        view=typed.view.value,
        next_due=rules.next_due(typed.calibrated_at, offset_after_ms=round(typed.after_seconds * 1000)),
        remark=typed.remark.strip(),
        recorded_by=person(actor),
    )
    db.session.add(made)
    audit.record(
        Event.CAMERA_CALIBRATED,
        tenant_id=tenant_id,
        actor=actor,
        subject_id=camera.id,
        camera_id=str(camera.id),
        calibrated_at=typed.calibrated_at.isoformat(),
        offset_before_ms=made.offset_before_ms,
        offset_after_ms=made.offset_after_ms,
    )
    return made


def _camera(actor: Actor, tenant_id: UUID, camera_id: UUID, *, what: str) -> Camera:
    actor.require(Permission.CAMERA_MANAGE)
    standing.refuse_closed(tenant_id=tenant_id, what=what)
    found = next((each for each in registry.cameras(tenant_id=tenant_id) if each.id == camera_id), None)
    if found is None:
        raise NotFound
    return found
