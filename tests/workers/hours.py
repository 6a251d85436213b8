"""An hour of an office day, for what mails do in it and around it."""

from datetime import datetime, time

import pytest

from infra import clock
from infra.clock import TAIPEI
from tenants.working_days import working_days_after


def instant(hour: int, minute: int = 0, *, days: int = 1) -> datetime:
    """An hour of the next office day, or so many office days from the true today, whatever the clock was set to."""
    return datetime.combine(working_days_after(datetime.now(TAIPEI).date(), days), time(hour, minute), TAIPEI)


def at(monkeypatch: pytest.MonkeyPatch, hour: int, minute: int = 0, *, days: int = 1) -> datetime:
    """Set the clock to such an hour."""
    now = instant(hour, minute, days=days)
    monkeypatch.setattr(clock, "now", lambda: now)
    return now
