"""A case that the head halts by hand: why, beside the breach for which it was halted until now."""

import sqlalchemy as sa
from alembic import op

revision = "0070"
down_revision: str | None = "0069"

_WORDS = ("halt_cause", "halt_note")
_CHECKS = {
    "halt_cause": "halt_cause in ('', 'breach', 'order', 'complaint', 'identity', 'other')",
    "halt_cause_pair": "(halted_at is null) = (halt_cause = '')",
    "halt_note": "halt_note <> '' or halt_cause in ('', 'breach')",
}


def upgrade() -> None:
    for name in _WORDS:
        op.add_column("disclosures", sa.Column(name, sa.String(), server_default="", nullable=False))
        op.alter_column("disclosures", name, server_default=None)
    op.execute("alter table disclosures no force row level security")
    op.execute("update disclosures set halt_cause = 'breach' where halted_at is not null")
    op.execute("alter table disclosures force row level security")
    for name, condition in _CHECKS.items():
        op.create_check_constraint(op.f(f"ck_disclosures_{name}"), "disclosures", condition)


def downgrade() -> None:
    for name in _WORDS:
        op.drop_column("disclosures", name)
