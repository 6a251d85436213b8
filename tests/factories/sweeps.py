"""Sweeps of the store as the worker makes them, and what they leave behind."""

from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import NullPool, create_engine, select, text

from infra import clock
from infra.db import db
from infra.objects import ObjectStore, S3Objects
from infra.stack.postgres import DatabaseUrls
from infra.tenancy import Binding, bind
from tenants.actor import system
from tenants.audit.models import AuditEvent
from tenants.footage import quarantine, reconciliation
from tenants.footage.reconciliation import Swept
from tenants.registry import queries as registry
from tests.factories.evidence import Archive
from workers.reconciliation_jobs import areas_of, contents

SWEEPER = system("reconcile_area")
# Whatever a test puts was put long ago when the sweep looks.
LATER = timedelta(days=4)


def sweep(archive: Archive, *, store: ObjectStore | None = None, later: timedelta = LATER) -> dict[str, Swept | None]:
    """One sweep of everything, of every institution; the session is bound to the archive's afterwards."""
    found: dict[str, Swept | None] = {}
    looked_at = store or archive.store
    for tenant_id in registry.every_tenant_id():
        bind(db.session, Binding(tenant_id=tenant_id))
        for area in areas_of(tenant_id, looked_at):
            found[area] = reconciliation.reconcile(
                actor=SWEEPER,
                tenant_id=tenant_id,
                area=area,
                contents=contents(tenant_id, area, looked_at),
                store=looked_at,
                now=clock.now() + later,
            )
            db.session.commit()
    bind(db.session, Binding(tenant_id=archive.of.tenant_id))
    return found


def everything(store: S3Objects) -> dict[str, str]:
    """Each object of the bucket with its digest."""
    return {facts.key: facts.md5 for facts in store.listing("")}


def strays(tenant_id: UUID) -> dict[str, str]:
    """What is in quarantine: key and form."""
    bind(db.session, Binding(tenant_id=tenant_id))
    return {row.key: row.form for row in quarantine.quarantined(tenant_id=tenant_id)}


def superuser(database: DatabaseUrls, statement: str) -> None:
    """What no process of ours may do."""
    with create_engine(database.superuser, poolclass=NullPool).begin() as connection:
        connection.execute(text(statement))


def events(kind: str) -> list[dict[str, object]]:
    """The fields of every event of a kind that the bound institution's chain has, in order."""
    query = select(AuditEvent).where(AuditEvent.event == kind).order_by(AuditEvent.seq)
    return [row.fields for row in db.session.scalars(query)]


def yesterday(hours: int = 9) -> datetime:
    """An hour of yesterday in Taipei: a day that is over, and so is swept."""
    return clock.day_start(clock.today() - timedelta(days=1)) + timedelta(hours=hours)
