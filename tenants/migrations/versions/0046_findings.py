"""What was found of each article by day and institution, and the city's counts of it."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from infra.rowsecurity import protect, rolled_up

revision = "0046"
down_revision: str | None = "0045"

FINDINGS, CITY = "compliance_findings", "compliance_city_days"
STATES = ("unmet", "not_reported", "no_data", "warned", "advice", "met", "not_applicable")


def upgrade() -> None:
    op.create_table(
        FINDINGS,
        *_keyed("article"),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("looked_at", sa.Integer(), nullable=False),
        sa.Column("wrong", sa.Integer(), nullable=False),
        sa.Column("since", sa.Date(), nullable=True),
        sa.Column("subjects", postgresql.JSONB(), nullable=False),
        sa.Column("computed_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            f"state in ({', '.join(repr(state) for state in STATES)})", name=op.f(f"ck_{FINDINGS}_state")
        ),
        sa.CheckConstraint("wrong between 0 and looked_at", name=op.f(f"ck_{FINDINGS}_wrong")),
        *_constraints(FINDINGS, "article"),
    )
    op.create_index(f"ix_{FINDINGS}_day", FINDINGS, ["civil_day", "article", "state"], unique=False)
    parts = ("article", "district", "kind", "ownership", "state")
    op.create_table(
        CITY,
        *_keyed(*parts),
        sa.Column("institutions", sa.Integer(), nullable=False),
        sa.Column("computed_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("institutions >= 0", name=op.f(f"ck_{CITY}_institutions")),
        *_constraints(CITY, *parts),
    )
    for table in (FINDINGS, CITY):
        rolled_up(table)
        protect(table)


def downgrade() -> None:
    op.drop_table(CITY)
    op.drop_table(FINDINGS)


def _keyed(*names: str) -> tuple[sa.Column[object], ...]:
    return (
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("civil_day", sa.Date(), nullable=False),
        *(sa.Column(name, sa.String(), nullable=False) for name in names),
    )


def _constraints(table: str, *names: str) -> tuple[sa.Constraint, ...]:
    return (
        sa.ForeignKeyConstraint(["tenant_id"], ["tenants.id"], name=op.f(f"fk_{table}_tenant_id")),
        sa.PrimaryKeyConstraint("tenant_id", "civil_day", *names, name=op.f(f"pk_{table}")),
    )
