"""What was found of who asks, applications of one event, what was reported to others, and what was lost."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0020"
down_revision: str | None = "0019"

_TEXTS = ("concerned_right", "standing", "purpose_note", "report_number")


def upgrade() -> None:
    for name in _TEXTS:
        op.add_column("insider_requests", sa.Column(name, sa.String(), nullable=False, server_default=""))
    op.add_column(
        "insider_requests",
        sa.Column("seen", postgresql.JSONB(astext_type=sa.Text()), nullable=False, server_default="[]"),
    )
    for name in (*_TEXTS, "seen"):
        op.alter_column("insider_requests", name, server_default=None)
    op.add_column("insider_requests", sa.Column("reason_specific", sa.Boolean(), nullable=True))
    op.add_column("insider_requests", sa.Column("checked_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("insider_requests", sa.Column("checked_by", sa.Uuid(), nullable=True))
    op.add_column("insider_requests", sa.Column("event_id", sa.Uuid(), nullable=True))
    op.add_column("insider_requests", sa.Column("known_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("insider_requests", sa.Column("reported_at", sa.DateTime(timezone=True), nullable=True))
    op.create_foreign_key(op.f("fk_insider_requests_checked_by"), "insider_requests", "users", ["checked_by"], ["id"])
    for name, rule in _CHECKS.items():
        op.create_check_constraint(op.f(f"ck_insider_requests_{name}"), "insider_requests", rule)
    op.create_index("ix_insider_requests_event", "insider_requests", ["tenant_id", "event_id"], unique=False)
    op.add_column("compliance_retention", sa.Column("lost_requests", sa.Integer(), nullable=False, server_default="0"))
    op.alter_column("compliance_retention", "lost_requests", server_default=None)


_CHECKS = {
    "checked_pair": "(checked_at is null) = (checked_by is null)",
    "reported_pair": "(reported_at is null) = (report_number = '')",
    "reported_after": "reported_at >= known_at",
}


def downgrade() -> None:
    op.drop_column("compliance_retention", "lost_requests")
    op.drop_index("ix_insider_requests_event", table_name="insider_requests")
    for name in _CHECKS:
        op.drop_constraint(op.f(f"ck_insider_requests_{name}"), "insider_requests", type_="check")
    op.drop_constraint(op.f("fk_insider_requests_checked_by"), "insider_requests", type_="foreignkey")
    for name in (
        *_TEXTS,
        "seen",
        "reason_specific",
        "checked_at",
        "checked_by",
        "event_id",
        "known_at",
        "reported_at",
    ):
        op.drop_column("insider_requests", name)
