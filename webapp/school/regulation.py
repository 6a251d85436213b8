"""Which regulation the pages of an institution speak by."""

from uuid import UUID

from infra import clock
from tenants.profiles import Clause, RuleProfile
from tenants.registry import queries as registry
from tenants.registry.regulations import of_institution, profile


def rules_of_institution(*, tenant_id: UUID) -> RuleProfile:
    """The regulation whose words the register, certificates and people's pages use today."""
    return of_institution(tenant_id=tenant_id, day=clock.today())


def confidentiality(*, tenant_id: UUID) -> dict[str, str]:
    """The duty of confidence for a page's heading: `article`, and its text as `article_text` (KH-5-1c, TY-4-1b)."""
    rules = rules_of_institution(tenant_id=tenant_id)
    return {"article": rules.article(Clause.CONFIDENTIALITY), "article_text": rules.text(Clause.CONFIDENTIALITY)}


def rules_by_site(*, tenant_id: UUID) -> dict[UUID, RuleProfile]:
    """Each site's own regulation: a school and its attached preschool have two (DR-11)."""
    return {site.id: profile(site.profile, clock.today()) for site in registry.sites(tenant_id=tenant_id)}
