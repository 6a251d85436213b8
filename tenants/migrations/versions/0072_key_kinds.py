"""Which boxes can encrypt to post-quantum day keys: they say so themselves, and none did before."""

import sqlalchemy as sa
from alembic import op

revision = "0072"
down_revision: str | None = "0071"


def upgrade() -> None:
    op.add_column("edge_devices", sa.Column("takes_hybrid", sa.Boolean(), nullable=False, server_default="false"))
    op.alter_column("edge_devices", "takes_hybrid", server_default=None)


def downgrade() -> None:
    op.drop_column("edge_devices", "takes_hybrid")
