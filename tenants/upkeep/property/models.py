"""The ledger. An entry's numbers are written once; custody, destruction of media and the end are added to it."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKeyConstraint, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from infra.db import Identified, Model, TenantOwned, Timestamped, one_of
from tenants.upkeep.property.rules import AssetKind, Ending, NumberKind


class Asset(Identified, Timestamped, TenantOwned, Model):
    """One entry of the ledger (KH-8-2a). `number` is empty only where a private institution keeps 自有財產 (KH-8-2b).

    `head_note` and `bureau_document` are what a device of a restricted brand is enrolled with (DR-35).
    """

    __tablename__ = "assets"
    personal = frozenset({"head_note"})

    site_id: Mapped[UUID]
    kind: Mapped[str]
    number_kind: Mapped[str]
    number: Mapped[str]
    name: Mapped[str]
    brand: Mapped[str]
    model: Mapped[str]
    serial: Mapped[str]
    origin: Mapped[str]
    firmware: Mapped[str]
    acquired_on: Mapped[date]
    cost: Mapped[int]
    service_years: Mapped[int]
    place: Mapped[str]
    camera_id: Mapped[UUID | None]
    device_id: Mapped[UUID | None]
    planned_replacement: Mapped[date | None]
    head_note: Mapped[str]
    bureau_document: Mapped[str]
    recorded_by: Mapped[UUID]
    ended_on: Mapped[date | None]
    ended_as: Mapped[str | None]
    ended_document: Mapped[str] = mapped_column(default="")
    ended_at: Mapped[datetime | None]
    ended_by: Mapped[UUID | None]

    __table_args__ = (
        ForeignKeyConstraint(["tenant_id", "site_id"], ["sites.tenant_id", "sites.id"]),
        ForeignKeyConstraint(["tenant_id", "camera_id"], ["cameras.tenant_id", "cameras.id"]),
        ForeignKeyConstraint(["tenant_id", "device_id"], ["edge_devices.tenant_id", "edge_devices.id"]),
        UniqueConstraint("tenant_id", "id"),
        Index("uq_assets_number", "tenant_id", "number", unique=True, postgresql_where=text("number <> ''")),
        one_of("kind", AssetKind),
        one_of("number_kind", NumberKind),
        one_of("ended_as", Ending),
        CheckConstraint("number <> '' or number_kind = 'own'", name="number"),
        CheckConstraint("cost >= 0 and service_years > 0", name="amounts"),
        CheckConstraint("(ended_at is null) = (ended_by is null)", name="ended_pair"),
        CheckConstraint("(ended_at is null) = (ended_on is null)", name="ended_on"),
        CheckConstraint("(ended_at is null) = (ended_as is null)", name="ended_how"),
    )


class AssetCustody(Identified, Timestamped, TenantOwned, Model):
    """Who answers for an entry from a day on, and who handed it over (KH-8-2c); the newest counts."""

    __tablename__ = "asset_custodies"
    personal = frozenset({"handed_by", "note"})

    asset_id: Mapped[UUID]
    custodian_id: Mapped[UUID]
    from_day: Mapped[date]
    handed_by: Mapped[str]
    note: Mapped[str]
    recorded_by: Mapped[UUID]

    __table_args__ = (
        ForeignKeyConstraint(["tenant_id", "asset_id"], ["assets.tenant_id", "assets.id"]),
        Index("ix_asset_custodies_newest", "tenant_id", "asset_id", "created_at"),
    )


class MediaDestruction(Identified, Timestamped, TenantOwned, Model):
    """That the media of a recorder were destroyed before it left: by whom, how, before whom (KH-8-2a)."""

    __tablename__ = "media_destructions"
    personal = frozenset({"carried_out_by", "witness"})

    asset_id: Mapped[UUID]
    destroyed_on: Mapped[date]
    method: Mapped[str]
    carried_out_by: Mapped[str]
    witness: Mapped[str]
    document: Mapped[str]
    recorded_by: Mapped[UUID]

    __table_args__ = (
        ForeignKeyConstraint(["tenant_id", "asset_id"], ["assets.tenant_id", "assets.id"]),
        Index("ix_media_destructions_asset_id", "tenant_id", "asset_id"),
    )


class RestrictedBrand(Identified, Timestamped, Model):
    """A brand whose devices are 列冊管理 from a day on, by the bureau's document; it binds all (DR-35)."""

    __tablename__ = "restricted_brands"
    personal = frozenset()

    brand: Mapped[str]
    folded: Mapped[str]
    document: Mapped[str]
    effective_from: Mapped[date]
    recorded_by: Mapped[UUID]
    withdrawn_at: Mapped[datetime | None]
    withdrawn_by: Mapped[UUID | None]

    __table_args__ = (
        Index("uq_restricted_brands_folded", "folded", unique=True, postgresql_where=text("withdrawn_at is null")),
        CheckConstraint("(withdrawn_at is null) = (withdrawn_by is null)", name="withdrawn_pair"),
    )


class PropertyCount(TenantOwned, Model):
    """What the bureau reads of an institution's equipment: figures without a name or a word that was typed (DR-35)."""

    __tablename__ = "compliance_property"
    personal = frozenset()

    tenant_id: Mapped[UUID] = mapped_column(primary_key=True)
    computed_at: Mapped[datetime]
    assets: Mapped[int]
    controlled: Mapped[int]
    unnoted: Mapped[int]
    to_replace: Mapped[int]
    unlisted: Mapped[int]
    unseen: Mapped[int]
    orphaned: Mapped[int]
