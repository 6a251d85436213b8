"""A case that is halted after a breach, who committed it, whom a case of misuse suspects, and marks taken off again."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from infra.db import APP_ROLE

revision = "0047"
down_revision: str | None = "0046"

_CHECKS = {
    "halt": "halt in ('', 'all', 'viewing')",
    "halt_end": "halt_end in ('', 'went_on', 'taken_back')",
    "halted_pair": "(halted_at is null) = (halt = '')",
    "halt_end_of": "halt_end = '' or halted_at is not null",
    "halt_decided_pair": "(halt_decided_at is null) = (halt_decided_by is null)",
    "halt_decided": "(halt_decided_at is null) = (halt_end = '')",
}
_INSTANTS, _WORDS = ("halted_at", "halt_decided_at"), ("halt", "halt_end", "halt_reasons")
_LISTS = (("disclosures", "barred"), ("viewing_sessions", "breach_by"), ("misuse_cases", "suspect_viewings"))


def upgrade() -> None:
    for name in _INSTANTS:
        op.add_column("disclosures", sa.Column(name, sa.DateTime(timezone=True), nullable=True))
    for name in _WORDS:
        op.add_column("disclosures", sa.Column(name, sa.String(), server_default="", nullable=False))
        op.alter_column("disclosures", name, server_default=None)
    op.add_column("disclosures", sa.Column("halt_decided_by", sa.Uuid(), nullable=True))
    op.create_foreign_key(op.f("fk_disclosures_halt_decided_by"), "disclosures", "users", ["halt_decided_by"], ["id"])
    for table, name in _LISTS:
        op.add_column(table, sa.Column(name, postgresql.JSONB(), server_default="[]", nullable=False))
        op.alter_column(table, name, server_default=None)
    for name, condition in _CHECKS.items():
        op.create_check_constraint(op.f(f"ck_disclosures_{name}"), "disclosures", condition)
    op.add_column("viewing_marks", sa.Column("removed_at", sa.DateTime(timezone=True), nullable=True))
    op.execute(f"grant update (removed_at) on viewing_marks to {APP_ROLE}")


def downgrade() -> None:
    op.execute(f"revoke update (removed_at) on viewing_marks from {APP_ROLE}")
    op.drop_column("viewing_marks", "removed_at")
    for name in _CHECKS:
        op.drop_constraint(op.f(f"ck_disclosures_{name}"), "disclosures")
    for table, name in _LISTS:
        op.drop_column(table, name)
    for name in ("halt_decided_by", *_WORDS, *_INSTANTS):
        op.drop_column("disclosures", name)
