"""The index by days and classes: its tables go once nobody has anything left under them (infra/decisions/0013)."""

from datetime import date
from uuid import UUID

from sqlalchemy import text

from infra.db import db
from tenants.actor import Actor
from tenants.audit import actions as audit
from tenants.audit.events import Event
from tenants.errors import HeldByLaw
from tenants.footage.areas import DayOfClass


def droppable() -> list[DayOfClass]:
    """The days and classes whose destruction every institution has certified, and whose rows are still there."""
    rows = db.session.execute(text("select civil_day, retention_days from droppable_segment_partitions()"))
    return [DayOfClass(day=day, retention_days=days) for day, days in rows]


def drop(*, actor: Actor, bureau_id: UUID, day: date, retention_days: int) -> None:
    """Drop a day's rows of one class, of all institutions at once. The session is bound to the bureau.

    Recorded in the bureau's chain, as an act of the platform: that footage was destroyed is in each institution's own.
    Raises `HeldByLaw` while anybody's key lives or anybody's destruction is not certified; the database itself decides.
    """
    dropped = db.session.scalar(
        text("select drop_segment_partition(:day, :days)"), {"day": day, "days": retention_days}
    )
    if not dropped:
        raise HeldByLaw("這一天的索引尚不能移除：仍有機構的金鑰未銷毀，或銷毀證明尚未開立。")
    audit.record(
        Event.INDEX_DROPPED,
        tenant_id=bureau_id,
        actor=actor,
        civil_day=day.isoformat(),
        retention_days=retention_days,
    )
