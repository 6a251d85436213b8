"""Somebody without an account: an address proved by a code, and a form half filled in."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from infra.rowsecurity import protect

revision = "0013"
down_revision: str | None = "0011"


def upgrade() -> None:
    op.create_table(
        "applicant_visits",
        sa.Column("email", sa.String(), nullable=False),
        sa.Column("email_search", sa.String(), nullable=False),
        sa.Column("code_hash", sa.String(), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("code_sent_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("proved_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("answers", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.CheckConstraint("tries between 0 and 5", name=op.f("ck_applicant_visits_tries")),
        sa.CheckConstraint("proved_at is null or code_hash = ''", name=op.f("ck_applicant_visits_code_used_once")),
        sa.CheckConstraint(
            "ended_at is null or (email = '' and answers = '{}'::jsonb)",
            name=op.f("ck_applicant_visits_ended_is_empty"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_applicant_visits")),
    )
    op.create_index(
        "ix_applicant_visits_asked_at",
        "applicant_visits",
        ["tenant_id", "asked_at"],
        unique=False,
        postgresql_where=sa.text("email_search <> ''"),
    )
    op.create_index(op.f("ix_applicant_visits_tenant_id"), "applicant_visits", ["tenant_id"], unique=False)
    protect("applicant_visits")


def downgrade() -> None:
    op.drop_table("applicant_visits")
