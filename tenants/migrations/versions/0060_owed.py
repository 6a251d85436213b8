"""Whether an article that was looked at is owed there, and how many of the city's counts owe it: what a score is of."""

import sqlalchemy as sa
from alembic import op

from infra.db import OWNER_ROLE

revision = "0060"
down_revision: str | None = "0059"

FINDINGS, CITY = "compliance_findings", "compliance_city_days"
# What was told before says only for itself that it was owed, where it was not met; of what was met the articles say
# it that some regulation asks with 應. Such a day is exact once it is taken again.
ASKED = (
    "'continuity', 'retention_min', 'retention_max', 'agency_reply', 'retained_copy', 'local_policy', 'gaps', "
    "'faults', 'inspection', 'calibration', 'designation', 'secrecy', 'zones', 'property'"
)
OWED = f"state in ('unmet', 'not_reported', 'no_data') or (state = 'met' and article in ({ASKED}))"


def upgrade() -> None:
    op.add_column(FINDINGS, sa.Column("owed", sa.Boolean(), server_default=sa.false(), nullable=False))
    op.add_column(CITY, sa.Column("owed", sa.Integer(), server_default="0", nullable=False))
    _fill(FINDINGS, "true")
    _fill(CITY, "institutions")
    op.create_check_constraint(op.f(f"ck_{CITY}_owed"), CITY, "owed between 0 and institutions")


def downgrade() -> None:
    op.drop_constraint(op.f(f"ck_{CITY}_owed"), CITY)
    op.drop_column(CITY, "owed")
    op.drop_column(FINDINGS, "owed")


def _fill(table: str, value: str) -> None:
    """Rows of every institution, which no policy lets anybody reach but this once."""
    op.execute(f"create policy {table}_filled on {table} to {OWNER_ROLE} using (true) with check (true)")
    op.execute(f"update {table} set owed = {value} where {OWED}")  # noqa: S608 - words of this file
    op.execute(f"drop policy {table}_filled on {table}")
