"""What an institution's page for applicants says of each of its sites, in the words of the regulation it is under."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from infra import clock
from tenants.disclosures.applying import queries
from tenants.disclosures.closed import what_is_left
from tenants.disclosures.insider.rules import GROUND_NAMES, Ground
from tenants.profiles import Clause, RuleProfile
from tenants.registry import classes, phones
from tenants.registry import queries as registry
from tenants.registry.models import Site, Tenant
from tenants.registry.regulations import profile
from tenants.rights.rules import RIGHTS_ARTICLE


@dataclass(frozen=True, kw_only=True)
class SitePart:
    """One site: its rules, what it keeps for how long, and from which day on there is anything."""

    code: str
    name: str
    rules: RuleProfile
    grounds: Sequence[str]
    retention_days: int
    earliest: date | None

    @property
    def access_article(self) -> str:
        """The article of insiders' requests."""
        return self.rules.article(Clause.INSIDER_ACCESS)

    @property
    def gone_article(self) -> str:
        """The article of what is past its period."""
        return self.rules.article(Clause.RETENTION_MAX)


def about_page(tenant: Tenant) -> dict[str, Any]:
    """Everything that the page shows. The session is bound to the institution."""
    left = what_is_left(tenant_id=tenant.id)
    earliest = queries.earliest_days(tenant_id=tenant.id)
    sites = registry.sites(tenant_id=tenant.id)
    return {
        "tenant": tenant,
        "left": left,
        "parts": [_part(site, earliest.get(site.id)) for site in sites],
        "rights_article": RIGHTS_ARTICLE,
        "called": phones.called(tenant.phone),
        "open_to_ask": bool(sites) and (left is None or left.footage_lives),
    }


def _part(site: Site, earliest: date | None) -> SitePart:
    rules = profile(site.profile, clock.today())
    return SitePart(
        code=site.code,
        name=site.name,
        rules=rules,
        grounds=[GROUND_NAMES[Ground(each)] for each in rules.insider.grounds],
        retention_days=classes.class_of(site=site, day=clock.today()),
        earliest=earliest,
    )
