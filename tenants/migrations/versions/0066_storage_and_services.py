"""The room for footage as the operator says it, what holds take of it, and how the services around us were seen."""

import sqlalchemy as sa
from alembic import op

from infra.rowsecurity import protect, rolled_up

revision = "0066"
down_revision: str | None = "0065"

ROOM, SEEN = "storage_capacities", "service_checks"


def upgrade() -> None:
    op.create_table(
        ROOM,
        *(sa.Column(name, sa.Uuid(), nullable=False) for name in ("id", "tenant_id", "entered_by")),
        sa.Column("capacity_bytes", sa.BigInteger(), nullable=False),
        sa.Column("effective_from", sa.Date(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("entered_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("capacity_bytes > 0", name=op.f(f"ck_{ROOM}_capacity_bytes")),
        sa.ForeignKeyConstraint(["entered_by"], ["users.id"], name=op.f(f"fk_{ROOM}_entered_by")),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{ROOM}")),
    )
    op.create_index(op.f(f"ix_{ROOM}_tenant_id"), ROOM, ["tenant_id"], unique=False)
    protect(ROOM, rights="select, insert")
    op.create_table(
        SEEN,
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("service", sa.String(), nullable=False),
        *(sa.Column(name, sa.DateTime(timezone=True), nullable=False) for name in ("checked_at", "since")),
        sa.Column("answers", sa.Boolean(), nullable=True),
        *(sa.Column(name, sa.BigInteger(), nullable=True) for name in ("free", "total")),
        sa.CheckConstraint(
            "service in ('store', 'mail', 'timestamps', 'disk', 'backup')", name=op.f(f"ck_{SEEN}_service")
        ),
        sa.CheckConstraint("free between 0 and total", name=op.f(f"ck_{SEEN}_free")),
        sa.ForeignKeyConstraint(["tenant_id"], ["tenants.id"], name=op.f(f"fk_{SEEN}_tenant_id")),
        sa.PrimaryKeyConstraint("tenant_id", "service", name=op.f(f"pk_{SEEN}")),
    )
    protect(SEEN)
    rolled_up(SEEN)
    op.add_column("compliance_now", sa.Column("upload_late_since", sa.DateTime(timezone=True), nullable=True))
    op.add_column("compliance_retention", sa.Column("held_bytes", sa.BigInteger(), nullable=True))


def downgrade() -> None:
    op.drop_column("compliance_retention", "held_bytes")
    op.drop_column("compliance_now", "upload_late_since")
    op.drop_table(SEEN)
    op.drop_table(ROOM)
