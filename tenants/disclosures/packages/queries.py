"""Reads of copies of approved footage."""

from uuid import UUID

from sqlalchemy import select

from infra.db import db
from tenants.disclosures import queries as disclosures
from tenants.disclosures.models import Disclosure, DisclosureState
from tenants.disclosures.packages.models import Package, PackageState
from tenants.errors import NotFound


def pending(*, tenant_id: UUID, hold_id: UUID | None = None) -> list[UUID]:
    """Packages ordered and not built: of one hold, or all, for the sweep that finds what a lost queue forgot.

    Not of a case that was withdrawn since, of which nobody needs a copy.
    """
    query = (
        select(Package.id)
        .join(Disclosure, Disclosure.id == Package.disclosure_id)
        .where(
            Package.tenant_id == tenant_id,
            Package.state == PackageState.PENDING,
            Package.destroyed_at.is_(None),
            Disclosure.state != DisclosureState.WITHDRAWN,
        )
    )
    if hold_id is not None:
        query = query.where(Disclosure.hold_id == hold_id)
    return list(db.session.scalars(query))


def package(*, tenant_id: UUID, package_id: UUID) -> Package:
    """One package of the institution's, built or not. Raises `NotFound`."""
    found = db.session.scalar(select(Package).where(Package.tenant_id == tenant_id, Package.id == package_id))
    if found is None:
        raise NotFound
    return found


def disclosure_of(package: Package) -> Disclosure:
    """The case that a package belongs to."""
    return disclosures.found(tenant_id=package.tenant_id, disclosure_id=package.disclosure_id)
