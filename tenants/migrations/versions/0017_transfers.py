"""Roles that begin or end on a day ahead."""

import sqlalchemy as sa
from alembic import op

revision = "0017"
down_revision: str | None = "0016"


def upgrade() -> None:
    op.add_column("memberships", sa.Column("begins_on", sa.Date(), nullable=True))
    op.add_column("memberships", sa.Column("ends_on", sa.Date(), nullable=True))
    op.create_check_constraint(op.f("ck_memberships_span"), "memberships", "ends_on > begins_on")


def downgrade() -> None:
    op.drop_constraint(op.f("ck_memberships_span"), "memberships", type_="check")
    op.drop_column("memberships", "ends_on")
    op.drop_column("memberships", "begins_on")
