"""A letter to several places: the agency's number for all its cases, and how many others it went to.

What the letter explains (說明) is kept beside its subject.
"""

import sqlalchemy as sa
from alembic import op

revision = "0026"
down_revision: str | None = "0025"


def upgrade() -> None:
    op.add_column("official_requests", sa.Column("parent_number", sa.String(), nullable=False, server_default=""))
    op.add_column("official_requests", sa.Column("also_sent_to", sa.Integer(), nullable=False, server_default="0"))
    op.add_column("official_requests", sa.Column("explanation", sa.String(), nullable=False, server_default=""))
    op.alter_column("official_requests", "explanation", server_default=None)
    op.alter_column("official_requests", "parent_number", server_default=None)
    op.alter_column("official_requests", "also_sent_to", server_default=None)
    op.create_check_constraint(op.f("ck_official_requests_also_sent_to"), "official_requests", "also_sent_to >= 0")
    op.create_check_constraint(
        op.f("ck_official_requests_sent_as_part"), "official_requests", "also_sent_to = 0 or parent_number <> ''"
    )


def downgrade() -> None:
    op.drop_constraint(op.f("ck_official_requests_sent_as_part"), "official_requests")
    op.drop_constraint(op.f("ck_official_requests_also_sent_to"), "official_requests")
    op.drop_column("official_requests", "explanation")
    op.drop_column("official_requests", "also_sent_to")
    op.drop_column("official_requests", "parent_number")
