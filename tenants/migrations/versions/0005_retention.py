"""Holds and destructions."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from infra.rowsecurity import protect

revision = "0005"
down_revision: str | None = "0004"


def upgrade() -> None:
    op.create_table(
        "destructions",
        sa.Column("civil_day", sa.Date(), nullable=False),
        sa.Column("retention_days", sa.Integer(), nullable=False),
        sa.Column("profile_version", sa.String(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("begun_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("begun_by", sa.String(), nullable=False),
        sa.Column("segments", sa.Integer(), nullable=False),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.Column("digest", sa.String(), nullable=False),
        sa.Column("kept_back", sa.Integer(), nullable=False),
        sa.Column("certified_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("certificate_no", sa.String(), nullable=True),
        sa.Column("certificate", postgresql.JSONB(astext_type=sa.Text()), nullable=True),
        sa.Column("restored", postgresql.JSONB(astext_type=sa.Text()), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.CheckConstraint(
            "(state = 'certified') = (certificate is not null and certified_at is not null)",
            name=op.f("ck_destructions_certified_pair"),
        ),
        sa.CheckConstraint("state in ('begun', 'certified')", name=op.f("ck_destructions_state")),
        sa.ForeignKeyConstraint(["tenant_id"], ["tenants.id"], name=op.f("fk_destructions_tenant_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_destructions")),
        sa.UniqueConstraint("certificate_no", name=op.f("uq_destructions_certificate_no")),
        sa.UniqueConstraint(
            "tenant_id", "civil_day", "retention_days", name=op.f("uq_destructions_tenant_id_civil_day_retention_days")
        ),
    )
    op.create_index(op.f("ix_destructions_tenant_id"), "destructions", ["tenant_id"], unique=False)
    op.create_table(
        "holds",
        sa.Column("basis", sa.String(), nullable=False),
        sa.Column("reference", sa.String(), nullable=False),
        sa.Column("necessity", sa.String(), nullable=False),
        sa.Column("placed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("placed_by", sa.Uuid(), nullable=True),
        sa.Column("review_on", sa.Date(), nullable=False),
        sa.Column("recipient", sa.String(), nullable=True),
        sa.Column("wrapped_secret", sa.LargeBinary(), nullable=True),
        sa.Column("ends_on", sa.Date(), nullable=True),
        sa.Column("released_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("released_by", sa.Uuid(), nullable=True),
        sa.Column("release_reason", sa.String(), nullable=False),
        sa.Column("destroyed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.CheckConstraint(
            "(released_at is null and ends_on is null) = (release_reason = '')", name=op.f("ck_holds_released_pair")
        ),
        sa.CheckConstraint("released_by is null or released_at is not null", name=op.f("ck_holds_released_by")),
        sa.CheckConstraint(
            "basis in ('request', 'other_law', 'crime_investigation', 'other_unlawful_act')",
            name=op.f("ck_holds_basis"),
        ),
        sa.CheckConstraint("destroyed_at is null or wrapped_secret is null", name=op.f("ck_holds_destroyed_pair")),
        sa.ForeignKeyConstraint(["tenant_id"], ["tenants.id"], name=op.f("fk_holds_tenant_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_holds")),
        sa.UniqueConstraint("recipient", name=op.f("uq_holds_recipient")),
        sa.UniqueConstraint("tenant_id", "id", name=op.f("uq_holds_tenant_id_id")),
    )
    op.create_index(op.f("ix_holds_tenant_id"), "holds", ["tenant_id"], unique=False)
    op.create_table(
        "preserved_segments",
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("hold_id", sa.Uuid(), nullable=False),
        sa.Column("segment_id", sa.Uuid(), nullable=False),
        sa.Column("camera_id", sa.Uuid(), nullable=False),
        sa.Column("device_id", sa.Uuid(), nullable=False),
        sa.Column("civil_day", sa.Date(), nullable=False),
        sa.Column("retention_days", sa.Integer(), nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("plain_sha256", sa.String(), nullable=False),
        sa.Column("cipher_sha256", sa.String(), nullable=False),
        sa.Column("cipher_bytes", sa.BigInteger(), nullable=False),
        sa.Column("line", sa.String(), nullable=False),
        sa.Column("signature", sa.String(), nullable=False),
        sa.Column("copied_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["tenant_id", "hold_id"],
            ["holds.tenant_id", "holds.id"],
            name=op.f("fk_preserved_segments_tenant_id_hold_id"),
        ),
        sa.PrimaryKeyConstraint("tenant_id", "hold_id", "segment_id", name=op.f("pk_preserved_segments")),
    )
    op.create_index("ix_preserved_segments_day", "preserved_segments", ["tenant_id", "civil_day"], unique=False)
    op.create_table(
        "hold_windows",
        sa.Column("hold_id", sa.Uuid(), nullable=False),
        sa.Column("camera_id", sa.Uuid(), nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.CheckConstraint("ended_at > started_at", name=op.f("ck_hold_windows_span")),
        sa.ForeignKeyConstraint(
            ["tenant_id", "camera_id"],
            ["cameras.tenant_id", "cameras.id"],
            name=op.f("fk_hold_windows_tenant_id_camera_id"),
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "hold_id"], ["holds.tenant_id", "holds.id"], name=op.f("fk_hold_windows_tenant_id_hold_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_hold_windows")),
    )
    op.create_index(
        "ix_hold_windows_camera_time", "hold_windows", ["tenant_id", "camera_id", "started_at"], unique=False
    )
    op.create_index(op.f("ix_hold_windows_tenant_id"), "hold_windows", ["tenant_id"], unique=False)
    for table in ("holds", "hold_windows", "preserved_segments", "destructions"):
        protect(table)


def downgrade() -> None:
    op.drop_index(op.f("ix_hold_windows_tenant_id"), table_name="hold_windows")
    op.drop_index("ix_hold_windows_camera_time", table_name="hold_windows")
    op.drop_table("hold_windows")
    op.drop_index("ix_preserved_segments_day", table_name="preserved_segments")
    op.drop_table("preserved_segments")
    op.drop_index(op.f("ix_holds_tenant_id"), table_name="holds")
    op.drop_table("holds")
    op.drop_index(op.f("ix_destructions_tenant_id"), table_name="destructions")
    op.drop_table("destructions")
