"""What there is of an institution's cases: most have none, and then nothing that hangs on one is asked for.

The session is bound to the institution.
"""

from sqlalchemy import ColumnElement, exists, func, select

from infra.together import Place, asked_together
from tenants.disclosures.lifecycle import FINAL
from tenants.disclosures.models import Disclosure
from tenants.disclosures.packages.models import Package
from tenants.disclosures.retained.models import RetainedCopy


@asked_together
def any_case(tenant_id: Place) -> ColumnElement[bool]:
    """Whether there ever was one."""
    return exists().where(Disclosure.tenant_id == tenant_id)


@asked_together
def open_cases(tenant_id: Place) -> ColumnElement[int]:
    """How many are not over."""
    not_over = select(func.count()).where(Disclosure.tenant_id == tenant_id, Disclosure.state.not_in(FINAL))
    return not_over.scalar_subquery()


@asked_together
def any_package(tenant_id: Place) -> ColumnElement[bool]:
    """Whether one is not proven to be gone."""
    return exists().where(Package.tenant_id == tenant_id, Package.destroyed_at.is_(None))


@asked_together
def any_copy(tenant_id: Place) -> ColumnElement[bool]:
    """The same of copies for reference."""
    return exists().where(RetainedCopy.tenant_id == tenant_id, RetainedCopy.destroyed_at.is_(None))
