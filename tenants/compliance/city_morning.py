"""What the institutions of the city have for the bureau's morning, as it is read; a moment old at most (ADR 0064)."""

from datetime import date, datetime

from infra.lately import read_lately
from tenants.compliance import morning
from tenants.compliance.articles.queries import unmet
from tenants.compliance.morning import Matter
from tenants.compliance.queries import board


@read_lately(but_for="now")
def matters(*, day: date | None, now: datetime) -> list[Matter]:
    """Most pressing first. Without a day of findings only what is known of this minute can be told."""
    found = unmet(day=day, few=morning.FEW) if day is not None else ()
    return list(morning.matters(board(now=now), found, now=now))
