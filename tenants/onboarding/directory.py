"""What the platform knows already, read once for all lines that are looked at."""

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


def directory(*, codes: Collection[str], logins: Collection[str]) -> Directory:
    """The directory as it is now: the institutions of these codes, and the accounts of these sign-in names."""
    known = {each.code: each for each in db.session.scalars(select(Tenant).where(Tenant.code.in_(codes)))}
    changes = [each for several in names.changes_of_all().values() for each in several if each.withdrawn_at is None]
    waiting = {each.institution_id: each for each in changes if each.begun_at is None}
    placed = db.session.scalars(select(Tenant.district).where(Tenant.kind != TenantKind.BUREAU).distinct())
    districts = set(placed) | {each.district for each in waiting.values()}
    former = {
        each.former_district: each.district
        for each in sorted(changes, key=lambda each: each.effective_from)
        if each.begun_at is not None and each.former_district not in districts
    }
    accounts = db.session.scalars(select(User).where(User.login.in_(logins)))
    return Directory(
        institutions=known,
        sites=_sites({each.id for each in known.values()}),
        waiting=waiting,
        districts=frozenset(districts - {""}),
        former=former,
        accounts={each.login: each for each in accounts},
    )


def heads(*, tenant_id: UUID) -> set[UUID]:
    """Who heads an institution; bound to it for this read."""
    with bound(db.session, Binding(tenant_id=tenant_id)):
        return people.heads(tenant_id=tenant_id)


def _sites(of: Collection[UUID]) -> Mapping[UUID, Mapping[str, str]]:
    found: dict[UUID, dict[str, str]] = {}
    if not of:
        return found
    query = select(Site.tenant_id, Site.code, Site.profile).where(Site.tenant_id.in_(of))
    with bureau_session() as session:
        for tenant_id, code, profile in session.execute(query):
            found.setdefault(tenant_id, {})[code] = profile
    return found
