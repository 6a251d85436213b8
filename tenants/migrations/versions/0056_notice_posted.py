"""Since when the notice hangs at a site, and where."""

import sqlalchemy as sa
from alembic import op

revision = "0056"
down_revision: str | None = "0055"


def upgrade() -> None:
    op.add_column("sites", sa.Column("notice_posted_on", sa.Date(), nullable=True))
    op.add_column("sites", sa.Column("notice_places", sa.String(), nullable=True))


def downgrade() -> None:
    op.drop_column("sites", "notice_places")
    op.drop_column("sites", "notice_posted_on")
