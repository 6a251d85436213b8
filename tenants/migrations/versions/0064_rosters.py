"""Rosters that open many institutions, and links by which their first heads set a password."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from infra.rowsecurity import protect

revision = "0064"
down_revision: str | None = "0063"

ROSTERS, INVITATIONS = "rosters", "account_invitations"


def upgrade() -> None:
    op.create_table(
        ROSTERS,
        *(sa.Column(name, sa.Uuid(), nullable=False) for name in ("id", "tenant_id", "checked_by")),
        sa.Column("confirmed_by", sa.Uuid(), nullable=True),
        *(sa.Column(name, sa.String(), nullable=False) for name in ("state", "content", "sha256", "plan")),
        *(
            sa.Column(name, postgresql.JSONB(astext_type=sa.Text()), nullable=False)
            for name in ("new_districts", "outcomes")
        ),
        *(sa.Column(name, sa.DateTime(timezone=True), nullable=False) for name in ("checked_at", "expires_at")),
        *(sa.Column(name, sa.DateTime(timezone=True), nullable=True) for name in ("confirmed_at", "finished_at")),
        *_checks(
            ROSTERS,
            state="state in ('checked', 'confirmed', 'done', 'stale', 'expired')",
            content="(state in ('checked', 'confirmed')) = (content <> '')",
            finished="(state in ('checked', 'confirmed')) = (finished_at is null)",
            confirmed_pair="(confirmed_at is null) = (confirmed_by is null)",
            confirmed="(state in ('checked', 'expired')) = (confirmed_at is null)",
        ),
        *(_person(ROSTERS, name) for name in ("checked_by", "confirmed_by")),
        sa.ForeignKeyConstraint(["tenant_id"], ["tenants.id"], name=op.f(f"fk_{ROSTERS}_tenant_id")),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{ROSTERS}")),
    )
    op.create_table(
        INVITATIONS,
        *(sa.Column(name, sa.Uuid(), nullable=False) for name in ("id", "tenant_id", "user_id")),
        sa.Column("asked_by", sa.Uuid(), nullable=True),
        *(sa.Column(name, sa.String(), nullable=False) for name in ("occasion", "token_hash")),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        *(
            sa.Column(name, sa.DateTime(timezone=True), nullable=True)
            for name in ("sent_at", "expires_at", "used_at", "ended_at")
        ),
        *_checks(
            INVITATIONS,
            occasion="occasion in ('opened', 'emergency')",
            token="(sent_at is null) = (token_hash = '')",  # noqa: S106 - a rule and no password
            expires="(sent_at is null) = (expires_at is null)",
            used="used_at is null or sent_at is not null",
        ),
        _person(INVITATIONS, "user_id"),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{INVITATIONS}")),
    )
    op.create_index("ix_account_invitations_user", INVITATIONS, ["tenant_id", "user_id"], unique=False)
    for table in (ROSTERS, INVITATIONS):
        op.create_index(op.f(f"ix_{table}_tenant_id"), table, ["tenant_id"], unique=False)
        protect(table)


def downgrade() -> None:
    op.drop_table(INVITATIONS)
    op.drop_table(ROSTERS)


def _checks(table: str, **rules: str) -> list[sa.CheckConstraint]:
    return [sa.CheckConstraint(rule, name=op.f(f"ck_{table}_{name}")) for name, rule in rules.items()]


def _person(table: str, column: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint([column], ["users.id"], name=op.f(f"fk_{table}_{column}"))
