"""An index of the few segments that remark something: packets that were lost, footage off a camera's card."""

import sqlalchemy as sa
from alembic import op

revision = "0044"
down_revision: str | None = "0043"

NAME = "ix_segments_remarks"
REMARKS = "lost_packets > 0 or notes <> ''"


def upgrade() -> None:
    op.create_index(
        NAME,
        "segments",
        ["tenant_id", "camera_id", "started_at"],
        postgresql_include=["ended_at", "lost_packets", "notes", "state", "civil_day"],
        postgresql_where=sa.text(REMARKS),
    )


def downgrade() -> None:
    op.drop_index(NAME, table_name="segments")
