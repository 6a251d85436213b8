"""Holds with their history, destructions, and runs that stopped."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from infra.db import APP_ROLE
from infra.rowsecurity import counted_by_owner, protect

revision = "0005"
down_revision: str | None = "0004"

# The one thing an institution without boxes of its own may know of the others: that somebody's box spoke, and when.
LAST_HEARD = """
create function last_heard() returns timestamptz
language sql stable security definer set search_path = public, pg_temp as $$
    select max(reported_at) from camera_status
$$
"""


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
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("tried_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("last_error", sa.String(), nullable=False),
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
        sa.Column("document", sa.String(), nullable=False),
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
        sa.Column("copy_failures", sa.Integer(), nullable=False),
        sa.Column("copy_error", sa.String(), nullable=False),
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
        sa.CheckConstraint("basis = 'request' or document <> ''", name=op.f("ck_holds_document")),
        sa.CheckConstraint("(copy_failures = 0) = (copy_error = '')", name=op.f("ck_holds_copy_failures")),
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
    _history_and_stops()
    for table in ("holds", "hold_windows", "preserved_segments", "destructions", "destruction_stops", "retention_runs"):
        protect(table)
    protect("hold_changes", rights="select, insert")
    counted_by_owner("camera_status")
    op.execute(LAST_HEARD)
    op.execute("revoke all on function last_heard() from public")
    op.execute(f"grant execute on function last_heard() to {APP_ROLE}")


def _history_and_stops() -> None:
    op.create_table(
        "hold_changes",
        sa.Column("hold_id", sa.Uuid(), nullable=False),
        sa.Column("step", sa.String(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("by_id", sa.Uuid(), nullable=True),
        sa.Column("by_name", sa.String(), nullable=False),
        sa.Column("basis", sa.String(), nullable=False),
        sa.Column("reference", sa.String(), nullable=False),
        sa.Column("document", sa.String(), nullable=False),
        sa.Column("review_on", sa.Date(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.CheckConstraint(
            "step in ('placed', 'extended', 'ending', 'released', 'destroyed')", name=op.f("ck_hold_changes_step")
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "hold_id"], ["holds.tenant_id", "holds.id"], name=op.f("fk_hold_changes_tenant_id_hold_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_hold_changes")),
    )
    op.create_index("ix_hold_changes_hold", "hold_changes", ["tenant_id", "hold_id", "at"], unique=False)
    op.create_index(op.f("ix_hold_changes_tenant_id"), "hold_changes", ["tenant_id"], unique=False)
    op.create_table(
        "destruction_stops",
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("days", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("site", sa.String(), nullable=False),
        sa.Column("share", sa.Double(), nullable=False),
        sa.Column("ahead_minutes", sa.Integer(), nullable=False),
        sa.Column("found_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("over_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("released_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("released_by", sa.Uuid(), nullable=True),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.CheckConstraint("kind in ('clock', 'share')", name=op.f("ck_destruction_stops_kind")),
        sa.CheckConstraint(
            "(released_at is null) = (released_by is null)", name=op.f("ck_destruction_stops_released_pair")
        ),
        sa.CheckConstraint("(released_at is null) = (reason = '')", name=op.f("ck_destruction_stops_released_for")),
        sa.CheckConstraint(
            "released_at is null or over_at is not null", name=op.f("ck_destruction_stops_released_is_over")
        ),
        sa.ForeignKeyConstraint(["tenant_id"], ["tenants.id"], name=op.f("fk_destruction_stops_tenant_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_destruction_stops")),
    )
    op.create_index(
        "uq_destruction_stops_open",
        "destruction_stops",
        ["tenant_id"],
        unique=True,
        postgresql_where=sa.text("over_at is null"),
    )
    op.create_index(op.f("ix_destruction_stops_tenant_id"), "destruction_stops", ["tenant_id"], unique=False)
    op.create_table(
        "retention_runs",
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("ran_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["tenant_id"], ["tenants.id"], name=op.f("fk_retention_runs_tenant_id")),
        sa.PrimaryKeyConstraint("tenant_id", name=op.f("pk_retention_runs")),
    )


def downgrade() -> None:
    op.execute("drop function last_heard()")
    op.execute("drop policy camera_status_counted on camera_status")
    op.drop_table("retention_runs")
    op.drop_index(op.f("ix_destruction_stops_tenant_id"), table_name="destruction_stops")
    op.drop_index("uq_destruction_stops_open", table_name="destruction_stops")
    op.drop_table("destruction_stops")
    op.drop_index(op.f("ix_hold_changes_tenant_id"), table_name="hold_changes")
    op.drop_index("ix_hold_changes_hold", table_name="hold_changes")
    op.drop_table("hold_changes")
    op.drop_index(op.f("ix_hold_windows_tenant_id"), table_name="hold_windows")
    op.drop_index("ix_hold_windows_camera_time", table_name="hold_windows")
    op.drop_table("hold_windows")
    op.drop_index("ix_preserved_segments_day", table_name="preserved_segments")
    op.drop_table("preserved_segments")
    op.drop_index(op.f("ix_holds_tenant_id"), table_name="holds")
    op.drop_table("holds")
    op.drop_index(op.f("ix_destructions_tenant_id"), table_name="destructions")
    op.drop_table("destructions")
