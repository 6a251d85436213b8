"""How many cameras an institution has in each of the three groups and what waits there, for the bureau (KH-3-5)."""

from datetime import datetime
from uuid import UUID

from sqlalchemy.dialects.postgresql import insert

from infra.db import db
from tenants.actor import Actor
from tenants.permissions import Permission
from tenants.registry.assessments.models import ZoneCount
from tenants.registry.assessments.standing import AssessmentStanding
from tenants.registry.zones import ZoneGroup


def take_zones(*, tenant_id: UUID, found: AssessmentStanding, now: datetime, actor: Actor) -> None:
    """Write down the counts of what stands today, over those of before. Groups are never merged."""
    actor.require(Permission.PLATFORM_READ)
    omitted = dict(found.omitted)
    for group in ZoneGroup:
        lines = [line for line in found.lines if line.group is group]
        facts = {
            "computed_at": now,
            "cameras": len(lines),
            "unassessed": sum(line.unassessed is not None for line in lines),
            "unnoted": sum(line.unnoted is not None for line in lines),
            "unreviewed": sum(line.unreviewed is not None for line in lines),
            "omitted": omitted[group],
        }
        statement = insert(ZoneCount).values(tenant_id=tenant_id, zone_group=group, **facts)
        db.session.execute(statement.on_conflict_do_update(index_elements=["tenant_id", "zone_group"], set_=facts))
