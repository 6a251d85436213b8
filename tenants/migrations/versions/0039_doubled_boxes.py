"""Which run of an edge box spoke last and before, so that two boxes with one key are told from one that restarts."""

import sqlalchemy as sa
from alembic import op

revision = "0039"
down_revision: str | None = "0038"


def upgrade() -> None:
    op.add_column("edge_devices", sa.Column("run_id", sa.Uuid(), nullable=True))
    op.add_column("edge_devices", sa.Column("former_run_id", sa.Uuid(), nullable=True))
    op.add_column("edge_devices", sa.Column("turns", sa.Integer(), nullable=False, server_default="0"))
    op.alter_column("edge_devices", "turns", server_default=None)
    op.add_column("edge_devices", sa.Column("doubled_at", sa.DateTime(timezone=True), nullable=True))


def downgrade() -> None:
    for column in ("doubled_at", "turns", "former_run_id", "run_id"):
        op.drop_column("edge_devices", column)
