"""Measurements of cameras by their boxes, the school's approval of one, and in what a camera now differs from it."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from uuid import UUID, uuid4

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import distinct_on, insert

from infra.camera_profiles import Approved, Difference, Measured, approving, differences
from infra.db import db
from tenants.actor import Actor
from tenants.audit import actions as audit
from tenants.audit.events import Event
from tenants.errors import InvalidTransition, NotFound
from tenants.footage.admission import check_own, device_of
from tenants.footage.check_models import CameraApproval, CameraCheck
from tenants.permissions import Permission
from tenants.registry import standing
from tenants.registry.models import Camera
from tenants.registry.zones import NEEDS_MASK


@dataclass(frozen=True, kw_only=True)
class Checked:
    """One measurement as the box tells it."""

    camera_id: UUID
    measured_at: datetime
    measured: Measured


@dataclass(frozen=True, kw_only=True)
class Standing:
    """What is known of a camera's settings: the last measurement, the approval, and in what they differ."""

    check: CameraCheck | None
    approved: Approved | None
    differences: Sequence[Difference]
    may_approve: bool


@dataclass(frozen=True, kw_only=True)
class Look:
    """One camera's last look. `masks` as in `Measured`; `differs` from what was approved, None where nothing was."""

    at: datetime
    masks: int | None
    differs: Sequence[Difference] | None


def record_checks(*, actor: Actor, tenant_id: UUID, checks: Sequence[Checked], now: datetime) -> None:
    """Keep measurements; one that was sent before is the same. Raises `Invalid` for a camera of another site."""
    device = device_of(actor, tenant_id)
    check_own(device, (check.camera_id for check in checks))
    new = sum(_keep(tenant_id, device.id, check, now) for check in checks)
    if new:
        audit.record(
            Event.FOOTAGE_CAMERAS_CHECKED, tenant_id=tenant_id, actor=actor, device_id=str(device.id), count=new
        )


def approve(*, actor: Actor, tenant_id: UUID, camera_id: UUID, check_id: UUID) -> None:
    """Approve what was measured as what the camera may send from now on. Twice is once.

    Raises `InvalidTransition` when a newer measurement came since the page was read, or when no key frame was seen.
    """
    actor.require(Permission.CAMERA_MANAGE)
    standing.refuse_closed(tenant_id=tenant_id, what="不能再核定鏡頭規格")
    last = _last_checks(tenant_id, [camera_id]).get(camera_id)
    if last is None or actor.id is None:
        raise NotFound
    profile = approving(measured_of(last))
    if last.id != check_id or profile is None:
        raise InvalidTransition(
            "這支鏡頭已有較新的檢查結果，或檢查時未收到關鍵畫面。請重新檢視最近一次的結果後再核定。"
        )
    values = {"profile": asdict(profile), "approved_by": actor.id}
    statement = insert(CameraApproval).values(
        id=uuid4(), tenant_id=tenant_id, camera_id=camera_id, check_id=check_id, **values
    )
    made = db.session.scalars(statement.on_conflict_do_nothing().returning(CameraApproval.id)).all()
    if made:
        audit.record(
            Event.CAMERA_APPROVED,
            tenant_id=tenant_id,
            actor=actor,
            subject_id=camera_id,
            camera_id=str(camera_id),
            check_id=str(check_id),
        )


def standing_of(*, tenant_id: UUID, camera: Camera) -> Standing:
    """What a camera's page shows."""
    check = _last_checks(tenant_id, [camera.id]).get(camera.id)
    approved = approved_of(tenant_id=tenant_id, camera_ids=[camera.id]).get(camera.id)
    if check is None:
        return Standing(check=None, approved=approved, differences=[], may_approve=False)
    measured = measured_of(check)
    found = differences(approved, measured, needs_mask=camera.zone in NEEDS_MASK)
    within = bool(approved) and not _without_clock_and_mask(found)
    may_approve = approving(measured) is not None and not within
    return Standing(check=check, approved=approved, differences=found, may_approve=may_approve)


def looks(*, tenant_id: UUID, camera_ids: Sequence[UUID]) -> Mapping[UUID, Look]:
    """What the last look at each camera says; without those at which nobody looked."""
    last = _last_checks(tenant_id, camera_ids) if camera_ids else {}
    approved = approved_of(tenant_id=tenant_id, camera_ids=list(last)) if last else {}
    return {
        one: Look(
            at=held.measured_at,
            masks=held.masks,
            differs=_without_clock_and_mask(differences(approved[one], measured_of(held), needs_mask=False))
            if one in approved
            else None,
        )
        for one, held in last.items()
    }


def _without_clock_and_mask(found: Iterable[Difference]) -> Sequence[Difference]:
    """What approving anew would take as it is: those two no approval makes right."""
    return [one for one in found if one not in {Difference.CLOCK, Difference.MASK}]


def approved_of(*, tenant_id: UUID, camera_ids: Sequence[UUID]) -> Mapping[UUID, Approved]:
    """What each camera may send, of those that somebody approved."""
    query = (
        select(CameraApproval)
        .where(CameraApproval.tenant_id == tenant_id, CameraApproval.camera_id.in_(camera_ids))
        .order_by(CameraApproval.camera_id, CameraApproval.created_at.desc())
        .ext(distinct_on(CameraApproval.camera_id))
    )
    return {held.camera_id: Approved(**held.profile) for held in db.session.scalars(query)}


def measured_of(check: CameraCheck) -> Measured:
    """A measurement as the rules take it."""
    return Measured(**{name: getattr(check, name) for name in Measured.__dataclass_fields__})


def _last_checks(tenant_id: UUID, camera_ids: Sequence[UUID]) -> Mapping[UUID, CameraCheck]:
    query = (
        select(CameraCheck)
        .where(CameraCheck.tenant_id == tenant_id, CameraCheck.camera_id.in_(camera_ids))
        .order_by(CameraCheck.camera_id, CameraCheck.measured_at.desc())
        .ext(distinct_on(CameraCheck.camera_id))
    )
    return {held.camera_id: held for held in db.session.scalars(query)}


def _keep(tenant_id: UUID, device_id: UUID, check: Checked, now: datetime) -> int:
    statement = insert(CameraCheck).values(
        id=uuid4(),
        tenant_id=tenant_id,
        camera_id=check.camera_id,
        device_id=device_id,
        measured_at=check.measured_at,
        reported_at=now,
        **asdict(check.measured),
    )
    return len(db.session.scalars(statement.on_conflict_do_nothing().returning(CameraCheck.id)).all())
