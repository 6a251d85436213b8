"""What boxes could not send, as they said last: how many segments and gaps, and the newest reason."""

import sqlalchemy as sa
from alembic import op

revision = "0075"
down_revision: str | None = "0074"

_COUNTS = ("refused_segments", "refused_gaps")


def upgrade() -> None:
    for name in _COUNTS:
        op.add_column("edge_devices", sa.Column(name, sa.Integer(), nullable=False, server_default="0"))
    op.add_column("edge_devices", sa.Column("refused_code", sa.String(), nullable=False, server_default=""))
    for name in (*_COUNTS, "refused_code"):
        op.alter_column("edge_devices", name, server_default=None)


def downgrade() -> None:
    for name in ("refused_code", *_COUNTS):
        op.drop_column("edge_devices", name)
