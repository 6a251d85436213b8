"""Reads of the access register."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import func, select

from infra.db import db
from tenants.disclosures.register.models import RegisterEntry


def volume(*, tenant_id: UUID, roc_year: int) -> list[RegisterEntry]:
    """The register's volume of one 民國 year, by number."""
    query = select(RegisterEntry).where(RegisterEntry.tenant_id == tenant_id, RegisterEntry.roc_year == roc_year)
    return list(db.session.scalars(query.order_by(RegisterEntry.number)))


def corrections(*, tenant_id: UUID) -> dict[tuple[int, int], list[tuple[int, int]]]:
    """Which lines correct a line, as year and number of either, in their order."""
    query = select(
        RegisterEntry.corrects_year, RegisterEntry.corrects_number, RegisterEntry.roc_year, RegisterEntry.number
    ).where(RegisterEntry.tenant_id == tenant_id, RegisterEntry.corrects_number.is_not(None))
    found: dict[tuple[int, int], list[tuple[int, int]]] = {}
    for row in db.session.execute(query.order_by(RegisterEntry.roc_year, RegisterEntry.number)):
        if row.corrects_year is not None and row.corrects_number is not None:
            found.setdefault((row.corrects_year, row.corrects_number), []).append((row.roc_year, row.number))
    return found


def years(*, tenant_id: UUID) -> list[int]:
    """The 民國 years that have a volume, newest first."""
    query = select(RegisterEntry.roc_year).where(RegisterEntry.tenant_id == tenant_id).distinct()
    return sorted(db.session.scalars(query), reverse=True)


def viewed_at(*, tenant_id: UUID, disclosure_id: UUID) -> datetime | None:
    """When a case was last looked at, by its lines of the register; None where nobody did, whatever its state says."""
    query = select(func.max(RegisterEntry.accessed_until)).where(
        RegisterEntry.tenant_id == tenant_id, RegisterEntry.disclosure_id == disclosure_id, RegisterEntry.viewed
    )
    return db.session.scalar(query)
