"""Assessments, the cameras that rest on them, and the second looks; the session is bound to the institution."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import Select, func, select
from sqlalchemy.dialects.postgresql import distinct_on

from infra.db import db
from infra.statements import made_once
from tenants.errors import NotFound
from tenants.registry import queries as registry
from tenants.registry.assessments import rules
from tenants.registry.assessments.models import (
    CameraAssessment,
    CameraMove,
    EntranceReview,
    PlaceAttempt,
    PlaybackApproval,
    ZoneAssessment,
)
from tenants.registry.assessments.rules import EntranceState
from tenants.registry.models import Camera
from tenants.registry.zones import Zone


@dataclass(frozen=True, kw_only=True)
class Entrance:
    """A camera before a washroom: how it stands, since when it moved, and the head's last leave to play it."""

    camera: Camera
    state: EntranceState
    reviewed_at: datetime | None
    moved_at: datetime | None
    approved_at: datetime | None
    through: date | None

    def may_play(self, today: date) -> bool:
        """Whether it may be played today."""
        return rules.may_play(
            self.state, approved_at=self.approved_at, through=self.through, moved_at=self.moved_at, today=today
        )


def assessments(*, tenant_id: UUID) -> list[ZoneAssessment]:
    """Every assessment, withdrawn ones too, the latest first."""
    query = select(ZoneAssessment).where(ZoneAssessment.tenant_id == tenant_id)
    return list(db.session.scalars(query.order_by(ZoneAssessment.assessed_on.desc(), ZoneAssessment.created_at.desc())))


def assessment(*, tenant_id: UUID, assessment_id: UUID) -> ZoneAssessment:
    """One assessment, locked: of two steps at the same moment the second sees the first. Raises `NotFound`."""
    query = select(ZoneAssessment).where(ZoneAssessment.tenant_id == tenant_id, ZoneAssessment.id == assessment_id)
    found = db.session.scalar(query.with_for_update())
    if found is None:
        raise NotFound
    return found


def of_cameras(*, tenant_id: UUID) -> Mapping[UUID, UUID]:
    """On which assessment each camera rests that was ever given one."""
    query = (
        select(CameraAssessment.camera_id, CameraAssessment.assessment_id)
        .where(CameraAssessment.tenant_id == tenant_id)
        .order_by(CameraAssessment.camera_id, CameraAssessment.created_at.desc())
        .ext(distinct_on(CameraAssessment.camera_id))
    )
    return dict(db.session.execute(query).all())


def entrances(*, tenant_id: UUID, camera_ids: Sequence[UUID] | None = None) -> list[Entrance]:
    """The cameras before a washroom, also retired ones: what they recorded may still be asked for."""
    before = [each for each in registry.cameras_ever(tenant_id=tenant_id) if each.zone == Zone.WASHROOM_ENTRANCE]
    chosen = [each for each in before if camera_ids is None or each.id in camera_ids]
    found = sorted(chosen, key=lambda camera: camera.code)
    if not found:
        return []
    ids = [camera.id for camera in found]
    looks = {each.camera_id: each for each in db.session.scalars(*_looks(tenant_id=tenant_id, camera_ids=ids))}
    leaves = {each.camera_id: each for each in db.session.scalars(*_leaves(tenant_id=tenant_id, camera_ids=ids))}
    moves: dict[UUID, datetime] = dict(db.session.execute(*_moves(tenant_id=tenant_id, camera_ids=ids)).all())
    return [_entrance(camera, looks.get(camera.id), moves.get(camera.id), leaves.get(camera.id)) for camera in found]


def reviews(*, tenant_id: UUID, camera_id: UUID) -> list[EntranceReview]:
    """Every second look at a camera, the latest first."""
    query = select(EntranceReview).where(EntranceReview.tenant_id == tenant_id, EntranceReview.camera_id == camera_id)
    return list(db.session.scalars(query.order_by(EntranceReview.created_at.desc())))


def attempts(*, tenant_id: UUID) -> list[PlaceAttempt]:
    """What was tried and refused, the latest first."""
    query = select(PlaceAttempt).where(PlaceAttempt.tenant_id == tenant_id)
    return list(db.session.scalars(query.order_by(PlaceAttempt.created_at.desc())))


def _entrance(
    camera: Camera, look: EntranceReview | None, moved_at: datetime | None, leave: PlaybackApproval | None
) -> Entrance:
    reviewed_at = look.created_at if look is not None else None
    is_clear = look is not None and look.is_clear
    return Entrance(
        camera=camera,
        state=rules.entrance_state(reviewed_at=reviewed_at, is_clear=is_clear, moved_at=moved_at),
        reviewed_at=reviewed_at,
        moved_at=moved_at,
        approved_at=leave.created_at if leave is not None else None,
        through=leave.through if leave is not None else None,
    )


@made_once
def _looks(*, tenant_id: UUID, camera_ids: Collection[UUID]) -> Select[EntranceReview]:
    """The last look at each camera."""
    return (
        select(EntranceReview)
        .where(EntranceReview.tenant_id == tenant_id, EntranceReview.camera_id.in_(camera_ids))
        .order_by(EntranceReview.camera_id, EntranceReview.created_at.desc())
        .ext(distinct_on(EntranceReview.camera_id))
    )


@made_once
def _leaves(*, tenant_id: UUID, camera_ids: Collection[UUID]) -> Select[PlaybackApproval]:
    """The last leave to play each camera."""
    return (
        select(PlaybackApproval)
        .where(PlaybackApproval.tenant_id == tenant_id, PlaybackApproval.camera_id.in_(camera_ids))
        .order_by(PlaybackApproval.camera_id, PlaybackApproval.created_at.desc())
        .ext(distinct_on(PlaybackApproval.camera_id))
    )


@made_once
def _moves(*, tenant_id: UUID, camera_ids: Collection[UUID]) -> Select[UUID, datetime]:
    """When each camera moved last."""
    return (
        select(CameraMove.camera_id, func.max(CameraMove.created_at))
        .where(CameraMove.tenant_id == tenant_id, CameraMove.camera_id.in_(camera_ids))
        .group_by(CameraMove.camera_id)
    )
