"""How old the matters of a minute are: cameras that stopped, and what of the law waits for somebody."""

import sqlalchemy as sa
from alembic import op

revision = "0074"
down_revision: str | None = "0073"


def upgrade() -> None:
    op.add_column("compliance_now", sa.Column("stopped_since", sa.DateTime(timezone=True)))
    op.add_column("compliance_retention", sa.Column("wrong_since", sa.DateTime(timezone=True)))


def downgrade() -> None:
    op.drop_column("compliance_retention", "wrong_since")
    op.drop_column("compliance_now", "stopped_since")
