"""Roll-ups: with institutions, their sites and their periods the only tables that the bureau role reads."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from infra.db import BUREAU_ROLE
from infra.rowsecurity import protect, rolled_up

revision = "0007"
down_revision: str | None = "0006"


def upgrade() -> None:
    op.create_table(
        "compliance_days",
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("civil_day", sa.Date(), nullable=False),
        sa.Column("cameras", sa.Integer(), nullable=False),
        sa.Column("due_seconds", sa.Integer(), nullable=False),
        sa.Column("recorded_seconds", sa.Integer(), nullable=False),
        sa.Column("coverage_state", sa.String(), nullable=False),
        sa.Column("gaps", sa.Integer(), nullable=False),
        sa.Column("computed_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "recorded_seconds between 0 and due_seconds", name=op.f("ck_compliance_days_recorded_seconds")
        ),
        sa.ForeignKeyConstraint(["tenant_id"], ["tenants.id"], name=op.f("fk_compliance_days_tenant_id")),
        sa.CheckConstraint(
            "coverage_state in ('known', 'unknown', 'not_begun', 'not_due')",
            name=op.f("ck_compliance_days_coverage_state"),
        ),
        sa.PrimaryKeyConstraint("tenant_id", "civil_day", name=op.f("pk_compliance_days")),
    )
    op.create_table(
        "compliance_now",
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("computed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("last_report_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("cameras", sa.Integer(), nullable=False),
        sa.Column("recording_now", sa.Integer(), nullable=True),
        sa.Column("coverage_today", sa.Double(), nullable=True),
        sa.Column("coverage_state", sa.String(), nullable=False),
        sa.Column("days_kept", sa.Integer(), nullable=True),
        sa.Column("oldest_day", sa.Date(), nullable=True),
        sa.Column("open_requests", sa.Integer(), nullable=False),
        sa.Column("late_requests", sa.Integer(), nullable=False),
        sa.Column("overdue_destructions", sa.Integer(), nullable=False),
        sa.Column("short_cameras", sa.Integer(), nullable=False),
        sa.Column("short_of", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.CheckConstraint("coverage_today between 0 and 1", name=op.f("ck_compliance_now_coverage_today")),
        sa.ForeignKeyConstraint(["tenant_id"], ["tenants.id"], name=op.f("fk_compliance_now_tenant_id")),
        sa.CheckConstraint(
            "coverage_state in ('known', 'unknown', 'not_begun', 'not_due')",
            name=op.f("ck_compliance_now_coverage_state"),
        ),
        sa.PrimaryKeyConstraint("tenant_id", name=op.f("pk_compliance_now")),
    )
    op.create_table(
        "compliance_cameras",
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("camera_id", sa.Uuid(), nullable=False),
        sa.Column("computed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("site_name", sa.String(), nullable=False),
        sa.Column("code", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("fault", sa.String(), nullable=False),
        sa.Column("due_seconds", sa.Integer(), nullable=False),
        sa.Column("recorded_seconds", sa.Integer(), nullable=False),
        sa.Column("coverage_state", sa.String(), nullable=False),
        sa.Column("oldest_day", sa.Date(), nullable=True),
        sa.CheckConstraint(
            "state in ('recording', 'not_recording', 'silent')", name=op.f("ck_compliance_cameras_state")
        ),
        sa.CheckConstraint(
            "recorded_seconds between 0 and due_seconds", name=op.f("ck_compliance_cameras_recorded_seconds")
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "camera_id"],
            ["cameras.tenant_id", "cameras.id"],
            name=op.f("fk_compliance_cameras_tenant_id_camera_id"),
        ),
        sa.CheckConstraint(
            "coverage_state in ('known', 'unknown', 'not_begun', 'not_due')",
            name=op.f("ck_compliance_cameras_coverage_state"),
        ),
        sa.PrimaryKeyConstraint("tenant_id", "camera_id", name=op.f("pk_compliance_cameras")),
    )
    op.create_table(
        "compliance_site_days",
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("site_id", sa.Uuid(), nullable=False),
        sa.Column("civil_day", sa.Date(), nullable=False),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.Column("computed_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("size > 0", name=op.f("ck_compliance_site_days_size")),
        sa.ForeignKeyConstraint(
            ["tenant_id", "site_id"],
            ["sites.tenant_id", "sites.id"],
            name=op.f("fk_compliance_site_days_tenant_id_site_id"),
        ),
        sa.PrimaryKeyConstraint("tenant_id", "site_id", "civil_day", name=op.f("pk_compliance_site_days")),
    )
    op.create_table(
        "compliance_retention",
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("computed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("floor_missing", sa.Integer(), nullable=False),
        sa.Column("late_minutes", sa.Integer(), nullable=False),
        sa.Column("days_overdue", sa.Integer(), nullable=False),
        sa.Column("open_holds", sa.Integer(), nullable=False),
        sa.Column("late_reviews", sa.Integer(), nullable=False),
        sa.Column("incomplete_holds", sa.Integer(), nullable=False),
        sa.Column("stopped_runs", sa.Integer(), nullable=False),
        sa.Column("stalled", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["tenant_id"], ["tenants.id"], name=op.f("fk_compliance_retention_tenant_id")),
        sa.PrimaryKeyConstraint("tenant_id", name=op.f("pk_compliance_retention")),
    )
    tables = ("compliance_now", "compliance_cameras", "compliance_days", "compliance_site_days")
    for table in (*tables, "compliance_retention"):
        protect(table)
        rolled_up(table)
    rolled_up("destructions")  # what an auditor samples: numbers, hashes and articles


def downgrade() -> None:
    op.execute(f"revoke select on destructions from {BUREAU_ROLE}")  # noqa: S608 - our own name
    op.execute("drop policy destructions_bureau on destructions")
    op.drop_table("compliance_retention")
    op.drop_table("compliance_site_days")
    op.drop_table("compliance_cameras")
    op.drop_table("compliance_now")
    op.drop_table("compliance_days")
