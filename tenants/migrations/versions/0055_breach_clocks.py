"""What was said anew of a case's 知悉時間, and the reports that stop its clocks."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from infra.rowsecurity import protect

revision = "0055"
down_revision: str | None = "0054"

TABLE, KIND = "misuse_statements", "ck_misuse_measures_kind"
BEFORE = "kind in ('inquiry', 'notified', 'ethics_office', 'police', 'other')"
AFTER = "kind in ('inquiry', 'reported_cyber', 'reported_authority', 'notified', 'ethics_office', 'police', 'other')"


def upgrade() -> None:
    op.create_table(
        TABLE,
        *(sa.Column(name, sa.Uuid(), nullable=False) for name in ("id", "tenant_id", "misuse_id", "said_by")),
        *(sa.Column(name, sa.DateTime(timezone=True), nullable=False) for name in ("discovered_at", "said_at")),
        sa.Column("incidents", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(
            ["tenant_id", "misuse_id"],
            ["misuse_cases.tenant_id", "misuse_cases.id"],
            name=op.f(f"fk_{TABLE}_tenant_id_misuse_id"),
        ),
        sa.ForeignKeyConstraint(["said_by"], ["users.id"], name=op.f(f"fk_{TABLE}_said_by")),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{TABLE}")),
    )
    op.create_index(op.f(f"ix_{TABLE}_tenant_id"), TABLE, ["tenant_id"], unique=False)
    op.create_index(f"ix_{TABLE}_case", TABLE, ["tenant_id", "misuse_id"], unique=False)
    protect(TABLE, rights="select, insert")
    _kinds(AFTER)


def downgrade() -> None:
    _kinds(BEFORE)
    op.drop_table(TABLE)


def _kinds(rule: str) -> None:
    op.drop_constraint(op.f(KIND), "misuse_measures", type_="check")
    op.create_check_constraint(op.f(KIND), "misuse_measures", rule)
