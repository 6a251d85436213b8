"""The statements by which a camera's day is read, made once, with places for values (ADR 0013).

To make one anew costs as much as to ask it. They name columns of tables, so that the session makes no object of each
row; and times of minutes travel as microseconds, since a time with its zone costs the driver more than all the rest.
"""

from collections.abc import Iterator
from datetime import datetime

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Integer,
    Numeric,
    Uuid,
    bindparam,
    case,
    extract,
    func,
    null,
    select,
    union_all,
)
from sqlalchemy import cast as as_type

from infra.db import IN_BYTES
from tenants.footage.models import CameraStatus, DayKey, FilmedDay, GapReport, Segment
from tenants.footage.queries import PRESENT


def _of_cameras() -> Iterator[ColumnElement[bool]]:
    yield _SEGMENT.tenant_id == bindparam("tenant_id")
    yield _SEGMENT.camera_id.in_(bindparam("camera_ids", expanding=True))


def _in_span() -> Iterator[ColumnElement[bool]]:
    yield from _of_cameras()
    yield _SEGMENT.civil_day.between(bindparam("first_day"), bindparam("last_day"))
    yield _SEGMENT.started_at < bindparam("ends")
    yield _SEGMENT.started_at > bindparam("since")
    yield _SEGMENT.ended_at > bindparam("begins")


def _us(column: ColumnElement[datetime]) -> ColumnElement[int]:
    return as_type(extract("epoch", column) * 1_000_000, BigInteger)


_SEGMENT, _KEY, _FILMED = Segment.__table__.c, DayKey.__table__.c, FilmedDay.__table__.c
_STATUS, _GAP = CameraStatus.__table__.c, GapReport.__table__.c
MINUTES = (
    select(
        _SEGMENT.id,
        _SEGMENT.retention_days,
        _us(_SEGMENT.started_at).label("started_us"),
        _us(_SEGMENT.ended_at).label("ended_us"),
        _SEGMENT.state,
    )
    .where(*_in_span(), _SEGMENT.state.in_(PRESENT))
    .order_by(_SEGMENT.started_at, _SEGMENT.id)
    .execution_options(**IN_BYTES)
)


_SPAN = func.tstzrange(_SEGMENT.started_at, _SEGMENT.ended_at)
_SPANS = func.range_agg(_SPAN)
# What its box signed for was recorded, also where the store lost it since (DR-17). By camera alone, as the index lies:
# nothing is sorted.
_JOINED = select(_SEGMENT.camera_id, func.unnest(_SPANS).label("span")).where(*_in_span()).group_by(_SEGMENT.camera_id)
_RUN = _JOINED.subquery().c
RUNS = select(_RUN.camera_id, func.lower(_RUN.span), func.upper(_RUN.span))
# A day's own minutes are a table, of which no row is compared with the day; with them what reaches into it.
_LOST = _SEGMENT.state.not_in(PRESENT)
_ITS_OWN = (
    select(
        _SEGMENT.camera_id,
        func.unnest(_SPANS).label("span"),
        func.unnest(_SPANS.filter(_LOST)).label("lost"),
        func.sum(_SEGMENT.cipher_bytes).label("bytes"),
        func.sum(_SEGMENT.cipher_bytes).filter(_LOST).label("lost_bytes"),
    )
    .where(*_of_cameras(), _SEGMENT.civil_day == bindparam("last_day"))
    .group_by(_SEGMENT.camera_id)
)
_FROM_BEFORE = select(
    _SEGMENT.camera_id, _SPAN, case((_LOST, _SPAN)), as_type(null(), Numeric), as_type(null(), Numeric)
).where(
    *_of_cameras(),
    _SEGMENT.civil_day == bindparam("first_day"),
    _SEGMENT.started_at > bindparam("since"),
    _SEGMENT.ended_at > bindparam("begins"),
)
_DAY_RUN = union_all(_ITS_OWN, _FROM_BEFORE).subquery().c
# As many rows of a camera as its longer list has: of the other the rest is null.
DAY = select(
    _DAY_RUN.camera_id,
    func.lower(_DAY_RUN.span),
    func.upper(_DAY_RUN.span),
    func.lower(_DAY_RUN.lost),
    func.upper(_DAY_RUN.lost),
    func.nullif(_DAY_RUN.bytes - func.coalesce(_DAY_RUN.lost_bytes, 0), 0),
)
OF_CLASSES = (
    select(_SEGMENT.camera_id)
    .where(
        _SEGMENT.tenant_id == bindparam("tenant_id"),
        _SEGMENT.civil_day == bindparam("day"),
        _SEGMENT.retention_days.in_(bindparam("classes", expanding=True)),
    )
    .distinct()
)
GAPS = (
    select(_GAP.camera_id, _GAP.started_at, _GAP.ended_at, _GAP.cause, _GAP.signature.is_not(None))
    .where(
        _GAP.tenant_id == bindparam("tenant_id"),
        _GAP.started_at < bindparam("ends"),
        _GAP.ended_at > bindparam("begins"),
    )
    .order_by(_GAP.started_at)
)
SAID = select(
    _STATUS.camera_id,
    _STATUS.reported_at,
    _STATUS.recording,
    _STATUS.recorded_until,
    _STATUS.spooled_from,
    _STATUS.fault,
    _STATUS.frozen_since,
).where(_STATUS.tenant_id == bindparam("tenant_id"))
# What of a day is destroyed: classes whose key is, and cameras whose rows went with it.
GONE = (
    select(_KEY.retention_days, as_type(null(), Uuid).label("camera_id"))
    .where(_KEY.tenant_id == bindparam("tenant_id"), _KEY.civil_day == bindparam("day"), _KEY.destroyed_at.is_not(None))
    .union_all(
        select(as_type(null(), Integer), _FILMED.camera_id).where(
            _FILMED.tenant_id == bindparam("tenant_id"), _FILMED.civil_day == bindparam("day")
        )
    )
)
