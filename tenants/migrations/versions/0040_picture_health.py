"""What a box last measured of each camera's picture: numbers and faults, never a picture."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0040"
down_revision: str | None = "0039"


def upgrade() -> None:
    op.add_column("camera_status", sa.Column("picture", postgresql.JSONB(), nullable=True))


def downgrade() -> None:
    op.drop_column("camera_status", "picture")
