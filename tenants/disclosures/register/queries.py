"""Reads of the access register."""

from uuid import UUID

from sqlalchemy import select

from infra.db import db
from tenants.disclosures.register.models import RegisterEntry


def volume(*, tenant_id: UUID, roc_year: int) -> list[RegisterEntry]:
    """The register's volume of one 民國 year, by number."""
    query = select(RegisterEntry).where(RegisterEntry.tenant_id == tenant_id, RegisterEntry.roc_year == roc_year)
    return list(db.session.scalars(query.order_by(RegisterEntry.number)))


def years(*, tenant_id: UUID) -> list[int]:
    """The 民國 years that have a volume, newest first."""
    query = select(RegisterEntry.roc_year).where(RegisterEntry.tenant_id == tenant_id).distinct()
    return sorted(db.session.scalars(query), reverse=True)
