"""When the accounts are to be looked through. Pure functions of data and days."""

from datetime import date

from tenants.periods import add_months

# No regulation says how often; a year is ours, so that nobody who left stays in for longer (本系統預設).
REVIEW_MONTHS = 12


def due_on(*, last_completed: date | None, first_role: date | None) -> date | None:
    """The day by which the accounts are to be looked through: a year after the last time, or after the first role."""
    since = last_completed or first_role
    return add_months(since, REVIEW_MONTHS) if since is not None else None
