"""Of a city's half a million destructions the handful that is not certified."""

import sqlalchemy as sa
from alembic import op

revision = "0073"
down_revision: str | None = "0072"


def upgrade() -> None:
    op.create_index("ix_destructions_begun", "destructions", ["begun_at"], postgresql_where=sa.text("state = 'begun'"))


def downgrade() -> None:
    op.drop_index("ix_destructions_begun", "destructions")
