"""What the platform knows already, read once for a whole roster."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import select

from infra.db import bureau_session, db
from infra.tenancy import Binding, bound
from tenants.people import queries as people
from tenants.people.models import User
from tenants.registry import names
from tenants.registry.models import InstitutionName, Site, Tenant, TenantKind


@dataclass(frozen=True, kw_only=True)
class Directory:
    """Institutions by code, their sites' regulations by code, changes of name that wait, districts, and accounts.

    `former` are the names that districts bore, with what they are called now.
    """

    institutions: Mapping[str, Tenant]
    sites: Mapping[UUID, Mapping[str, str]]
    waiting: Mapping[UUID, InstitutionName]
    districts: frozenset[str]
    former: Mapping[str, str]
    accounts: Mapping[str, User]


def directory(*, logins: Collection[str]) -> Directory:
    """The directory as it is now, with the accounts of these sign-in names."""
    known = {each.code: each for each in db.session.scalars(select(Tenant))}
    changes = [each for several in names.changes_of_all().values() for each in several if each.withdrawn_at is None]
    waiting = {each.institution_id: each for each in changes if each.begun_at is None}
    placed = [each for each in known.values() if each.kind != TenantKind.BUREAU]
    districts = {each.district for each in placed} | {each.district for each in waiting.values()}
    former = {
        each.former_district: each.district
        for each in sorted(changes, key=lambda each: each.effective_from)
        if each.begun_at is not None and each.former_district not in districts
    }
    accounts = db.session.scalars(select(User).where(User.login.in_(logins)))
    return Directory(
        institutions=known,
        sites=_sites(),
        waiting=waiting,
        districts=frozenset(districts - {""}),
        former=former,
        accounts={each.login: each for each in accounts},
    )


def heads(*, tenant_id: UUID) -> set[UUID]:
    """Who heads an institution; bound to it for this read."""
    with bound(db.session, Binding(tenant_id=tenant_id)):
        return people.heads(tenant_id=tenant_id)


def _sites() -> Mapping[UUID, Mapping[str, str]]:
    found: dict[UUID, dict[str, str]] = {}
    with bureau_session() as session:
        for tenant_id, code, profile in session.execute(select(Site.tenant_id, Site.code, Site.profile)):
            found.setdefault(tenant_id, {})[code] = profile
    return found
