"""Cameras that stopped and whose open fault tells it, so that the bureau's morning tells each once."""

import sqlalchemy as sa
from alembic import op

revision = "0059"
down_revision: str | None = "0058"


def upgrade() -> None:
    op.add_column("compliance_now", sa.Column("stopped_in_faults", sa.Integer(), nullable=False, server_default="0"))
    op.alter_column("compliance_now", "stopped_in_faults", server_default=None)


def downgrade() -> None:
    op.drop_column("compliance_now", "stopped_in_faults")
