"""What there is of an institution's cases: most have none, and then nothing that hangs on one is asked for.

One statement tells of all of it, in place of one for each; the session is bound to the institution.
"""

from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import Select, exists, func, select

from infra.db import db
from infra.once import read_once
from infra.statements import made_once
from tenants.disclosures.lifecycle import FINAL
from tenants.disclosures.models import Disclosure
from tenants.disclosures.packages.models import Package
from tenants.disclosures.retained.models import RetainedCopy


@dataclass(frozen=True, kw_only=True)
class AtHand:
    """Whether there ever was a case, how many are not over, and whether a package or copy is not proven to be gone."""

    any: bool
    open: int
    packages: bool
    copies: bool

    def has(self, *, include_closed: bool) -> bool:
        """Whether there is a case, of all or of those that are not over."""
        return self.any if include_closed else self.open > 0


@read_once
def at_hand(*, tenant_id: UUID) -> AtHand:
    """What there is now."""
    found, count, packages, copies = db.session.execute(*_at_hand(tenant_id=tenant_id)).one()
    return AtHand(any=found, open=count, packages=packages, copies=copies)


@made_once
def _at_hand(*, tenant_id: UUID) -> Select[bool, int, bool, bool]:
    not_over = select(func.count()).where(Disclosure.tenant_id == tenant_id, Disclosure.state.not_in(FINAL))
    return select(
        exists().where(Disclosure.tenant_id == tenant_id),
        not_over.scalar_subquery(),
        exists().where(Package.tenant_id == tenant_id, Package.destroyed_at.is_(None)),
        exists().where(RetainedCopy.tenant_id == tenant_id, RetainedCopy.destroyed_at.is_(None)),
    )
