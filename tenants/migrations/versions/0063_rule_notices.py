"""Notices to institutions whose storage will not do once a later version of a regulation takes force."""

import sqlalchemy as sa
from alembic import op

from infra.rowsecurity import protect, rolled_up

revision = "0063"
down_revision: str | None = "0062"

TABLE = "compliance_rule_notices"


def upgrade() -> None:
    op.create_table(
        TABLE,
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("schedule_id", sa.Uuid(), nullable=False),
        sa.Column("sites", sa.Integer(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("made_by", sa.Uuid(), nullable=False),
        sa.Column("told_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["tenant_id"], ["tenants.id"], name=op.f(f"fk_{TABLE}_tenant_id")),
        sa.ForeignKeyConstraint(["schedule_id"], ["rule_schedules.id"], name=op.f(f"fk_{TABLE}_schedule_id")),
        sa.ForeignKeyConstraint(["made_by"], ["users.id"], name=op.f(f"fk_{TABLE}_made_by")),
        sa.CheckConstraint("sites > 0", name=op.f(f"ck_{TABLE}_sites")),
        sa.PrimaryKeyConstraint("tenant_id", "schedule_id", name=op.f(f"pk_{TABLE}")),
    )
    protect(TABLE)
    rolled_up(TABLE)


def downgrade() -> None:
    op.drop_table(TABLE)
