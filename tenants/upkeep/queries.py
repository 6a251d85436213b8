"""What was last found and calibrated of an institution's cameras."""

from collections.abc import Mapping, Sequence
from uuid import UUID

from sqlalchemy import Select, select
from sqlalchemy.dialects.postgresql import distinct_on

from infra.db import db
from infra.once import read_once
from infra.statements import made_once
from tenants.upkeep.models import Calibration, FunctionReview
from tenants.upkeep.rules import Found, Function


def last_review(*, tenant_id: UUID, camera_id: UUID) -> FunctionReview | None:
    """The newest review of a camera's functions."""
    query = select(FunctionReview).where(FunctionReview.tenant_id == tenant_id, FunctionReview.camera_id == camera_id)
    return db.session.scalars(query.order_by(FunctionReview.created_at.desc()).limit(1)).first()


@read_once
def last_reviews(*, tenant_id: UUID) -> Mapping[UUID, FunctionReview]:
    """The newest review of each camera that ever had one."""
    return {held.camera_id: held for held in db.session.scalars(*_last_reviews(tenant_id=tenant_id))}


@made_once
def _last_reviews(*, tenant_id: UUID) -> Select[FunctionReview]:
    return (
        select(FunctionReview)
        .where(FunctionReview.tenant_id == tenant_id)
        .order_by(FunctionReview.camera_id, FunctionReview.created_at.desc())
        .ext(distinct_on(FunctionReview.camera_id))
    )


def found(review: FunctionReview) -> Mapping[Function, Found]:
    """A review as the rules take it."""
    return {function: Found(getattr(review, function.value)) for function in Function}


def remarks(review: FunctionReview) -> Mapping[Function, str]:
    """What was said of each function; empty where nothing was."""
    return {function: getattr(review, function.remark) for function in Function}


def last_calibrations(*, tenant_id: UUID) -> Mapping[UUID, Calibration]:
    """The newest calibration of each camera that ever had one."""
    return {held.camera_id: held for held in db.session.scalars(*_last_calibrations(tenant_id=tenant_id))}


@made_once
def _last_calibrations(*, tenant_id: UUID) -> Select[Calibration]:
    return (
        select(Calibration)
        .where(Calibration.tenant_id == tenant_id)
        .order_by(Calibration.camera_id, Calibration.calibrated_at.desc(), Calibration.created_at.desc())
        .ext(distinct_on(Calibration.camera_id))
    )


def calibrations(*, tenant_id: UUID, camera_id: UUID) -> Sequence[Calibration]:
    """Every calibration of a camera, the newest first."""
    query = select(Calibration).where(Calibration.tenant_id == tenant_id, Calibration.camera_id == camera_id)
    return list(db.session.scalars(query.order_by(Calibration.calibrated_at.desc())))
