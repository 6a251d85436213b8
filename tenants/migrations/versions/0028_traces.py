"""Viewing sessions that a case of misuse is about, and whose institution a session's code is, for an auditor."""

import sqlalchemy as sa
from alembic import op

from infra.db import BUREAU_ROLE
from infra.rowsecurity import counted_by_owner, protect

revision = "0028"
down_revision: str | None = "0027"

# A picture that leaked shows codes and no institution. Who looked, and at what, stays behind row security: this answers
# where the code is known, and nothing else (infra/decisions/0022).
PLACES_OF_CODE = """
create function places_of_code(viewer text, session text) returns table (institution_id uuid)
language sql stable security definer set search_path = public, pg_temp as $$
    select distinct tenant_id from viewing_sessions where viewer_code like viewer and code like session
$$
"""


def upgrade() -> None:
    op.create_table(
        "misuse_viewings",
        sa.Column("misuse_id", sa.Uuid(), nullable=False),
        sa.Column("viewing_id", sa.Uuid(), nullable=False),
        sa.Column("linked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("linked_by", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["linked_by"], ["users.id"], name=op.f("fk_misuse_viewings_linked_by")),
        sa.ForeignKeyConstraint(
            ["tenant_id", "misuse_id"],
            ["misuse_cases.tenant_id", "misuse_cases.id"],
            name=op.f("fk_misuse_viewings_tenant_id_misuse_id"),
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "viewing_id"],
            ["viewing_sessions.tenant_id", "viewing_sessions.id"],
            name=op.f("fk_misuse_viewings_tenant_id_viewing_id"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_misuse_viewings")),
        sa.UniqueConstraint(
            "tenant_id", "misuse_id", "viewing_id", name=op.f("uq_misuse_viewings_tenant_id_misuse_id_viewing_id")
        ),
    )
    op.create_index(op.f("ix_misuse_viewings_tenant_id"), "misuse_viewings", ["tenant_id"], unique=False)
    protect("misuse_viewings", rights="select, insert")
    counted_by_owner("viewing_sessions")
    op.execute(PLACES_OF_CODE)
    op.execute("revoke all on function places_of_code(text, text) from public")
    op.execute(f"grant execute on function places_of_code(text, text) to {BUREAU_ROLE}")


def downgrade() -> None:
    op.execute("drop function places_of_code(text, text)")
    op.execute("drop policy viewing_sessions_counted on viewing_sessions")
    op.drop_table("misuse_viewings")
