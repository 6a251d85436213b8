"""Ordering the copy of what was approved. A worker builds it once all that it needs lies in the case's hold."""

from uuid import UUID, uuid4

from infra import clock
from tenants.disclosures.models import Disclosure
from tenants.disclosures.packages.models import Package, PackageState


def ordered(disclosure: Disclosure, *, agency_id: UUID | None) -> Package:
    """The package of a case as a row to be added, in the transaction of its decision."""
    return Package(
        id=uuid4(),
        tenant_id=disclosure.tenant_id,
        disclosure_id=disclosure.id,
        agency_id=agency_id,
        state=PackageState.PENDING,
        ordered_at=clock.now(),
    )
