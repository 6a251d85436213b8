"""What an authority said of the daily head of a chain (RFC 3161): a row of its own, since no head is ever changed."""

import sqlalchemy as sa
from alembic import op

from infra.rowsecurity import protect, rolled_up

revision = "0033"
down_revision: str | None = "0032"


def upgrade() -> None:
    op.create_table(
        "audit_tree_stamps",
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("stamped_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("authority", sa.String(), nullable=False),
        sa.Column("token", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(
            ["tenant_id", "day"],
            ["audit_tree_heads.tenant_id", "audit_tree_heads.day"],
            name=op.f("fk_audit_tree_stamps_tenant_id_day"),
        ),
        sa.PrimaryKeyConstraint("tenant_id", "day", name=op.f("pk_audit_tree_stamps")),
    )
    protect("audit_tree_stamps", rights="select, insert")
    rolled_up("audit_tree_stamps")


def downgrade() -> None:
    op.drop_table("audit_tree_stamps")
