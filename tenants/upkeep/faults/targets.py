"""Within what time faults are to be dealt with: the bureau's numbers, by the day from which they count (Q-12)."""

from datetime import date

from sqlalchemy import select

from infra.db import db
from tenants.upkeep.faults.models import FaultTarget
from tenants.upkeep.faults.rules import DEFAULT, Targets


def in_force(*, day: date) -> Targets:
    """The targets on a civil day; ours until the bureau set any."""
    query = select(FaultTarget).where(FaultTarget.effective_from <= day)
    held = db.session.scalars(query.order_by(FaultTarget.effective_from.desc()).limit(1)).first()
    return DEFAULT if held is None else Targets(**{name: getattr(held, name) for name in Targets.__dataclass_fields__})
