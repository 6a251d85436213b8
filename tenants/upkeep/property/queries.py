"""The ledger and what belongs to its entries; the session is bound to the institution."""

from collections.abc import Mapping
from datetime import date
from uuid import UUID

from sqlalchemy import Select, select
from sqlalchemy.dialects.postgresql import distinct_on

from infra.db import db
from infra.once import read_for_all
from infra.statements import made_once
from tenants.errors import NotFound
from tenants.upkeep.property.models import Asset, AssetCustody, MediaDestruction, RestrictedBrand


def assets(*, tenant_id: UUID) -> list[Asset]:
    """Every entry, those in use first, by number and name."""
    query = select(Asset).where(Asset.tenant_id == tenant_id)
    return list(db.session.scalars(query.order_by(Asset.ended_on.nulls_first(), Asset.number, Asset.name, Asset.id)))


def asset(*, tenant_id: UUID, asset_id: UUID) -> Asset:
    """One entry. Raises `NotFound`."""
    found = db.session.scalar(select(Asset).where(Asset.tenant_id == tenant_id, Asset.id == asset_id))
    if found is None:
        raise NotFound
    return found


def locked(*, tenant_id: UUID, asset_id: UUID) -> Asset:
    """The same, locked: of two steps at the same moment the second sees the first."""
    found = asset(tenant_id=tenant_id, asset_id=asset_id)
    db.session.refresh(found, with_for_update=True)
    return found


def by_number(*, tenant_id: UUID, number: str) -> Asset | None:
    """The entry that bears this number, also one that ended: a number is not used twice."""
    return db.session.scalar(select(Asset).where(Asset.tenant_id == tenant_id, Asset.number == number))


def custodians(*, tenant_id: UUID) -> Mapping[UUID, AssetCustody]:
    """Who answers for each entry now."""
    query = (
        select(AssetCustody)
        .where(AssetCustody.tenant_id == tenant_id)
        .order_by(AssetCustody.asset_id, AssetCustody.created_at.desc())
        .ext(distinct_on(AssetCustody.asset_id))
    )
    return {each.asset_id: each for each in db.session.scalars(query)}


def custody_of(*, tenant_id: UUID, asset_id: UUID) -> list[AssetCustody]:
    """Everybody who ever answered for an entry, the latest first."""
    query = select(AssetCustody).where(AssetCustody.tenant_id == tenant_id, AssetCustody.asset_id == asset_id)
    return list(db.session.scalars(query.order_by(AssetCustody.created_at.desc())))


def held_by(*, tenant_id: UUID, user_id: UUID) -> list[Asset]:
    """The entries in use for which a person answers: what somebody who leaves has to hand over (KH-8-2c, KH-5-2)."""
    held = {each.asset_id for each in custodians(tenant_id=tenant_id).values() if each.custodian_id == user_id}
    return [each for each in assets(tenant_id=tenant_id) if each.id in held and each.ended_at is None]


def destructions(*, tenant_id: UUID, asset_id: UUID) -> list[MediaDestruction]:
    """What was done to the media of an entry, the latest first."""
    query = select(MediaDestruction).where(
        MediaDestruction.tenant_id == tenant_id, MediaDestruction.asset_id == asset_id
    )
    return list(db.session.scalars(query.order_by(MediaDestruction.created_at.desc())))


@read_for_all
def brands() -> list[RestrictedBrand]:
    """Every restricted brand, those that were lifted too, the latest first."""
    return list(db.session.scalars(*_brands()))


@made_once
def _brands() -> Select[RestrictedBrand]:
    return select(RestrictedBrand).order_by(RestrictedBrand.effective_from.desc())


def restricted_on(day: date) -> frozenset[str]:
    """The folded names of the brands that are restricted on a civil day."""
    return frozenset(each.folded for each in brands() if each.withdrawn_at is None and each.effective_from <= day)
