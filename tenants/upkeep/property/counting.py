"""An institution's equipment in figures, for the bureau: no name and no word that was typed (DR-35, DR-09)."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import select

from infra import clock
from infra.db import bureau_session
from infra.overwriting import overwrite
from tenants.actor import Actor
from tenants.permissions import Permission
from tenants.registry.models import Tenant
from tenants.registry.standing import open_on
from tenants.upkeep.property.models import PropertyCount
from tenants.upkeep.property.standing import PropertyStanding


def take_property(*, tenant_id: UUID, found: PropertyStanding, now: datetime, actor: Actor) -> None:
    """Write down the figures of what stands today, over those of before."""
    actor.require(Permission.PLATFORM_READ)
    facts = {
        "tenant_id": tenant_id,
        "computed_at": now,
        "assets": found.assets,
        "controlled": len(found.controlled),
        "unnoted": len(found.unnoted),
        "to_replace": len(found.to_replace),
        "unlisted": len(found.unlisted),
        "unseen": len(found.unseen),
        "orphaned": len(found.orphaned),
    }
    overwrite(PropertyCount, ("tenant_id",), [facts])


def city() -> list[tuple[Tenant, PropertyCount | None]]:
    """Every open institution with its figures, None where nothing was counted yet; restricted brands first.

    One that is to close is open until its day.
    """
    query = (
        select(Tenant, PropertyCount)
        .outerjoin(PropertyCount, PropertyCount.tenant_id == Tenant.id)
        .where(Tenant.kind != "bureau", open_on(clock.today()))
    )
    with bureau_session() as session:
        found = [(tenant, count) for tenant, count in session.execute(query)]
        session.expunge_all()
    return sorted(found, key=lambda line: (-(line[1].controlled if line[1] else 0), line[0].district, line[0].name))
