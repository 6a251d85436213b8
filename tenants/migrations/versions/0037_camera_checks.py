"""How cameras were set when their box last looked, and what a school approved of it."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from infra.rowsecurity import protect

revision = "0037"
down_revision: str | None = "0036"

CHECKS, APPROVALS = "camera_checks", "camera_approvals"


def upgrade() -> None:
    op.create_table(
        CHECKS,
        *(sa.Column(name, sa.Uuid(), nullable=False) for name in ("camera_id", "device_id")),
        *(sa.Column(name, sa.DateTime(timezone=True), nullable=False) for name in ("measured_at", "reported_at")),
        *(sa.Column(name, sa.String(), nullable=False) for name in ("codec", "make", "model", "firmware")),
        *(sa.Column(name, sa.Integer(), nullable=False) for name in ("width", "height", "kbps")),
        *(sa.Column(name, sa.Integer(), nullable=True) for name in ("key_interval_ms", "clock_offset_ms", "masks")),
        sa.Column("fps", sa.Float(), nullable=False),
        *_owned(CHECKS),
        sa.ForeignKeyConstraint(
            ["tenant_id", "device_id"],
            ["edge_devices.tenant_id", "edge_devices.id"],
            name=op.f("fk_camera_checks_tenant_id_device_id"),
        ),
        sa.UniqueConstraint("tenant_id", "id", name=op.f("uq_camera_checks_tenant_id_id")),
        sa.UniqueConstraint(
            "tenant_id", "camera_id", "measured_at", name=op.f("uq_camera_checks_tenant_id_camera_id_measured_at")
        ),
        sa.CheckConstraint(
            "width > 0 and height > 0 and fps >= 0 and kbps >= 0", name=op.f("ck_camera_checks_measured")
        ),
    )
    op.create_table(
        APPROVALS,
        *(sa.Column(name, sa.Uuid(), nullable=False) for name in ("camera_id", "check_id", "approved_by")),
        sa.Column("profile", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        *_owned(APPROVALS),
        sa.ForeignKeyConstraint(
            ["tenant_id", "check_id"],
            ["camera_checks.tenant_id", "camera_checks.id"],
            name=op.f("fk_camera_approvals_tenant_id_check_id"),
        ),
        sa.UniqueConstraint("tenant_id", "check_id", name=op.f("uq_camera_approvals_tenant_id_check_id")),
    )
    for table in (CHECKS, APPROVALS):
        op.create_index(op.f(f"ix_{table}_tenant_id"), table, ["tenant_id"], unique=False)
        protect(table, rights="select, insert")


def downgrade() -> None:
    op.drop_table(APPROVALS)
    op.drop_table(CHECKS)


def _owned(table: str) -> tuple[sa.schema.SchemaItem, ...]:
    return (
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["tenant_id", "camera_id"],
            ["cameras.tenant_id", "cameras.id"],
            name=op.f(f"fk_{table}_tenant_id_camera_id"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{table}")),
    )
