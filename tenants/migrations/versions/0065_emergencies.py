"""Emergency accesses of the bureau to an institution, which owns them."""

import sqlalchemy as sa
from alembic import op

from infra.rowsecurity import protect, rolled_up

revision = "0065"
down_revision: str | None = "0064"

TABLE = "emergency_accesses"
CHECKS = {
    "state": "state in ('requested', 'open', 'refused', 'lapsed', 'ended', 'reviewed')",
    "scope": "scope in ('trail', 'equipment', 'register', 'head_reset')",
    "hours": "hours between 1 and 4",
    "reason": "reason <> ''",
    "two_people": "decided_by <> requested_by",
    "third_person": "reviewed_by <> requested_by and reviewed_by <> decided_by",
    "decided_pair": "(decided_at is null) = (decided_by is null)",
    "ends": "(state in ('open', 'ended', 'reviewed')) = (ends_at is not null)",
    "decided": "ends_at is null or decided_at is not null",
    "ended": "(state in ('ended', 'reviewed')) = (ended_at is not null)",
    "ending": "(ended_at is null) = (ending = '')",
    "endings": "ending in ('', 'time', 'requester', 'approver', 'institution')",
    "ender": "ender_id is not null or ending in ('', 'time')",
    "review_due": "(ended_at is null) = (review_due_on is null)",
    "reviewed": "(state = 'reviewed') = (reviewed_at is not null)",
    "reviewed_pair": "(reviewed_at is null) = (reviewed_by is null)",
    "review": "(reviewed_at is null) = (review = '')",
}
_MOMENTS = ("decided_at", "ends_at", "opened_told_at", "ended_at", "ended_told_at", "reviewed_at")


def upgrade() -> None:
    op.create_table(
        TABLE,
        *(sa.Column(name, sa.Uuid(), nullable=False) for name in ("id", "tenant_id", "requested_by")),
        *(sa.Column(name, sa.Uuid(), nullable=True) for name in ("decided_by", "ender_id", "reviewed_by")),
        *(
            sa.Column(name, sa.String(), nullable=False)
            for name in ("serial", "state", "scope", "reason", "ending", "review")
        ),
        sa.Column("hours", sa.Integer(), nullable=False),
        *(sa.Column(name, sa.DateTime(timezone=True), nullable=False) for name in ("requested_at", "approve_by")),
        *(sa.Column(name, sa.DateTime(timezone=True), nullable=True) for name in _MOMENTS),
        sa.Column("review_due_on", sa.Date(), nullable=True),
        *(sa.CheckConstraint(rule, name=op.f(f"ck_{TABLE}_{name}")) for name, rule in CHECKS.items()),
        *(
            sa.ForeignKeyConstraint([name], ["users.id"], name=op.f(f"fk_{TABLE}_{name}"))
            for name in ("requested_by", "decided_by", "ender_id", "reviewed_by")
        ),
        sa.ForeignKeyConstraint(["tenant_id"], ["tenants.id"], name=op.f(f"fk_{TABLE}_tenant_id")),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{TABLE}")),
        sa.UniqueConstraint("tenant_id", "serial", name=op.f(f"uq_{TABLE}_tenant_id_serial")),
    )
    op.create_index(op.f(f"ix_{TABLE}_tenant_id"), TABLE, ["tenant_id"], unique=False)
    living = sa.text("state in ('requested', 'open')")
    op.create_index(f"uq_{TABLE}_living", TABLE, ["tenant_id"], unique=True, postgresql_where=living)
    protect(TABLE)
    rolled_up(TABLE)


def downgrade() -> None:
    op.drop_table(TABLE)
