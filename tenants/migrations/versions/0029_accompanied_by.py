"""Who of the institution accompanied a viewing, in the register's line of it (KH-7-1, TY-5-4a)."""

import sqlalchemy as sa
from alembic import op

revision = "0029"
down_revision: str | None = "0028"


def upgrade() -> None:
    # Lines of before this say nothing: they are never changed, and their sessions' events name who was there.
    op.add_column("register_entries", sa.Column("accompanied_by", sa.String(), nullable=False, server_default=""))
    op.alter_column("register_entries", "accompanied_by", server_default=None)


def downgrade() -> None:
    op.drop_column("register_entries", "accompanied_by")
