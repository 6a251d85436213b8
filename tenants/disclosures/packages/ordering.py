"""Ordering the copy of what was approved. A worker builds it once all that it needs lies in the case's hold."""

from uuid import UUID, uuid4

from infra import clock
from infra.db import db
from infra.queues import Job, enqueue_after_commit
from tenants.disclosures.models import Disclosure
from tenants.disclosures.packages.models import Package, PackageState


def order(disclosure: Disclosure, *, agency_id: UUID | None) -> Package:
    """The ordered package of a case, in the transaction of its decision."""
    package = Package(
        id=uuid4(),
        tenant_id=disclosure.tenant_id,
        disclosure_id=disclosure.id,
        agency_id=agency_id,
        state=PackageState.PENDING,
        ordered_at=clock.now(),
    )
    db.session.add(package)
    enqueue_after_commit(db.session, Job.BUILD_PACKAGE, tenant_id=disclosure.tenant_id, package_id=package.id)
    return package
