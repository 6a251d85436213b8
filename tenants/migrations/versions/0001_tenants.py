"""Institutions, sites, cameras, edge devices. Names of institutions are public; everything else is bound."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from infra.db import APP_ROLE
from infra.rowsecurity import also_readable, counted_by_owner, protect, rolled_up

revision = "0001"
down_revision: str | None = None

# A regulation binds every institution and is written by the bureau alone.
BY_BUREAU = """exists (select from tenants where kind = 'bureau'
    and id = nullif(current_setting('shouyuan.tenant_id', true), '')::uuid)"""
ITSELF = "id = nullif(current_setting('shouyuan.tenant_id', true), '')::uuid"
# Which places an institution has stands on its public notice; what else a site's row holds is the institution's own.
# So whoever looks for an institution finds it by its attached preschool's name without reading anybody's rows.
PUBLISHED_SITES = """
create function published_sites() returns table (institution_id uuid, name text, profile text)
language sql stable security definer set search_path = public, pg_temp as $$
    select s.tenant_id, s.name::text, s.profile::text from sites s order by s.tenant_id, s.code
$$
"""


def upgrade() -> None:
    op.create_table(
        "tenants",
        sa.Column("code", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("short_name", sa.String(), nullable=False),
        sa.Column("district", sa.String(), nullable=False),
        sa.Column("ownership", sa.String(), nullable=False),
        sa.Column("supervising_authority", sa.String(), nullable=False),
        sa.Column("phone", sa.String(), nullable=False),
        sa.Column("closed_from", sa.Date(), nullable=True),
        sa.Column("filmed_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("keeper", sa.String(), nullable=False),
        sa.Column("successor_id", sa.Uuid(), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint("kind in ('bureau', 'elementary_school', 'preschool')", name=op.f("ck_tenants_kind")),
        sa.CheckConstraint("ownership in ('public', 'private')", name=op.f("ck_tenants_ownership")),
        sa.CheckConstraint("(closed_from is null) = (filmed_until is null)", name=op.f("ck_tenants_filmed_until")),
        sa.CheckConstraint("(closed_from is null) = (keeper = '')", name=op.f("ck_tenants_keeper")),
        sa.CheckConstraint(
            "successor_id is null or (successor_id <> id and closed_from is not null)",
            name=op.f("ck_tenants_successor"),
        ),
        sa.ForeignKeyConstraint(["successor_id"], ["tenants.id"], name=op.f("fk_tenants_successor_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_tenants")),
        sa.UniqueConstraint("code", name=op.f("uq_tenants_code")),
    )
    op.create_table(
        "institution_names",
        sa.Column("institution_id", sa.Uuid(), nullable=False),
        sa.Column("effective_from", sa.Date(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("short_name", sa.String(), nullable=False),
        sa.Column("district", sa.String(), nullable=False),
        sa.Column("former_name", sa.String(), nullable=False),
        sa.Column("former_short_name", sa.String(), nullable=False),
        sa.Column("former_district", sa.String(), nullable=False),
        sa.Column("document", sa.String(), nullable=False),
        sa.Column("recorded_by", sa.Uuid(), nullable=True),
        sa.Column("begun_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("withdrawn_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("withdrawn_by", sa.Uuid(), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint("name <> '' and document <> ''", name=op.f("ck_institution_names_stated")),
        sa.CheckConstraint(
            "withdrawn_by is null or withdrawn_at is not null", name=op.f("ck_institution_names_withdrawn_by")
        ),
        sa.CheckConstraint(
            "begun_at is null or withdrawn_at is null", name=op.f("ck_institution_names_begun_or_withdrawn")
        ),
        sa.ForeignKeyConstraint(["institution_id"], ["tenants.id"], name=op.f("fk_institution_names_institution_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_institution_names")),
    )
    op.create_index(op.f("ix_institution_names_institution_id"), "institution_names", ["institution_id"], unique=False)
    op.create_index(
        "uq_institution_names_waiting",
        "institution_names",
        ["institution_id"],
        unique=True,
        postgresql_where=sa.text("begun_at is null and withdrawn_at is null"),
    )
    op.create_index(
        "uq_institution_names_day",
        "institution_names",
        ["institution_id", "effective_from"],
        unique=True,
        postgresql_where=sa.text("withdrawn_at is null"),
    )
    op.create_table(
        "sites",
        sa.Column("code", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("profile", sa.String(), nullable=False),
        sa.Column("capacity_bytes", sa.BigInteger(), nullable=True),
        sa.Column("opening_hours", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.CheckConstraint("capacity_bytes > 0", name=op.f("ck_sites_capacity_bytes")),
        sa.ForeignKeyConstraint(["tenant_id"], ["tenants.id"], name=op.f("fk_sites_tenant_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sites")),
        sa.UniqueConstraint("tenant_id", "code", name=op.f("uq_sites_tenant_id_code")),
        sa.UniqueConstraint("tenant_id", "id", name=op.f("uq_sites_tenant_id_id")),
    )
    op.create_index(op.f("ix_sites_tenant_id"), "sites", ["tenant_id"], unique=False)
    op.create_table(
        "site_periods",
        sa.Column("site_id", sa.Uuid(), nullable=False),
        sa.Column("effective_from", sa.Date(), nullable=False),
        sa.Column("basis", sa.String(), nullable=False),
        sa.Column("retention_days", sa.Integer(), nullable=True),
        sa.Column("considerations", sa.String(), nullable=False),
        sa.Column("meeting", sa.String(), nullable=False),
        sa.Column("meeting_on", sa.Date(), nullable=True),
        sa.Column("minutes", sa.String(), nullable=False),
        sa.Column("recorded_by", sa.Uuid(), nullable=True),
        sa.Column("withdrawn_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("withdrawn_by", sa.Uuid(), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.CheckConstraint("basis in ('own_policy', 'regulation')", name=op.f("ck_site_periods_basis")),
        sa.CheckConstraint(
            "(basis = 'own_policy') = (retention_days is not null)", name=op.f("ck_site_periods_own_days")
        ),
        sa.CheckConstraint("retention_days between 14 and 351", name=op.f("ck_site_periods_retention_days")),
        sa.CheckConstraint(
            "withdrawn_by is null or withdrawn_at is not null", name=op.f("ck_site_periods_withdrawn_by")
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "site_id"], ["sites.tenant_id", "sites.id"], name=op.f("fk_site_periods_tenant_id_site_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_site_periods")),
    )
    op.create_index(op.f("ix_site_periods_tenant_id"), "site_periods", ["tenant_id"], unique=False)
    op.create_index(
        "uq_site_periods_site_id_effective_from",
        "site_periods",
        ["tenant_id", "site_id", "effective_from"],
        unique=True,
        postgresql_where=sa.text("withdrawn_at is null"),
    )
    op.create_table(
        "rule_schedules",
        sa.Column("code", sa.String(), nullable=False),
        sa.Column("version", sa.String(), nullable=False),
        sa.Column("effective_from", sa.Date(), nullable=False),
        sa.Column("min_days", sa.Integer(), nullable=False),
        sa.Column("document", sa.String(), nullable=False),
        sa.Column("words", sa.String(), nullable=False),
        sa.Column("scheduled_by", sa.Uuid(), nullable=True),
        sa.Column("withdrawn_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("withdrawn_by", sa.Uuid(), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint("min_days between 14 and 351", name=op.f("ck_rule_schedules_min_days")),
        sa.CheckConstraint(
            "withdrawn_by is null or withdrawn_at is not null", name=op.f("ck_rule_schedules_withdrawn_by")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_rule_schedules")),
    )
    op.create_index(
        "uq_rule_schedules_code_version",
        "rule_schedules",
        ["code", "version"],
        unique=True,
        postgresql_where=sa.text("withdrawn_at is null"),
    )
    op.create_index(
        "uq_rule_schedules_code_effective_from",
        "rule_schedules",
        ["code", "effective_from"],
        unique=True,
        postgresql_where=sa.text("withdrawn_at is null"),
    )
    op.create_table(
        "cameras",
        sa.Column("site_id", sa.Uuid(), nullable=False),
        sa.Column("code", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("zone", sa.String(), nullable=False),
        sa.Column("audio", sa.Boolean(), nullable=False),
        sa.Column("active_from", sa.Date(), nullable=False),
        sa.Column("retired_on", sa.Date(), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.CheckConstraint("retired_on >= active_from", name=op.f("ck_cameras_retired_after_active")),
        sa.ForeignKeyConstraint(
            ["tenant_id", "site_id"], ["sites.tenant_id", "sites.id"], name=op.f("fk_cameras_tenant_id_site_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_cameras")),
        sa.UniqueConstraint("tenant_id", "id", name=op.f("uq_cameras_tenant_id_id")),
        sa.UniqueConstraint("tenant_id", "site_id", "code", name=op.f("uq_cameras_tenant_id_site_id_code")),
    )
    op.create_index(op.f("ix_cameras_tenant_id"), "cameras", ["tenant_id"], unique=False)
    op.create_table(
        "edge_devices",
        sa.Column("site_id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("public_key", sa.String(), nullable=False),
        sa.Column("enrolled_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("last_seen_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("clock_offset_ms", sa.Integer(), nullable=True),
        sa.Column("revoked_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("revoked_by", sa.Uuid(), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.CheckConstraint("(revoked_at is null) = (revoked_by is null)", name=op.f("ck_edge_devices_revoked_pair")),
        sa.ForeignKeyConstraint(
            ["tenant_id", "site_id"], ["sites.tenant_id", "sites.id"], name=op.f("fk_edge_devices_tenant_id_site_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_edge_devices")),
        sa.UniqueConstraint("public_key", name=op.f("uq_edge_devices_public_key")),
        sa.UniqueConstraint("tenant_id", "id", name=op.f("uq_edge_devices_tenant_id_id")),
    )
    op.create_index(op.f("ix_edge_devices_tenant_id"), "edge_devices", ["tenant_id"], unique=False)
    op.create_table(
        "enrolment_tokens",
        sa.Column("site_id", sa.Uuid(), nullable=False),
        sa.Column("token_hash", sa.String(), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("issued_by", sa.Uuid(), nullable=False),
        sa.Column("used_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("device_id", sa.Uuid(), nullable=True),
        sa.Column("withdrawn_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("withdrawn_by", sa.Uuid(), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint("(used_at is null) = (device_id is null)", name=op.f("ck_enrolment_tokens_used_pair")),
        sa.CheckConstraint(
            "(withdrawn_at is null) = (withdrawn_by is null)", name=op.f("ck_enrolment_tokens_withdrawn_pair")
        ),
        sa.CheckConstraint(
            "used_at is null or withdrawn_at is null", name=op.f("ck_enrolment_tokens_used_or_withdrawn")
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "device_id"],
            ["edge_devices.tenant_id", "edge_devices.id"],
            name=op.f("fk_enrolment_tokens_tenant_id_device_id"),
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "site_id"],
            ["sites.tenant_id", "sites.id"],
            name=op.f("fk_enrolment_tokens_tenant_id_site_id"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_enrolment_tokens")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_enrolment_tokens_token_hash")),
    )
    op.create_index(op.f("ix_enrolment_tokens_tenant_id"), "enrolment_tokens", ["tenant_id"], unique=False)
    op.execute("alter table tenants enable row level security")
    op.execute("alter table tenants force row level security")
    op.execute(f"create policy tenants_named on tenants for select to {APP_ROLE} using (true)")
    op.execute(f"create policy tenants_added on tenants for insert to {APP_ROLE} with check ({ITSELF})")
    op.execute(f"create policy tenants_kept on tenants for update to {APP_ROLE} using ({ITSELF}) with check ({ITSELF})")
    op.execute(f"grant select, insert, update on tenants to {APP_ROLE}")
    rolled_up("tenants")
    for table in ("sites", "site_periods", "cameras", "edge_devices", "enrolment_tokens"):
        protect(table)
    # How long each place keeps footage and who passed it: what the bureau compares a new version with (DR-09, DR-10).
    rolled_up("sites")
    rolled_up("site_periods")
    counted_by_owner("sites")
    op.execute(PUBLISHED_SITES)
    op.execute("revoke all on function published_sites() from public")
    op.execute(f"grant execute on function published_sites() to {APP_ROLE}")
    protect("institution_names", using=f"institution_{ITSELF}")
    also_readable("institution_names", name="published", using="true")
    protect("rule_schedules", using=BY_BUREAU)
    also_readable("rule_schedules", name="published", using="true")


def downgrade() -> None:
    op.execute("drop function published_sites()")
    op.drop_index(op.f("ix_enrolment_tokens_tenant_id"), table_name="enrolment_tokens")
    op.drop_table("enrolment_tokens")
    op.drop_index(op.f("ix_edge_devices_tenant_id"), table_name="edge_devices")
    op.drop_table("edge_devices")
    op.drop_index(op.f("ix_cameras_tenant_id"), table_name="cameras")
    op.drop_table("cameras")
    op.drop_table("rule_schedules")
    op.drop_table("site_periods")
    op.drop_index(op.f("ix_sites_tenant_id"), table_name="sites")
    op.drop_table("sites")
    op.drop_table("institution_names")
    op.drop_table("tenants")
