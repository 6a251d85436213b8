"""Certificates of copies for reference that are gone, of all institutions, for an auditor: no picture, no key (DR-09).

As those of days (`certificates`): lists come over the bureau's own connection, proofs from `proven`.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Select, select

from infra.db import bureau_session
from tenants.actor import Actor
from tenants.audit.events import Event
from tenants.audit.proofs import Anchored
from tenants.compliance import proven
from tenants.compliance.certificates import Asked
from tenants.disclosures.retained.models import CopyCertificate
from tenants.errors import NotFound
from tenants.permissions import Permission
from tenants.registry.models import Tenant

# Cases are few: more than these are found by asking for fewer days, or for one institution.
_MOST = 200


@dataclass(frozen=True, kw_only=True)
class CopyLine:
    """One certificate as it was issued."""

    institution_id: UUID
    institution: str
    copy_id: UUID
    number: str
    oldest_on: date
    certified_at: datetime
    paper: dict[str, Any]


def listed(asked: Asked, *, actor: Actor) -> Sequence[CopyLine]:
    """The certificates of copies whose oldest footage is of these days, the newest first; at most two hundred."""
    actor.require(Permission.CERTIFICATE_AUDIT)
    query = _certified().where(CopyCertificate.oldest_on.between(asked.first, asked.last))
    if asked.institution_id is not None:
        query = query.where(CopyCertificate.tenant_id == asked.institution_id)
    with bureau_session() as session:
        found = session.execute(query.order_by(CopyCertificate.certified_at.desc()).limit(_MOST))
        return [_line(each, tenant) for each, tenant in found]


def certificate(*, actor: Actor, institution_id: UUID, copy_id: UUID) -> tuple[CopyLine, Anchored | None]:
    """One certificate, and where it stands in its institution's chain. Raises `NotFound` before it is issued."""
    actor.require(Permission.CERTIFICATE_AUDIT)
    query = _certified().where(CopyCertificate.tenant_id == institution_id, CopyCertificate.copy_id == copy_id)
    with bureau_session() as session:
        row = session.execute(query).first()
        if row is None:
            raise NotFound
        line = _line(*row)
    anchored = proven.anchored(
        actor=actor, institution_id=institution_id, event=Event.RETAINED_DESTROYED, subject_id=copy_id
    )
    return line, anchored


def proof(*, actor: Actor, institution_id: UUID, copy_id: UUID) -> dict[str, Any]:
    """The proof that the destruction was in the chain. Raises as `proven.proof`."""
    return proven.proof(actor=actor, institution_id=institution_id, event=Event.RETAINED_DESTROYED, subject_id=copy_id)


def _certified() -> Select[CopyCertificate, Tenant]:
    return select(CopyCertificate, Tenant).join(Tenant, Tenant.id == CopyCertificate.tenant_id)


def _line(found: CopyCertificate, tenant: Tenant) -> CopyLine:
    return CopyLine(
        institution_id=tenant.id,
        institution=tenant.name,
        copy_id=found.copy_id,
        number=found.number,
        oldest_on=found.oldest_on,
        certified_at=found.certified_at,
        paper=dict(found.paper),
    )
