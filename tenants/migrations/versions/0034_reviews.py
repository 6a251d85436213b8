"""A copy for reference lists its own pieces for playback."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0034"
down_revision: str | None = "0033"

# The copies of before were cut with their packages, whose rows had the list. The owner's rows are behind row security
# as everybody's are, so it is lifted while both tables are read and written, under the lock that lifting it takes.
READ = ("packages", "retained_copies")
PIECES = """
update retained_copies set pieces = cut.pieces from (
    select packages.id, jsonb_object_agg(part->>'number', part->'pieces') as pieces
    from packages, jsonb_array_elements(packages.parts) as part where part ? 'pieces' group by packages.id
) as cut where cut.id = retained_copies.id and retained_copies.made_at is not null
"""


def upgrade() -> None:
    column = sa.Column("pieces", postgresql.JSONB(), nullable=False, server_default="{}")
    op.add_column("retained_copies", column)
    for table in READ:
        op.execute(f"alter table {table} no force row level security")
    op.execute(PIECES)
    for table in READ:
        op.execute(f"alter table {table} force row level security")
    op.alter_column("retained_copies", "pieces", server_default=None)


def downgrade() -> None:
    op.drop_column("retained_copies", "pieces")
