"""Keys, segments by day and class, and what the edge reports. Partitions are made by a function of the owner role."""

import sqlalchemy as sa
from alembic import op

from infra.db import APP_ROLE
from infra.rowsecurity import protect

revision = "0004"
down_revision: str | None = "0003"

# Partitions carry forced row security without a policy and no grant, so that they are reached through `segments` only.
ENSURE_PARTITION = """
create function ensure_segment_partition(day date, days integer) returns void
language plpgsql security definer set search_path = public, pg_temp as $$
declare
    whole text := 'segments_' || to_char(day, 'YYYYMMDD');
    part text := whole || '_d' || days;
begin
    if to_regclass(part) is not null then return; end if;
    perform pg_advisory_xact_lock(hashtext(whole));
    if to_regclass(whole) is null then
        execute format('create table %I partition of segments for values from (%L) to (%L) '
                       'partition by list (retention_days)', whole, day, day + 1);
        execute format('alter table %I enable row level security', whole);
        execute format('alter table %I force row level security', whole);
    end if;
    if to_regclass(part) is null then
        execute format('create table %I partition of %I for values in (%L)', part, whole, days);
        execute format('alter table %I enable row level security', part);
        execute format('alter table %I force row level security', part);
    end if;
end $$
"""


def upgrade() -> None:
    op.create_table(
        "day_keys",
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("civil_day", sa.Date(), nullable=False),
        sa.Column("retention_days", sa.Integer(), nullable=False),
        sa.Column("recipient", sa.String(), nullable=False),
        sa.Column("wrapped_secret", sa.LargeBinary(), nullable=True),
        sa.Column("destroyed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint(
            "(wrapped_secret is null) = (destroyed_at is not null)", name=op.f("ck_day_keys_destroyed_pair")
        ),
        sa.ForeignKeyConstraint(["tenant_id"], ["tenants.id"], name=op.f("fk_day_keys_tenant_id")),
        sa.PrimaryKeyConstraint("tenant_id", "civil_day", "retention_days", name=op.f("pk_day_keys")),
        sa.UniqueConstraint("recipient", name=op.f("uq_day_keys_recipient")),
        # Half of each page stays free: a change of the master key writes each row anew, and beside the old one no index
        # need follow it.
        postgresql_with={"fillfactor": 50},
    )
    op.create_table(
        "records_keys",
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("recipient", sa.String(), nullable=False),
        sa.Column("wrapped_secret", sa.LargeBinary(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.ForeignKeyConstraint(["tenant_id"], ["tenants.id"], name=op.f("fk_records_keys_tenant_id")),
        sa.PrimaryKeyConstraint("tenant_id", name=op.f("pk_records_keys")),
        sa.UniqueConstraint("recipient", name=op.f("uq_records_keys_recipient")),
    )
    op.create_table(
        "camera_status",
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("camera_id", sa.Uuid(), nullable=False),
        sa.Column("reported_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("recording", sa.Boolean(), nullable=False),
        sa.Column("recorded_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("spooled", sa.Integer(), nullable=False),
        sa.Column("spooled_from", sa.DateTime(timezone=True), nullable=True),
        sa.Column("fault", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(
            ["tenant_id", "camera_id"],
            ["cameras.tenant_id", "cameras.id"],
            name=op.f("fk_camera_status_tenant_id_camera_id"),
        ),
        sa.PrimaryKeyConstraint("tenant_id", "camera_id", name=op.f("pk_camera_status")),
    )
    op.create_table(
        "gap_reports",
        sa.Column("camera_id", sa.Uuid(), nullable=False),
        sa.Column("device_id", sa.Uuid(), nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("cause", sa.String(), nullable=False),
        sa.Column("reported_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.CheckConstraint("ended_at > started_at", name=op.f("ck_gap_reports_span")),
        sa.ForeignKeyConstraint(
            ["tenant_id", "camera_id"],
            ["cameras.tenant_id", "cameras.id"],
            name=op.f("fk_gap_reports_tenant_id_camera_id"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_gap_reports")),
        sa.UniqueConstraint(
            "tenant_id", "camera_id", "started_at", name=op.f("uq_gap_reports_tenant_id_camera_id_started_at")
        ),
    )
    op.create_index(op.f("ix_gap_reports_tenant_id"), "gap_reports", ["tenant_id"], unique=False)
    op.create_table(
        "segments",
        # The widest first, so that no value is padded to its alignment; what has no fixed width last.
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("confirmed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("checked_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("monotonic_ns", sa.BigInteger(), nullable=False),
        sa.Column("clock_offset_us", sa.BigInteger(), nullable=False),
        sa.Column("civil_day", sa.Date(), nullable=False),
        sa.Column("retention_days", sa.Integer(), nullable=False),
        sa.Column("media_ms", sa.Integer(), nullable=False),
        sa.Column("packets", sa.Integer(), nullable=False),
        sa.Column("plain_bytes", sa.Integer(), nullable=False),
        sa.Column("cipher_bytes", sa.Integer(), nullable=False),
        sa.Column("width", sa.SmallInteger(), nullable=False),
        sa.Column("height", sa.SmallInteger(), nullable=False),
        sa.Column("v", sa.SmallInteger(), nullable=False),
        sa.Column("audio", sa.Boolean(), nullable=False),
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("site_id", sa.Uuid(), nullable=False),
        sa.Column("camera_id", sa.Uuid(), nullable=False),
        sa.Column("device_id", sa.Uuid(), nullable=False),
        sa.Column("plain_sha256", sa.LargeBinary(), nullable=False),
        sa.Column("cipher_sha256", sa.LargeBinary(), nullable=False),
        sa.Column("cipher_md5", sa.LargeBinary(), nullable=False),
        sa.Column("signature", sa.LargeBinary(), nullable=False),
        sa.Column("clock_source", sa.String(), nullable=False),
        sa.Column("codec", sa.String(), nullable=False),
        sa.Column("ended_because", sa.String(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.CheckConstraint("state in ('confirmed', 'mismatched', 'missing', 'stored')", name=op.f("ck_segments_state")),
        sa.CheckConstraint("ended_at > started_at", name=op.f("ck_segments_span")),
        sa.ForeignKeyConstraint(
            ["tenant_id", "camera_id"],
            ["cameras.tenant_id", "cameras.id"],
            name=op.f("fk_segments_tenant_id_camera_id"),
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "device_id"],
            ["edge_devices.tenant_id", "edge_devices.id"],
            name=op.f("fk_segments_tenant_id_device_id"),
        ),
        sa.PrimaryKeyConstraint("civil_day", "retention_days", "tenant_id", "id", name=op.f("pk_segments")),
        postgresql_partition_by="RANGE (civil_day)",
    )
    op.create_index(
        "ix_segments_camera_time",
        "segments",
        ["tenant_id", "camera_id", "started_at"],
        unique=False,
        postgresql_include=[
            "ended_at",
            "civil_day",
            "retention_days",
            "id",
            "state",
            "site_id",
            "cipher_bytes",
            "cipher_sha256",
        ],
    )
    op.create_index(
        "ix_segments_unchecked",
        "segments",
        ["tenant_id", "confirmed_at"],
        unique=False,
        postgresql_where="state = 'confirmed'",
    )
    for table in ("day_keys", "records_keys", "segments", "camera_status", "gap_reports"):
        protect(table)
    op.execute(ENSURE_PARTITION)
    op.execute("revoke all on function ensure_segment_partition(date, integer) from public")
    op.execute(f"grant execute on function ensure_segment_partition(date, integer) to {APP_ROLE}")


def downgrade() -> None:
    op.execute("drop function ensure_segment_partition(date, integer)")
    op.drop_index("ix_segments_unchecked", table_name="segments", postgresql_where="state = 'confirmed'")
    op.drop_index(
        "ix_segments_camera_time",
        table_name="segments",
        postgresql_include=[
            "ended_at",
            "civil_day",
            "retention_days",
            "id",
            "state",
            "site_id",
            "cipher_bytes",
            "cipher_sha256",
        ],
    )
    op.drop_table("segments")
    op.drop_index(op.f("ix_gap_reports_tenant_id"), table_name="gap_reports")
    op.drop_table("gap_reports")
    op.drop_table("camera_status")
    op.drop_table("records_keys")
    op.drop_table("day_keys")
