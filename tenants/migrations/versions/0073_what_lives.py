"""Of a city's past the few rows that are not over: keys that still open, destructions that are not certified."""

import sqlalchemy as sa
from alembic import op

revision = "0073"
down_revision: str | None = "0072"


def upgrade() -> None:
    op.create_index("ix_destructions_begun", "destructions", ["begun_at"], postgresql_where=sa.text("state = 'begun'"))
    op.create_index(
        "ix_day_keys_living",
        "day_keys",
        ["tenant_id", "civil_day", "retention_days"],
        postgresql_where=sa.text("destroyed_at is null"),
    )


def downgrade() -> None:
    op.drop_index("ix_day_keys_living", "day_keys")
    op.drop_index("ix_destructions_begun", "destructions")
