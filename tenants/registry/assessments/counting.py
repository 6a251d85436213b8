"""How many cameras an institution has in each of the three groups and what waits there, for the bureau (KH-3-5)."""

from datetime import datetime
from typing import Any
from uuid import UUID

from infra.overwriting import overwrite
from tenants.actor import Actor
from tenants.permissions import Permission
from tenants.registry.assessments.models import ZoneCount
from tenants.registry.assessments.standing import AssessmentStanding
from tenants.registry.zones import ZoneGroup


def take_zones(*, tenant_id: UUID, found: AssessmentStanding, now: datetime, actor: Actor) -> None:
    """Write down the counts of what stands today, over those of before. Groups are never merged."""
    actor.require(Permission.PLATFORM_READ)
    own: dict[str, Any] = {"tenant_id": tenant_id, "computed_at": now}
    rows = [own | _counted(found, group) for group in ZoneGroup]
    overwrite(ZoneCount, ("tenant_id", "zone_group"), rows)


def _counted(found: AssessmentStanding, group: ZoneGroup) -> dict[str, Any]:
    lines = [line for line in found.lines if line.group is group]
    return {
        "zone_group": group,
        "cameras": len(lines),
        "unassessed": sum(line.unassessed is not None for line in lines),
        "unnoted": sum(line.unnoted is not None for line in lines),
        "unreviewed": sum(line.unreviewed is not None for line in lines),
        "omitted": dict(found.omitted)[group],
    }
