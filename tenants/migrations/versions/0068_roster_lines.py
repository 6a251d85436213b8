"""The lines of a roster, carried out one by one; and which link's mail was refused."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from infra.db import OWNER_ROLE
from infra.rowsecurity import protect

revision = "0068"
down_revision: str | None = "0067"

ROSTERS, LINES, INVITATIONS = "rosters", "roster_lines", "account_invitations"
NOW = {
    "state": "state in ('checked', 'confirmed', 'done', 'incomplete', 'stale', 'expired')",
    "content": "content <> '' or state <> 'checked'",
    "content_over": "content = '' or state in ('checked', 'confirmed')",
}
BEFORE = {
    "state": "state in ('checked', 'confirmed', 'done', 'stale', 'expired')",
    "content": "(state in ('checked', 'confirmed')) = (content <> '')",
}
# The release before knows no roster that is carried out by lines: such a one is over.
OVER = """update rosters set state = 'stale', finished_at = coalesce(finished_at, now())
          where state = 'incomplete' or (state = 'confirmed' and content = '')"""


def upgrade() -> None:
    _rules(BEFORE, NOW)
    op.create_unique_constraint(op.f("uq_rosters_tenant_id_id"), ROSTERS, ["tenant_id", "id"])
    op.create_table(
        LINES,
        *(sa.Column(name, sa.Uuid(), nullable=False) for name in ("id", "tenant_id", "roster_id")),
        *(sa.Column(name, sa.Integer(), nullable=False) for name in ("line", "failures")),
        *(sa.Column(name, postgresql.JSONB(astext_type=sa.Text()), nullable=False) for name in ("shown", "cells")),
        *(sa.Column(name, sa.String(), nullable=False) for name in ("state", "reason")),
        sa.Column("institution_id", sa.Uuid(), nullable=True),
        sa.Column("over_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("state in ('waiting', 'done', 'stopped')", name=op.f(f"ck_{LINES}_state")),
        sa.CheckConstraint("(state = 'waiting') = (over_at is null)", name=op.f(f"ck_{LINES}_over")),
        sa.CheckConstraint("(state = 'waiting') = (cells <> '{}')", name=op.f(f"ck_{LINES}_cells")),
        sa.CheckConstraint("(state = 'stopped') = (reason <> '')", name=op.f(f"ck_{LINES}_reason")),
        sa.CheckConstraint("state <> 'done' or institution_id is not null", name=op.f(f"ck_{LINES}_institution")),
        sa.ForeignKeyConstraint(
            ["tenant_id", "roster_id"],
            ["rosters.tenant_id", "rosters.id"],
            name=op.f(f"fk_{LINES}_tenant_id_roster_id"),
        ),
        sa.ForeignKeyConstraint(["institution_id"], ["tenants.id"], name=op.f(f"fk_{LINES}_institution_id")),
        sa.UniqueConstraint("tenant_id", "roster_id", "line", name=op.f(f"uq_{LINES}_tenant_id_roster_id_line")),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{LINES}")),
    )
    op.create_index(op.f(f"ix_{LINES}_tenant_id"), LINES, ["tenant_id"], unique=False)
    protect(LINES)
    op.add_column(INVITATIONS, sa.Column("refused_at", sa.DateTime(timezone=True), nullable=True))
    op.create_check_constraint(
        op.f(f"ck_{INVITATIONS}_refused"), INVITATIONS, "refused_at is null or sent_at is not null"
    )


def downgrade() -> None:
    op.drop_constraint(op.f(f"ck_{INVITATIONS}_refused"), INVITATIONS)
    op.drop_column(INVITATIONS, "refused_at")
    op.drop_table(LINES)
    op.drop_constraint(op.f("uq_rosters_tenant_id_id"), ROSTERS)
    op.execute(f"create policy {ROSTERS}_over on {ROSTERS} to {OWNER_ROLE} using (true) with check (true)")
    op.execute(OVER)
    op.execute(f"drop policy {ROSTERS}_over on {ROSTERS}")
    _rules(NOW, BEFORE)


def _rules(old: dict[str, str], new: dict[str, str]) -> None:
    for name in old:
        op.drop_constraint(op.f(f"ck_{ROSTERS}_{name}"), ROSTERS)
    for name, rule in new.items():
        op.create_check_constraint(op.f(f"ck_{ROSTERS}_{name}"), ROSTERS, rule)
