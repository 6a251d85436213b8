"""How an institution stands with the places of its cameras (ADR 0047); of a past day as it was known at its end."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import TypeVar
from uuid import UUID

from sqlalchemy import ColumnElement, ScalarSelect, Select, exists, func, or_, select
from sqlalchemy.orm import InstrumentedAttribute

from infra import clock
from infra.db import db
from infra.once import read_once
from infra.statements import made_once
from infra.together import Place, asked_together
from tenants.registry.assessments import rules
from tenants.registry.assessments.models import (
    AttemptFact,
    CameraAssessment,
    CameraMove,
    EntranceReview,
    ZoneAssessment,
)
from tenants.registry.assessments.rules import EntranceState
from tenants.registry.models import Camera
from tenants.registry.zones import Zone, ZoneGroup, group_of

_DAY, _YEAR = timedelta(days=1), timedelta(days=365)
Since = tuple[UUID, date]
Value = TypeVar("Value")


@dataclass(frozen=True, kw_only=True)
class CameraLine:
    """One camera in use, and from which day something of its place is wrong; None where it is not."""

    camera_id: UUID
    group: ZoneGroup
    unassessed: date | None
    unnoted: date | None
    unreviewed: date | None


@dataclass(frozen=True, kw_only=True)
class AssessmentStanding:
    """`cameras` in use. Ids are of cameras, each with the day since which it is so; `attempts` are of a year.

    `unassessed` lack an assessment or the head's word on an "other" place (KH-3-1, KH-3-3), `unnoted` a privacy note,
    `unreviewed` a second person's look as they now hang (KH-3-4). `omitted` counts decisions for no camera, by group.
    """

    cameras: int
    lines: Sequence[CameraLine]
    omitted: Sequence[tuple[ZoneGroup, int]]
    attempts: int

    @property
    def unassessed(self) -> tuple[Since, ...]:
        """Which cameras are 待補評估."""
        return tuple((line.camera_id, line.unassessed) for line in self.lines if line.unassessed is not None)

    @property
    def unnoted(self) -> tuple[Since, ...]:
        """Which lack the privacy note of their place."""
        return tuple((line.camera_id, line.unnoted) for line in self.lines if line.unnoted is not None)

    @property
    def unreviewed(self) -> tuple[Since, ...]:
        """Which are 待複核."""
        return tuple((line.camera_id, line.unreviewed) for line in self.lines if line.unreviewed is not None)


@read_once
def standing(*, tenant_id: UUID, day: date) -> AssessmentStanding:
    """As it was known at the end of a civil day; three queries."""
    until = clock.day_start(day + _DAY)
    lines = [
        _line(*found, until=until) for found in db.session.execute(*_cameras(tenant_id=tenant_id, day=day, until=until))
    ]
    omitted = (
        db.session.scalars(*_omitted(tenant_id=tenant_id, until=until)) if any_omitted(tenant_id=tenant_id) else ()
    )
    groups = [group_of(Zone(zone)) for zone in omitted]
    year = {"first": day - _YEAR + _DAY, "last": day}
    tried = db.session.scalar(*_tried(tenant_id=tenant_id, **year)) if any_attempt(tenant_id=tenant_id) else 0
    return AssessmentStanding(
        cameras=len(lines),
        lines=lines,
        omitted=[(group, groups.count(group)) for group in ZoneGroup],
        attempts=tried or 0,
    )


@asked_together
def any_omitted(tenant_id: Place) -> ColumnElement[bool]:
    """Whether it was ever decided to leave a zone without a camera."""
    return exists().where(ZoneAssessment.tenant_id == tenant_id, ZoneAssessment.decision == rules.Decision.OMIT)


@asked_together
def any_attempt(tenant_id: Place) -> ColumnElement[bool]:
    """Whether a place was ever refused."""
    return exists().where(AttemptFact.tenant_id == tenant_id)


def _line(
    camera: Camera,
    found: ZoneAssessment | None,
    reviewed_at: datetime | None,
    is_clear: bool | None,  # noqa: FBT001 - a column
    moved_at: datetime | None,
    *,
    until: datetime,
) -> CameraLine:
    since = max(camera.active_from, clock.civil_day(camera.created_at))
    state = rules.entrance_state(reviewed_at=reviewed_at, is_clear=bool(is_clear), moved_at=moved_at)
    wrong_since = moved_at if state is EntranceState.MOVED else reviewed_at
    waits = camera.zone == Zone.WASHROOM_ENTRANCE and state is not EntranceState.CLEAR
    return CameraLine(
        camera_id=camera.id,
        group=group_of(Zone(camera.zone)),
        unassessed=_unassessed(found, since, until),
        unnoted=_unnoted(found, until) if found is not None else None,
        unreviewed=(clock.civil_day(wrong_since) if wrong_since is not None else since) if waits else None,
    )


def _unassessed(found: ZoneAssessment | None, since: date, until: datetime) -> date | None:
    if found is None:
        return since
    waits = rules.needs_head(found.zone) and (found.confirmed_at is None or found.confirmed_at >= until)
    return clock.civil_day(found.created_at) if waits else None


def _unnoted(found: ZoneAssessment, until: datetime) -> date | None:
    lacks = rules.needs_note(found.zone, nappy_table=found.nappy_table) and (
        found.noted_at is None or found.noted_at >= until
    )
    return clock.civil_day(found.created_at) if lacks else None


@made_once
def _omitted(*, tenant_id: UUID, until: datetime) -> Select[str]:
    """The zones that it was decided before an instant to leave without a camera."""
    return select(ZoneAssessment.zone).where(
        ZoneAssessment.tenant_id == tenant_id,
        ZoneAssessment.decision == rules.Decision.OMIT,
        ZoneAssessment.created_at < until,
        or_(ZoneAssessment.withdrawn_at.is_(None), ZoneAssessment.withdrawn_at >= until),
    )


@made_once
def _tried(*, tenant_id: UUID, first: date, last: date) -> Select[int]:
    return select(func.count()).where(AttemptFact.tenant_id == tenant_id, AttemptFact.tried_on.between(first, last))


@made_once
def _cameras(
    *, tenant_id: UUID, day: date, until: datetime
) -> Select[Camera, ZoneAssessment | None, datetime | None, bool | None, datetime | None]:
    """The cameras in use with what each rested on, and how it was last seen, before an instant."""
    rested = _newest(CameraAssessment.assessment_id, CameraAssessment, until)
    clear = _newest(EntranceReview.is_clear, EntranceReview, until)
    reviewed = _newest(EntranceReview.created_at, EntranceReview, until)
    moved = _newest(CameraMove.created_at, CameraMove, until)
    assessed = (ZoneAssessment.tenant_id == Camera.tenant_id) & (ZoneAssessment.id == rested)
    return (
        select(Camera, ZoneAssessment, reviewed, clear, moved)
        .outerjoin(ZoneAssessment, assessed)
        .where(
            Camera.tenant_id == tenant_id,
            Camera.active_from <= day,
            or_(Camera.retired_on.is_(None), Camera.retired_on > day),
        )
        .order_by(Camera.code)
    )


def _newest(
    column: InstrumentedAttribute[Value],
    model: type[CameraAssessment | EntranceReview | CameraMove],
    until: datetime,
) -> ScalarSelect[Value]:
    return (
        select(column)
        .where(model.tenant_id == Camera.tenant_id, model.camera_id == Camera.id, model.created_at < until)
        .order_by(model.created_at.desc())
        .limit(1)
        .correlate(Camera)
        .scalar_subquery()
    )
