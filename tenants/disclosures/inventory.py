"""What the store must hold of disclosures, as the database knows it: packages, copies for reference, letters, shares.

Each list is in key order. The session is bound to the institution.
"""

from collections.abc import Iterator
from uuid import UUID

from sqlalchemy import select, union_all

from infra import object_keys
from infra.comparison import Expected
from infra.db import db
from tenants.disclosures.official.models import Letter
from tenants.disclosures.packages.keys import package_lock
from tenants.disclosures.packages.models import Package
from tenants.disclosures.papers.models import PaperScan
from tenants.disclosures.retained.keys import retained_lock
from tenants.disclosures.retained.models import RetainedCopy
from tenants.disclosures.retained.pieces import names, pieces_of

_AT_ONCE = 200


def packages(*, tenant_id: UUID) -> Iterator[Expected[None]]:
    """Every package that still opens."""
    query = select(Package.id).where(Package.tenant_id == tenant_id, Package.wrapped_secret.is_not(None))
    for package_id in db.session.scalars(query.order_by(Package.id), execution_options={"yield_per": _AT_ONCE}):
        yield Expected(object_keys.package(tenant_id=tenant_id, package_id=package_id), None)


def retained(*, tenant_id: UUID) -> Iterator[Expected[None]]:
    """Every copy for reference that still opens: the copy, its form and its pieces for playback."""
    query = select(RetainedCopy).where(RetainedCopy.tenant_id == tenant_id, RetainedCopy.wrapped_secret.is_not(None))
    rows = db.session.scalars(query.order_by(RetainedCopy.id), execution_options={"yield_per": _AT_ONCE})
    for copy in rows:
        yield from (Expected(key, None, required=copy.ended_at is None) for key in sorted(_objects_of(copy)))


def _objects_of(copy: RetainedCopy) -> Iterator[str]:
    ids = {"tenant_id": copy.tenant_id, "copy_id": copy.id}
    yield object_keys.retained_copy(**ids)
    yield object_keys.retained_form(**ids)
    for part, pieces in pieces_of(copy).items():
        for name in names(pieces):
            yield object_keys.retained_piece(**ids, part=part, name=name)


def retained_shares(*, tenant_id: UUID) -> list[Expected[None]]:
    """The share of the key of each copy for reference that still opens."""
    query = select(RetainedCopy).where(RetainedCopy.tenant_id == tenant_id, RetainedCopy.wrapped_secret.is_not(None))
    found = {
        retained_lock(tenant_id=tenant_id, copy_id=copy.id, recipient=copy.recipient).share: copy.ended_at is None
        for copy in db.session.scalars(query)
    }
    return [Expected(key, None, required=found[key]) for key in sorted(found)]


def letters(*, tenant_id: UUID) -> Iterator[Expected[None]]:
    """Every scan of an official document, and of what was on paper first, which lie beside one another."""
    query = union_all(
        select(Letter.id).where(Letter.tenant_id == tenant_id),
        select(PaperScan.id).where(PaperScan.tenant_id == tenant_id),
    ).order_by("id")
    for letter_id in db.session.scalars(query, execution_options={"yield_per": _AT_ONCE}):
        yield Expected(object_keys.letter(tenant_id=tenant_id, letter_id=letter_id), None)


def shares(*, tenant_id: UUID) -> list[Expected[None]]:
    """The share of each package key that still opens."""
    query = select(Package.id, Package.recipient).where(
        Package.tenant_id == tenant_id, Package.wrapped_secret.is_not(None)
    )
    locks = [
        package_lock(tenant_id=tenant_id, package_id=package_id, recipient=recipient)
        for package_id, recipient in db.session.execute(query)
    ]
    return [Expected(key, None) for key in sorted(lock.share for lock in locks)]
