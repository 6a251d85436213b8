"""How an institution stands with its equipment (ADR 0047), of a past day as it was known at its end.

What a box saw last is kept once and not by day: of a past day `unseen` is what is known of it now.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

from sqlalchemy import Select, case, func, or_, select, true

from infra import clock
from infra.db import db
from infra.once import read_once
from infra.statements import made_once
from tenants.people.models import Membership
from tenants.upkeep.property import comparing, queries, rules
from tenants.upkeep.property.comparing import Seen
from tenants.upkeep.property.models import Asset, AssetCustody

_DAY = timedelta(days=1)
Since = tuple[UUID, date]


@dataclass(frozen=True, kw_only=True)
class PropertyStanding:
    """`assets` in use. Ids are of entries, but of cameras and boxes in `unlisted`; each with the day since which it is.

    `orphaned`: the custodian works here no longer (KH-8-2c); `controlled`: of a restricted brand; `unnoted`: of them,
    without the head's and the bureau's note; `to_replace`: past their planned day (DR-35).
    """

    assets: int
    unlisted: tuple[Since, ...]
    unseen: tuple[Since, ...]
    orphaned: tuple[Since, ...]
    controlled: tuple[Since, ...]
    unnoted: tuple[Since, ...]
    to_replace: tuple[Since, ...]


@read_once
def standing(*, tenant_id: UUID, day: date) -> PropertyStanding:
    """Three queries: entries with their custodians, what is seen, and the brands."""
    until = clock.day_start(day + _DAY)
    held = [(asset, left) for asset, left in db.session.execute(*_held(tenant_id=tenant_id, until=until))]
    assets = [asset for asset, _ in held]
    found = comparing.seen(tenant_id=tenant_id, day=day)
    brands = [each for each in queries.brands() if each.withdrawn_at is None and each.effective_from <= day]
    controlled = [
        (asset, max(clock.civil_day(asset.created_at), min(brand.effective_from for brand in its)))
        for asset in assets
        if (its := [brand for brand in brands if _is_of(asset, brand.folded, found)])
    ]
    planned = [(each.id, each.planned_replacement) for each in assets if each.planned_replacement is not None]
    return PropertyStanding(
        assets=len(assets),
        unlisted=tuple((each.id, each.since) for each in comparing.unlisted(found, assets)),
        unseen=tuple((asset.id, since) for asset, since in comparing.unseen(found, assets, day=day)),
        orphaned=tuple((asset.id, clock.civil_day(left_at)) for asset, left_at in held if left_at is not None),
        controlled=tuple((asset.id, since) for asset, since in controlled),
        unnoted=tuple((asset.id, since) for asset, since in controlled if not asset.bureau_document),
        to_replace=tuple((asset_id, on) for asset_id, on in planned if on <= day),
    )


def _is_of(asset: Asset, folded: str, found: Sequence[Seen]) -> bool:
    """Whether a device is of a brand, by its entry or by what it says of itself."""
    said = [each.brand for each in found if each.id == asset.camera_id]
    return any(rules.is_restricted(brand, {folded}) for brand in (asset.brand, *said))


@made_once
def _held(*, tenant_id: UUID, until: datetime) -> Select[Asset, datetime | None]:
    """The entries in use at an instant, and since when nobody of those who work here answers for one."""
    custodian = (
        select(AssetCustody.custodian_id)
        .where(
            AssetCustody.tenant_id == Asset.tenant_id,
            AssetCustody.asset_id == Asset.id,
            AssetCustody.created_at < until,
        )
        .order_by(AssetCustody.created_at.desc())
        .limit(1)
        .lateral()
    )
    over = Membership.ended_at.is_not(None) & (Membership.ended_at < until)
    left_at = (
        select(case((func.bool_and(over), func.max(Membership.ended_at))))
        .where(
            Membership.tenant_id == tenant_id,
            Membership.user_id == custodian.c.custodian_id,
            Membership.granted_at < until,
        )
        .scalar_subquery()
    )
    return (
        select(Asset, left_at)
        .outerjoin(custodian, true())
        .where(
            Asset.tenant_id == tenant_id,
            Asset.created_at < until,
            or_(Asset.ended_at.is_(None), Asset.ended_at >= until),
        )
        .order_by(Asset.number, Asset.id)
    )
