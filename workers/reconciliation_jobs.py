"""Jobs of the index: the store compared with the database a part each night, and tables that are over dropped."""

from collections.abc import Iterator
from datetime import date
from itertools import chain
from uuid import UUID

from sqlalchemy import select

from infra import clock, object_keys, queues
from infra.comparison import Expected
from infra.db import db
from infra.objects import ObjectStore
from infra.queues import Job
from tenants.actor import Actor
from tenants.disclosures import inventory as of_disclosures
from tenants.errors import NotFound
from tenants.footage import areas, partitions, quarantine, reconciliation
from tenants.footage import inventory as of_footage
from tenants.footage.inventory import IndexRow
from tenants.footage.models import DayKey, SweptArea
from tenants.footage.reconciliation import Contents
from tenants.platform import actions as platform
from tenants.registry import queries as registry
from tenants.registry.models import TenantKind
from tenants.retention import inventory as of_retention
from workers.context import store
from workers.job import Waiting, tenant_job


@tenant_job
def reconcile(tenant_id: UUID, actor: Actor) -> None:
    """Send a job for each area of the institution that is due tonight; the whole takes a week.

    Once a night, as the bureau's, also note what the store can do.
    """
    if _is_bureau(tenant_id):
        platform.note_store(actor=actor, tenant_id=tenant_id, abilities=store().abilities())
    swept = dict(
        db.session.execute(select(SweptArea.area, SweptArea.swept_at).where(SweptArea.tenant_id == tenant_id)).all()
    )
    for area in areas.due(areas_of(tenant_id, store()), swept, now=clock.now()):
        queues.enqueue_after_commit(db.session, Job.RECONCILE_AREA, tenant_id=tenant_id, area=area)


@tenant_job
def reconcile_area(tenant_id: UUID, actor: Actor, *, area: str) -> None:
    """Compare one area, both ways."""
    reconciliation.reconcile(
        actor=actor,
        tenant_id=tenant_id,
        area=area,
        contents=contents(tenant_id, area, store()),
        store=store(),
        now=clock.now(),
    )


@tenant_job
def drop_partition(tenant_id: UUID, actor: Actor, *, day: str, retention_days: int) -> None:
    """Drop a day's rows of one class; `tenant_id` is the bureau's, whose act it is."""
    if not _is_bureau(tenant_id):
        raise NotFound
    partitions.drop(actor=actor, bureau_id=tenant_id, day=date.fromisoformat(day), retention_days=retention_days)


@tenant_job
def destroy_stray(tenant_id: UUID, actor: Actor, *, stray_id: str) -> None:
    """Remove what two persons let go."""
    stray = quarantine.stray(tenant_id=tenant_id, stray_id=UUID(stray_id))
    expected = contents(tenant_id, stray.area, store()).expected
    quarantine.destroy(
        actor=actor,
        tenant_id=tenant_id,
        stray_id=stray.id,
        store=store(),
        is_accounted=any(each.key == stray.key for each in expected),
    )


def waiting_jobs(*, tenant_id: UUID) -> Iterator[Waiting]:
    """What of the index waits to be done, for the sweep; the session is bound to the institution."""
    for stray_id in quarantine.approved(tenant_id=tenant_id):
        yield Job.DESTROY_STRAY, {"stray_id": stray_id}
    if _is_bureau(tenant_id):
        for over in partitions.droppable():
            yield Job.DROP_PARTITION, {"day": over.day.isoformat(), "retention_days": over.retention_days}


def areas_of(tenant_id: UUID, of: ObjectStore) -> list[str]:
    """Every area of an institution; the bureau has what lies under nobody's name besides its own."""
    living = db.session.execute(
        select(DayKey.civil_day, DayKey.retention_days).where(
            DayKey.tenant_id == tenant_id, DayKey.destroyed_at.is_(None)
        )
    )
    found = areas.of_institution(
        store=of,
        tenant_id=tenant_id,
        living=[areas.DayOfClass(day=day, retention_days=days) for day, days in living],
        today=clock.today(),
    )
    return [*found, areas.ELSEWHERE] if _is_bureau(tenant_id) else found


def contents(tenant_id: UUID, area: str, of: ObjectStore) -> Contents:
    """What is compared in an area. Raises `NotFound` for another institution's."""
    if area == areas.ELSEWHERE and _is_bureau(tenant_id):
        entries = list(areas.elsewhere(of, set(registry.every_tenant_id())))
        return Contents(reconciliation.listing(of, entries), reconciliation.leftovers(of, entries), ())
    if not areas.is_of(area, tenant_id):
        raise NotFound
    return Contents(of.listing(area), of.leftovers(area), _expected(tenant_id, area))


def _expected(tenant_id: UUID, area: str) -> Iterator[Expected[IndexRow | None]]:
    """What the database knows of an area, from each package that keeps something there; in key order."""
    day = areas.day_of(area)
    if day is not None:
        yield from of_footage.segments(tenant_id=tenant_id, day=day.day, retention_days=day.retention_days)
    elif area == object_keys.evidence_prefix(tenant_id=tenant_id):
        yield from of_retention.copies(tenant_id=tenant_id)
        yield from of_disclosures.packages(tenant_id=tenant_id)
        yield from of_disclosures.retained(tenant_id=tenant_id)
    elif area == object_keys.shares_prefix(tenant_id=tenant_id):
        yield from chain(
            of_footage.day_shares(tenant_id=tenant_id),
            of_retention.shares(tenant_id=tenant_id),
            of_disclosures.shares(tenant_id=tenant_id),
            of_disclosures.retained_shares(tenant_id=tenant_id),
        )
    elif area == object_keys.ledger_prefix(tenant_id=tenant_id):
        yield from of_footage.anchors(tenant_id=tenant_id)
    elif area == object_keys.letters_prefix(tenant_id=tenant_id):
        yield from of_disclosures.letters(tenant_id=tenant_id)


def _is_bureau(tenant_id: UUID) -> bool:
    return registry.tenant(tenant_id=tenant_id).kind == TenantKind.BUREAU
