"""What the page of an application shows of its panel: whether it is waited for, when it meets, what it resolved."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from infra.clock import civil_day
from tenants.disclosures.insider.models import InsiderRequest
from tenants.disclosures.insider.panel import adopting, queries
from tenants.disclosures.insider.panel.models import Verdict
from tenants.disclosures.models import DisclosureWindow
from tenants.profiles import Clause
from webapp.panel_view import Resolved, resolved_of, rules_of
from webapp.school.cases.forms import as_asked


def resolved_grants(found: InsiderRequest, windows: Sequence[DisclosureWindow]) -> list[dict[str, Any]] | None:
    """The lines of the head's form as the latest resolution that counts has them; None where there is none (KH-A1-15).

    The head may narrow it and never widen it, so nothing else is worth beginning with.
    """
    latest = queries.resolution(tenant_id=found.tenant_id, disclosure_id=found.id) if found.panel_required else None
    if latest is None or latest.decision == Verdict.REFUSE or queries.lacks(latest):
        return None
    granted = queries.granted(latest)
    return [_line(window, granted.get(window.id)) for window in windows]


def _line(window: DisclosureWindow, span: tuple[datetime, datetime] | None) -> dict[str, Any]:
    line = as_asked(window)
    if span is None:
        return line | {"verdict": "none"}
    if span == (window.started_at, window.ended_at):
        return line | {"verdict": "all"}
    start, end = span
    return line | {
        "verdict": "part",
        "from_day": civil_day(start),
        "from_time": start,
        "until_day": civil_day(end),
        "until_time": end,
    }


def resolved_reasons(found: InsiderRequest) -> str:
    """The reasons of the latest resolution, for the head to go on from."""
    latest = queries.resolution(tenant_id=found.tenant_id, disclosure_id=found.id) if found.panel_required else None
    return latest.reasons if latest is not None else ""


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
