"""What stands still, over all institutions, on the bureau's own connection: instants, counts and reasons (DR-09).

Nothing here names a person or leads to a picture. What nobody knows is listed, and never counts as fine (DR-30).
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

from sqlalchemy import ColumnElement, func, or_, select, true
from sqlalchemy.orm import Session

from infra import object_keys
from infra.clock import civil_day, day_start
from infra.db import bureau_session
from infra.lately import read_lately
from infra.queues import Job
from tenants.audit.models import AuditTreeHead
from tenants.compliance.models import ComplianceNow
from tenants.errors import HeldByLaw
from tenants.footage.models import SweptArea
from tenants.platform.models import JobFault, ServiceCheck, StoreCheck
from tenants.registry.models import Tenant
from tenants.retention import pending
from tenants.retention.models import Destruction, DestructionState, RetentionRun
from tenants.retention.pending import TRIES, Owner

# The sweep runs every ten minutes; two that were missed are no accident.
RUN_LATE = timedelta(minutes=30)
# Facts are taken every minute.
FACTS_LATE = timedelta(minutes=5)
# The night's work begins at five past midnight; a city's chains are anchored well within the hour.
_ANCHOR_GRACE = timedelta(hours=1)
# Every area is swept once in seven nights.
SWEEP_LATE = timedelta(days=8)
# Whatever waits is tried again within minutes, or the next night. What was not tried for so long waits no more.
_STILL_TRIED = timedelta(days=2)
# A destruction that just began is no news.
_PENDING_GRACE = timedelta(hours=1)
_CLASS = re.compile(r"d[1-9][0-9]{0,2}")
# Told in lists of their own.
_APART = (Job.ANCHOR_CHAIN, Job.CERTIFY_DESTRUCTION, Job.COPY_HOLD)


@dataclass(frozen=True, kw_only=True)
class Late:
    """An institution for which something did not happen in time; None where it never did."""

    institution_id: UUID
    institution: str
    last: datetime | None


@dataclass(frozen=True, kw_only=True)
class Unanchored:
    """A chain without yesterday's head: the last day that has one, and what the last try said."""

    institution_id: UUID
    institution: str
    last: date | None
    why: str
    tries: int


@dataclass(frozen=True, kw_only=True)
class Standstill:
    """A thing that was begun and does not come to its end: what, where, since when, why, and how often it was tried."""

    institution_id: UUID
    institution: str
    what: str
    subject: str
    since: datetime
    why: str
    tries: int


@dataclass(frozen=True, kw_only=True)
class StaleArea:
    """A part of the store that was not compared with the database for longer than it should be."""

    institution_id: UUID
    institution: str
    area: str
    swept_at: datetime


@dataclass(frozen=True, kw_only=True)
class Health:
    """How the platform is. `last_run` and `facts_at` are the newest of any institution."""

    last_run: datetime | None
    facts_at: datetime | None
    runs: list[Late]
    anchors: list[Unanchored]
    destructions: list[Standstill]
    holds: list[Standstill]
    jobs: list[Standstill]
    areas: list[StaleArea]
    store: StoreCheck | None

    @property
    def standing_still(self) -> int:
        """How many things do not go on by themselves; what a store cannot do is no standstill."""
        waiting = len(self.runs) + len(self.anchors) + len(self.destructions)
        return waiting + len(self.holds) + len(self.jobs) + len(self.areas)


def health(*, now: datetime) -> Health:
    """Everything that is known."""
    with bureau_session() as session:
        faults = _faults(session, now)
        store = session.scalar(select(StoreCheck).limit(1))
        if store is not None:
            session.expunge(store)  # it is read after the session is closed
        return Health(
            last_run=session.scalar(select(func.max(RetentionRun.ran_at))),
            facts_at=session.scalar(select(func.max(ComplianceNow.computed_at))),
            runs=_runs(session, now),
            anchors=_anchors(session, now),
            destructions=_destructions(session, now),
            holds=[_standstill(*each) for each in faults if each[0].job == Job.COPY_HOLD and each[0].tries >= TRIES],
            jobs=[_standstill(*each) for each in faults if each[0].job not in _APART],
            areas=_areas(session, now),
            store=store,
        )


@read_lately(but_for="now")
def standing_still(*, now: datetime) -> int:
    """How many things do not, for pages that only say so."""
    return health(now=now).standing_still


def services() -> list[ServiceCheck]:
    """How the services were when a worker last looked; none before the first look."""
    with bureau_session() as session:
        found = list(session.scalars(select(ServiceCheck)))
        session.expunge_all()  # they are read after the session is closed
        return found


def failing(now: datetime) -> tuple[ColumnElement[bool], ...]:
    """Which tries go on failing; what the law holds back waits for somebody else, and is told there."""
    return (
        JobFault.over_at.is_(None),
        JobFault.tried_at >= now - _STILL_TRIED,
        JobFault.error.not_like(f"{HeldByLaw.code}:%"),
    )


def database_version() -> str:
    """What the database server calls its version."""
    with bureau_session() as session:
        return str(session.scalar(func.current_setting("server_version"))).partition(" ")[0]


def _runs(session: Session, now: datetime) -> list[Late]:
    late = or_(RetentionRun.ran_at <= now - RUN_LATE, RetentionRun.ran_at.is_(None))
    query = (
        select(Tenant.id, Tenant.name, RetentionRun.ran_at)
        .outerjoin(RetentionRun, RetentionRun.tenant_id == Tenant.id)
        .where(late, Tenant.created_at <= now - RUN_LATE)
        .order_by(RetentionRun.ran_at.nulls_first(), Tenant.code)
    )
    return [Late(institution_id=each, institution=name, last=at) for each, name, at in session.execute(query)]


def _anchors(session: Session, now: datetime) -> list[Unanchored]:
    due = civil_day(now - _ANCHOR_GRACE) - timedelta(days=1)
    # Sideways, so that it is looked up once for each institution, and no more for each time that it is named.
    head = (
        select(AuditTreeHead.day)
        .where(AuditTreeHead.tenant_id == Tenant.id)
        .order_by(AuditTreeHead.day.desc())
        .limit(1)
        .lateral()
    )
    newest = head.c.day
    query = (
        select(Tenant.id, Tenant.name, newest, JobFault)
        .select_from(Tenant)
        .outerjoin(head, true())
        .outerjoin(
            JobFault,
            (JobFault.tenant_id == Tenant.id) & (JobFault.job == Job.ANCHOR_CHAIN) & JobFault.over_at.is_(None),
        )
        .where(or_(newest < due, newest.is_(None)), Tenant.created_at < day_start(due + timedelta(days=1)))
        .order_by(newest.nulls_first(), Tenant.code)
    )
    return [
        Unanchored(
            institution_id=tenant_id,
            institution=name,
            last=day,
            why=pending.words(fault.error) if fault is not None else "沒有嘗試過，或工作程序沒有執行。",
            tries=fault.tries if fault is not None else 0,
        )
        for tenant_id, name, day, fault in session.execute(query)
    ]


def _destructions(session: Session, now: datetime) -> list[Standstill]:
    query = (
        select(Destruction, Tenant.name)
        .join(Tenant, Tenant.id == Destruction.tenant_id)
        .where(Destruction.state == DestructionState.BEGUN, Destruction.begun_at <= now - _PENDING_GRACE)
        .order_by(Destruction.begun_at)
    )
    return [
        Standstill(
            institution_id=found.tenant_id,
            institution=name,
            what=Job.CERTIFY_DESTRUCTION,
            subject=f"{found.civil_day.isoformat()} d{found.retention_days}",
            since=found.begun_at,
            why=pending.why(found),
            tries=found.tries,
        )
        for found, name in session.execute(query)
        if pending.owner_of(found) is Owner.OPERATOR
    ]


def _faults(session: Session, now: datetime) -> list[tuple[JobFault, str]]:
    """Tries that failed and go on failing, the oldest first."""
    query = (
        select(JobFault, Tenant.name)
        .join(Tenant, Tenant.id == JobFault.tenant_id)
        .where(*failing(now))
        .order_by(JobFault.since)
    )
    return [(fault, name) for fault, name in session.execute(query)]


def _standstill(fault: JobFault, institution: str) -> Standstill:
    return Standstill(
        institution_id=fault.tenant_id,
        institution=institution,
        what=fault.job,
        subject=fault.subject,
        since=fault.since,
        why=pending.words(fault.error),
        tries=fault.tries,
    )


def _areas(session: Session, now: datetime) -> list[StaleArea]:
    """Areas that were swept once and not again. The sweep takes those that never were first, so they hide no others.

    A day whose period is over leaves the store and is swept no more; one that does not leave is late, and told so.
    """
    stale = SweptArea.swept_at <= now - SWEEP_LATE
    query = (
        select(SweptArea.tenant_id, Tenant.name, SweptArea.area, SweptArea.swept_at)
        .join(Tenant, Tenant.id == SweptArea.tenant_id)
        .where(stale, *(~each for each in _over(session, stale, civil_day(now))))
        .order_by(SweptArea.swept_at, SweptArea.area)
    )
    return [
        StaleArea(institution_id=tenant_id, institution=name, area=swept, swept_at=at)
        for tenant_id, name, swept, at in session.execute(query)
    ]


def _over(session: Session, stale: ColumnElement[bool], today: date) -> Iterator[ColumnElement[bool]]:
    """For each class, which areas are days whose period is over. As text, of which a folder may be any; and quickly."""
    kind, day = func.split_part(SweptArea.area, "/", 2), func.split_part(SweptArea.area, "/", 4)
    of_footage = SweptArea.area.startswith(object_keys.SEGMENTS)
    for name in session.scalars(select(kind).where(stale, of_footage).distinct()):
        if _CLASS.fullmatch(name):
            last = today - timedelta(days=int(name.removeprefix("d")))
            yield SweptArea.area.startswith(f"{object_keys.SEGMENTS}{name}/") & (day < last.isoformat())
