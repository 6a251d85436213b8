"""What stands still on the platform, and what the bureau role reads of it: counts, instants and hashes, nobody's name."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from infra.db import BUREAU_ROLE
from infra.rowsecurity import protect, rolled_up

revision = "0010"
down_revision: str | None = "0009"

# Made by earlier migrations: when the law last ran, what was last swept, and the heads of every chain's tree.
ALSO_READ = ("audit_tree_heads", "retention_runs", "swept_areas")


def upgrade() -> None:
    op.create_table(
        "job_faults",
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("job", sa.String(), nullable=False),
        sa.Column("subject", sa.String(), nullable=False),
        sa.Column("since", sa.DateTime(timezone=True), nullable=False),
        sa.Column("tried_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("error", sa.String(), nullable=False),
        sa.Column("over_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("tries > 0", name=op.f("ck_job_faults_tries")),
        sa.ForeignKeyConstraint(["tenant_id"], ["tenants.id"], name=op.f("fk_job_faults_tenant_id")),
        sa.PrimaryKeyConstraint("tenant_id", "job", "subject", name=op.f("pk_job_faults")),
    )
    op.create_table(
        "store_checks",
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("checked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("lifecycle", sa.Boolean(), nullable=False),
        sa.Column("object_lock", sa.Boolean(), nullable=False),
        sa.Column("versioning", sa.Boolean(), nullable=False),
        sa.Column("compared_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("faults", postgresql.JSONB(astext_type=sa.Text()), nullable=True),
        sa.CheckConstraint("(compared_at is null) = (faults is null)", name=op.f("ck_store_checks_compared_pair")),
        sa.ForeignKeyConstraint(["tenant_id"], ["tenants.id"], name=op.f("fk_store_checks_tenant_id")),
        sa.PrimaryKeyConstraint("tenant_id", name=op.f("pk_store_checks")),
    )
    for table in ("job_faults", "store_checks"):
        protect(table)
        rolled_up(table)
    for table in ALSO_READ:
        rolled_up(table)


def downgrade() -> None:
    for table in ALSO_READ:
        op.execute(f"revoke select on {table} from {BUREAU_ROLE}")  # noqa: S608 - our own names
        op.execute(f"drop policy {table}_bureau on {table}")
    op.drop_table("store_checks")
    op.drop_table("job_faults")
