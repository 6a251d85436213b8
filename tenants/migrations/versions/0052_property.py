"""The ledger of equipment, its custodians, destroyed media, and the brands that the bureau restricts."""

import sqlalchemy as sa
from alembic import op

from infra.rowsecurity import also_readable, protect, rolled_up

revision = "0052"
down_revision: str | None = "0051"

ASSETS, CUSTODIES, DESTRUCTIONS = "assets", "asset_custodies", "media_destructions"
BRANDS, COUNTS = "restricted_brands", "compliance_property"
# As of rule_schedules: it binds every institution and is written by the bureau alone.
BY_BUREAU = """exists (select from tenants where kind = 'bureau'
    and id = nullif(current_setting('shouyuan.tenant_id', true), '')::uuid)"""


def upgrade() -> None:
    op.create_table(
        ASSETS,
        *_ids("tenant_id", "site_id", "recorded_by"),
        *_texts("kind", "number_kind", "number", "name", "brand", "model", "serial", "origin", "firmware", "place"),
        *_texts("head_note", "bureau_document", "ended_document"),
        sa.Column("acquired_on", sa.Date(), nullable=False),
        *(sa.Column(name, sa.Integer(), nullable=False) for name in ("cost", "service_years")),
        *(sa.Column(name, sa.Uuid(), nullable=True) for name in ("camera_id", "device_id", "ended_by")),
        *(sa.Column(name, sa.Date(), nullable=True) for name in ("planned_replacement", "ended_on")),
        sa.Column("ended_as", sa.String(), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        *_checks(),
        *(
            sa.ForeignKeyConstraint(
                ["tenant_id", column], [f"{table}.tenant_id", f"{table}.id"], name=op.f(f"fk_assets_tenant_id_{column}")
            )
            for column, table in (("site_id", "sites"), ("camera_id", "cameras"), ("device_id", "edge_devices"))
        ),
        sa.UniqueConstraint("tenant_id", "id", name=op.f("uq_assets_tenant_id_id")),
        *_made(ASSETS),
    )
    op.create_table(
        CUSTODIES,
        *_ids("tenant_id", "asset_id", "custodian_id", "recorded_by"),
        *_texts("handed_by", "note"),
        sa.Column("from_day", sa.Date(), nullable=False),
        *_of_asset(CUSTODIES),
    )
    op.create_table(
        DESTRUCTIONS,
        *_ids("tenant_id", "asset_id", "recorded_by"),
        *_texts("method", "carried_out_by", "witness", "document"),
        sa.Column("destroyed_on", sa.Date(), nullable=False),
        *_of_asset(DESTRUCTIONS),
    )
    op.create_table(
        BRANDS,
        *_texts("brand", "folded", "document"),
        *_ids("recorded_by"),
        sa.Column("effective_from", sa.Date(), nullable=False),
        sa.Column("withdrawn_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("withdrawn_by", sa.Uuid(), nullable=True),
        sa.CheckConstraint(
            "(withdrawn_at is null) = (withdrawn_by is null)", name=op.f("ck_restricted_brands_withdrawn_pair")
        ),
        *_made(BRANDS),
    )
    op.create_table(
        COUNTS,
        *_ids("tenant_id"),
        sa.Column("computed_at", sa.DateTime(timezone=True), nullable=False),
        *(
            sa.Column(name, sa.Integer(), nullable=False)
            for name in ("assets", "controlled", "unnoted", "to_replace", "unlisted", "unseen", "orphaned")
        ),
        sa.PrimaryKeyConstraint("tenant_id", name=op.f("pk_compliance_property")),
    )
    _indexes()
    for table in (ASSETS, COUNTS):
        protect(table)
    for table in (CUSTODIES, DESTRUCTIONS):
        protect(table, rights="select, insert")
    protect(BRANDS, using=BY_BUREAU)
    also_readable(BRANDS, name="published", using="true")
    rolled_up(COUNTS)


def downgrade() -> None:
    for table in (COUNTS, BRANDS, DESTRUCTIONS, CUSTODIES, ASSETS):
        op.drop_table(table)


def _indexes() -> None:
    op.create_index(
        "uq_assets_number", ASSETS, ["tenant_id", "number"], unique=True, postgresql_where=sa.text("number <> ''")
    )
    op.create_index(
        "uq_restricted_brands_folded",
        BRANDS,
        ["folded"],
        unique=True,
        postgresql_where=sa.text("withdrawn_at is null"),
    )
    op.create_index("ix_asset_custodies_newest", CUSTODIES, ["tenant_id", "asset_id", "created_at"], unique=False)
    op.create_index("ix_media_destructions_asset_id", DESTRUCTIONS, ["tenant_id", "asset_id"], unique=False)
    for table in (ASSETS, CUSTODIES, DESTRUCTIONS):
        op.create_index(op.f(f"ix_{table}_tenant_id"), table, ["tenant_id"], unique=False)


def _checks() -> tuple[sa.schema.SchemaItem, ...]:
    said = {
        "kind": "kind in ('camera', 'recorder', 'disk', 'other')",
        "number_kind": "number_kind in ('property', 'article', 'own')",
        "ended_as": "ended_as in ('scrapped', 'transferred')",
        "number": "number <> '' or number_kind = 'own'",
        "amounts": "cost >= 0 and service_years > 0",
        "ended_pair": "(ended_at is null) = (ended_by is null)",
        "ended_on": "(ended_at is null) = (ended_on is null)",
        "ended_how": "(ended_at is null) = (ended_as is null)",
    }
    return tuple(sa.CheckConstraint(words, name=op.f(f"ck_assets_{name}")) for name, words in said.items())


def _ids(*names: str) -> tuple[sa.schema.SchemaItem, ...]:
    return tuple(sa.Column(name, sa.Uuid(), nullable=False) for name in names)


def _texts(*names: str) -> tuple[sa.schema.SchemaItem, ...]:
    return tuple(sa.Column(name, sa.String(), nullable=False) for name in names)


def _made(table: str) -> tuple[sa.schema.SchemaItem, ...]:
    return (
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{table}")),
    )


def _of_asset(table: str) -> tuple[sa.schema.SchemaItem, ...]:
    return (
        sa.ForeignKeyConstraint(
            ["tenant_id", "asset_id"], ["assets.tenant_id", "assets.id"], name=op.f(f"fk_{table}_tenant_id_asset_id")
        ),
        *_made(table),
    )
