"""What the page of an application shows of its panel: whether it is waited for, when it meets, what it resolved."""

from collections.abc import Mapping
from datetime import datetime

from tenants.disclosures.insider.models import InsiderRequest
from tenants.disclosures.insider.panel import adopting, queries
from tenants.profiles import Clause
from webapp.panel_view import Resolved, resolved_of, rules_of


def panel_of(found: InsiderRequest) -> Mapping[str, str | datetime | Resolved | None] | None:
    """The panel's part of the page; None for a case that no panel decides (TY-X-1)."""
    if not found.panel_required:
        return None
    rule = rules_of(found)
    latest = queries.resolution(tenant_id=found.tenant_id, disclosure_id=found.id)
    met = queries.open_meeting(tenant_id=found.tenant_id, disclosure_id=found.id)
    return {
        "article": adopting.article(rule),
        "words": rule.text(Clause.PANEL),
        "meets_at": met.meets_at if met is not None else None,
        "resolved": resolved_of(latest, found) if latest is not None else None,
    }
