"""What a manifest line of version 2 says of time: what the box's and the camera's clocks were worth.

The defaults stay: they are what a line of version 1 says, and PostgreSQL keeps none of them in rows that are there.
Wide columns first, so that none is padded.
"""

import sqlalchemy as sa
from alembic import op

revision = "0035"
down_revision: str | None = "0034"

COLUMNS = (
    ("wall_us", sa.BigInteger(), "-1"),
    ("camera_offset_us", sa.BigInteger(), "0"),
    ("clock_bound_us", sa.BigInteger(), "-1"),
    ("camera_bound_us", sa.Integer(), "-1"),
    ("camera_age_s", sa.Integer(), "-1"),
    ("lost_packets", sa.Integer(), "-1"),
    ("boot_id", sa.Uuid(), "00000000-0000-0000-0000-000000000000"),
    ("trust", sa.String(), "unstated"),
    ("notes", sa.String(), ""),
)


def upgrade() -> None:
    for name, kind, default in COLUMNS:
        op.add_column("segments", sa.Column(name, kind, nullable=False, server_default=default))


def downgrade() -> None:
    for name, _kind, _default in reversed(COLUMNS):
        op.drop_column("segments", name)
