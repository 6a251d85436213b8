"""A copy for reference lists its own pieces for playback, and an auditor finds who opened a leaked picture."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from infra.db import BUREAU_ROLE
from infra.rowsecurity import counted_by_owner

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
# As of the codes of a session (0028): where such an event opened pictures, and nothing else.
PLACES_OF_OPENING = """
create function places_of_opening(numbers bigint[], digest text) returns table (institution_id uuid)
language sql stable security definer set search_path = public, pg_temp as $$
    select distinct tenant_id from audit_events
    where event in ('package:watched', 'rights:copy_taken', 'rights:watched')
      and seq = any (numbers) and hash like digest
$$
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
    counted_by_owner("audit_events")
    op.execute(PLACES_OF_OPENING)
    op.execute("revoke all on function places_of_opening(bigint[], text) from public")
    op.execute(f"grant execute on function places_of_opening(bigint[], text) to {BUREAU_ROLE}")


def downgrade() -> None:
    op.execute("drop function places_of_opening(bigint[], text)")
    op.execute("drop policy audit_events_counted on audit_events")
    op.drop_column("retained_copies", "pieces")
