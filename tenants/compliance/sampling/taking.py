"""Tells the bureau that a case exists: the roll-up from which samples are drawn. The session is the institution's.

It follows from rows that others wrote and recorded; the chain does not repeat them.
"""

from datetime import datetime
from uuid import UUID

from sqlalchemy import exists, func, select
from sqlalchemy.dialects.postgresql import insert

from infra.clock import civil_day
from infra.db import db
from tenants.actor import Actor
from tenants.compliance.sampling.models import ComplianceCase
from tenants.disclosures.models import Disclosure
from tenants.permissions import Permission

_TAKEN = exists().where(ComplianceCase.tenant_id == Disclosure.tenant_id, ComplianceCase.disclosure_id == Disclosure.id)


def take_cases(*, tenant_id: UUID, now: datetime, actor: Actor) -> None:
    """Write down every case that is not among them yet."""
    actor.require(Permission.PLATFORM_READ)
    query = select(Disclosure.id, Disclosure.serial, Disclosure.door, Disclosure.filed_at)
    rows = [
        {
            "tenant_id": tenant_id,
            "disclosure_id": disclosure_id,
            "serial": serial,
            "door": door,
            "filed_on": civil_day(filed_at),
            "computed_at": now,
        }
        for disclosure_id, serial, door, filed_at in db.session.execute(
            query.where(Disclosure.tenant_id == tenant_id, ~_TAKEN)
        )
    ]
    if rows:
        db.session.execute(insert(ComplianceCase).values(rows).on_conflict_do_nothing())


def has_untaken(*, tenant_id: UUID) -> bool:
    """Whether there is a case of which the bureau does not know yet, for the sweep."""
    query = select(func.count()).select_from(Disclosure).where(Disclosure.tenant_id == tenant_id, ~_TAKEN)
    return bool(db.session.scalar(query))
