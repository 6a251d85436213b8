"""Numbers without holes: of cases."""

from uuid import UUID

from tenants.disclosures.models import Disclosure
from tenants.numbering import next_of


def next_serial(*, tenant_id: UUID) -> str:
    """調閱-<民國年>-<number> of the next case, counted per institution and year, through whichever door."""
    return next_of("調閱", Disclosure, tenant_id=tenant_id)
