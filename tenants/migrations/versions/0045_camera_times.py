"""How far each camera's own clock is off, and what its box could not date: numbers and moments."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0045"
down_revision: str | None = "0044"


def upgrade() -> None:
    for name in ("clock", "undated"):
        op.add_column("camera_status", sa.Column(name, postgresql.JSONB(), nullable=True))


def downgrade() -> None:
    for name in ("undated", "clock"):
        op.drop_column("camera_status", name)
