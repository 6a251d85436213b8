"""The end of a package: the copy that was handed over, and its pieces for playback, go with the hold of its case.

Until then the case can be reopened and somebody may object to its answer (DR-01); afterwards nothing is built on it.
"""

from datetime import datetime
from uuid import UUID

from sqlalchemy import and_, select

from infra import clock, object_keys, queues
from infra.db import db
from infra.objects import ObjectStore
from tenants.actor import Actor
from tenants.audit import actions as audit
from tenants.audit.events import Event
from tenants.disclosures.lifecycle import FINAL
from tenants.disclosures.models import Disclosure, Package
from tenants.errors import InvalidTransition, NotFound
from tenants.retention import queries as retention
from tenants.retention.emptying import empty
from tenants.retention.models import Hold


def ending_packages(*, tenant_id: UUID) -> list[UUID]:
    """Packages of cases that are over and whose hold has ended, and that are not proven to be gone."""
    return [package_id for package_id, _ in ended_since(tenant_id=tenant_id)]


def ended_since(*, tenant_id: UUID) -> list[tuple[UUID, datetime]]:
    """The same, each with the instant since which it has to go."""
    query = (
        select(Package.id, Hold.released_at)
        .join(Disclosure, and_(Disclosure.tenant_id == Package.tenant_id, Disclosure.id == Package.disclosure_id))
        .join(Hold, and_(Hold.tenant_id == Disclosure.tenant_id, Hold.id == Disclosure.hold_id))
        .where(
            Package.tenant_id == tenant_id,
            Package.destroyed_at.is_(None),
            Disclosure.state.in_(FINAL),
            Hold.released_at.is_not(None),
        )
        .order_by(Hold.released_at, Package.id)
    )
    return [(package_id, since) for package_id, since in db.session.execute(query) if since is not None]


def destroy_package(*, actor: Actor, tenant_id: UUID, package_id: UUID, store: ObjectStore) -> None:
    """Destroy a package whose case is over, and record it once nothing is left. Repeatable, in two phases as a day.

    The first call destroys the row's secret; one after its commit the share and the objects. Raises
    `InvalidTransition` before the case's hold has ended, and `StillThere` when the store kept anything.
    """
    package = _locked(tenant_id, package_id)
    if package.destroyed_at is not None:
        return
    disclosure = db.session.get_one(Disclosure, package.disclosure_id)
    held = retention.hold(tenant_id=tenant_id, hold_id=disclosure.hold_id)
    if disclosure.state not in FINAL or held.released_at is None:
        raise InvalidTransition("案件或其保全尚未結束，影像複製檔不能銷毀。")
    if package.wrapped_secret is not None:
        package.wrapped_secret = None
        queues.enqueue_after_commit(
            db.session, queues.Job.DESTROY_PACKAGE, tenant_id=tenant_id, package_id=package_id, phase=2
        )
        return
    empty(store, object_keys.package_shares(tenant_id=tenant_id, package_id=package_id))
    empty(store, object_keys.package_prefix(tenant_id=tenant_id, package_id=package_id))
    package.destroyed_at = clock.now()
    audit.record(
        Event.PACKAGE_DESTROYED,
        tenant_id=tenant_id,
        actor=actor,
        subject_id=disclosure.id,
        package_id=str(package_id),
        serial=disclosure.serial,
    )


def _locked(tenant_id: UUID, package_id: UUID) -> Package:
    query = select(Package).where(Package.tenant_id == tenant_id, Package.id == package_id).with_for_update()
    found = db.session.scalar(query, execution_options={"populate_existing": True})
    if found is None:
        raise NotFound
    return found
