"""What a plan of destruction follows from: living keys, recent destructions, open holds, and what the clocks say.

The session is bound to the institution.
"""

from collections.abc import Iterable
from datetime import date, datetime, timedelta
from uuid import UUID

from sqlalchemy import func, select, text

from infra import clock
from infra.db import db
from tenants.footage.models import CameraStatus, DayKey, Segment
from tenants.registry import classes
from tenants.registry import queries as registry
from tenants.registry.models import Camera, Site
from tenants.retention import hold_queries
from tenants.retention.models import Destruction, DestructionStop, RetentionRun
from tenants.retention.planning import MOST_AHEAD, ONE_RUN, Facts, Known, Plan, Told, plan
from tenants.retention.rules import DayAndClass, is_due

# A person's word lets its days go for so long; what did not go by then is asked anew.
_APPROVED_FOR = timedelta(days=31)


def current(*, tenant_id: UUID, now: datetime) -> Plan:
    """The plan of this moment: what the dry run prints, and what the run does."""
    return plan(facts(tenant_id=tenant_id, told=told(tenant_id=tenant_id, now=now)))


def as_of(*, tenant_id: UUID, day: date) -> Plan:
    """The plan of another day, if nothing happened until then and every clock were right."""
    start = clock.day_start(day)
    return plan(facts(tenant_id=tenant_id, told=Told(worker=start, database=start, heard=start)))


def facts(*, tenant_id: UUID, told: Told) -> Facts:
    """Everything that the plan follows from."""
    living, recent = _living(tenant_id), _recent(tenant_id, told.now)
    held = hold_queries.held_days(tenant_id=tenant_id)
    sites = _Sites(tenant_id)
    today = clock.civil_day(max(told.worker, told.database))
    return Facts(
        told=told,
        living=[
            Known(
                of=of,
                sites=sites.of(of),
                held_by=_held_by(tenant_id, of) if of.day in held and is_due(of.day, of.retention_days, today) else (),
            )
            for of in living
        ],
        recent=[Known(of=of, sites=sites.of(of)) for of in recent],
        approved=approved(tenant_id=tenant_id, now=told.now),
    )


def told(*, tenant_id: UUID, now: datetime) -> Told:
    """What the database and everybody who was heard of say of the worker's `now`.

    A box's report counts, since its proof is refused unless its own clock agrees; so does the newest footage, and our
    own last run. Where all of them are silent, somebody else's box is enough. Before the first run and the first report
    there is nothing to compare with but the database.
    """
    database = db.session.scalars(select(func.clock_timestamp())).one()
    ran = select(RetentionRun.ran_at).where(RetentionRun.tenant_id == tenant_id)
    reported = select(func.max(CameraStatus.reported_at)).where(CameraStatus.tenant_id == tenant_id)
    heard = _latest(db.session.scalar(ran), db.session.scalar(reported))
    if heard is not None and now - heard > MOST_AHEAD:
        heard = _latest(heard, _newest_footage(tenant_id))
    if heard is not None and now - heard > MOST_AHEAD:
        heard = _latest(heard, db.session.scalar(text("select last_heard()")))
    return Told(worker=now, database=database, heard=heard)


def approved(*, tenant_id: UUID, now: datetime) -> frozenset[DayAndClass]:
    """The days that a second person let go."""
    query = select(DestructionStop.days).where(
        DestructionStop.tenant_id == tenant_id, DestructionStop.released_at > now - _APPROVED_FOR
    )
    return frozenset(of for days in db.session.scalars(query) for of in days_of_stop(days))


def days_of_stop(days: Iterable[Iterable[object]]) -> list[DayAndClass]:
    """The days of a stop, as its row keeps them."""
    return [DayAndClass(day=date.fromisoformat(str(day)), retention_days=int(str(kept))) for day, kept in days]


class _Sites:
    """Whose footage a day and class is: of the sites of that class on that day; of all where it is no site's."""

    def __init__(self, tenant_id: UUID) -> None:
        self._sites: list[Site] = registry.sites(tenant_id=tenant_id)
        self._classes = classes.of_tenant(tenant_id=tenant_id)

    def of(self, of: DayAndClass) -> frozenset[str]:
        named = {site.name for site in self._sites if self._classes.of(site, of.day) == of.retention_days}
        return frozenset(named or {site.name for site in self._sites})


def _living(tenant_id: UUID) -> list[DayAndClass]:
    query = (
        select(DayKey.civil_day, DayKey.retention_days)
        .where(DayKey.tenant_id == tenant_id, DayKey.destroyed_at.is_(None))
        .order_by(DayKey.civil_day, DayKey.retention_days)
    )
    return [DayAndClass(day=day, retention_days=days) for day, days in db.session.execute(query)]


def _recent(tenant_id: UUID, now: datetime) -> list[DayAndClass]:
    query = select(Destruction.civil_day, Destruction.retention_days).where(
        Destruction.tenant_id == tenant_id, Destruction.begun_at > now - ONE_RUN, Destruction.restored.is_(None)
    )
    return [DayAndClass(day=day, retention_days=days) for day, days in db.session.execute(query)]


def _held_by(tenant_id: UUID, of: DayAndClass) -> tuple[str, ...]:
    waiting = hold_queries.waiting_holds(tenant_id=tenant_id, day=of.day, retention_days=of.retention_days)
    return tuple(hold.reference for hold in waiting)


def _newest_footage(tenant_id: UUID) -> datetime | None:
    """The end of the newest minute, by one probe of each table for each camera. Asked only when boxes are silent."""
    newest = (
        select(Segment.ended_at)
        .where(Segment.tenant_id == Camera.tenant_id, Segment.camera_id == Camera.id)
        .order_by(Segment.started_at.desc())
        .limit(1)
        .scalar_subquery()
    )
    return db.session.scalar(select(func.max(newest)).where(Camera.tenant_id == tenant_id))


def _latest(*instants: datetime | None) -> datetime | None:
    return max((instant for instant in instants if instant is not None), default=None)
