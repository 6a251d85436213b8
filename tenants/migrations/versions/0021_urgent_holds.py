"""緊急保全: who called for it, a hold of its own kind, and what the bureau reads of it."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from infra.rowsecurity import protect

revision = "0021"
down_revision: str | None = "0020"

_BASES = "'other_law', 'crime_investigation', 'other_unlawful_act'"
_STEPS = "'ending', 'released', 'destroyed'"


def upgrade() -> None:
    op.create_table(
        "urgent_holds",
        sa.Column("hold_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.String(), nullable=False),
        sa.Column("source", sa.String(), nullable=False),
        sa.Column("caller", sa.String(), nullable=False),
        sa.Column("agency", sa.String(), nullable=False),
        sa.Column("phone", sa.String(), nullable=False),
        sa.Column("incident", sa.String(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("pressed_by", sa.String(), nullable=False),
        sa.Column("from_bureau", sa.Boolean(), nullable=False),
        sa.Column("over_cap", sa.Boolean(), nullable=False),
        sa.Column("warned_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("untold", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.CheckConstraint("caller <> '' and reason <> ''", name=op.f("ck_urgent_holds_said")),
        sa.CheckConstraint("source in ('telephone', 'visit', 'incident')", name=op.f("ck_urgent_holds_source")),
        sa.ForeignKeyConstraint(
            ["tenant_id", "hold_id"], ["holds.tenant_id", "holds.id"], name=op.f("fk_urgent_holds_tenant_id_hold_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_urgent_holds")),
        sa.UniqueConstraint("tenant_id", "hold_id", name=op.f("uq_urgent_holds_tenant_id_hold_id")),
        sa.UniqueConstraint("tenant_id", "number", name=op.f("uq_urgent_holds_tenant_id_number")),
    )
    op.create_index(op.f("ix_urgent_holds_tenant_id"), "urgent_holds", ["tenant_id"], unique=False)
    protect("urgent_holds")
    _allow(bases=f"'request', 'urgent', {_BASES}", free="basis in ('request', 'urgent')", steps="'taken_over', ")
    op.add_column(
        "compliance_retention",
        sa.Column(
            "urgent_holds", postgresql.JSONB(astext_type=sa.Text()), nullable=False, server_default=sa.text("'[]'")
        ),
    )
    op.alter_column("compliance_retention", "urgent_holds", server_default=None)


def downgrade() -> None:
    op.drop_column("compliance_retention", "urgent_holds")
    _allow(bases=f"'request', {_BASES}", free="basis = 'request'", steps="")
    op.drop_table("urgent_holds")


def _allow(*, bases: str, free: str, steps: str) -> None:
    """Say anew which bases a hold may have, which of them need no document, and which steps a history."""
    for table, name in (("holds", "basis"), ("holds", "document"), ("hold_changes", "step")):
        op.drop_constraint(op.f(f"ck_{table}_{name}"), table)
    op.create_check_constraint(op.f("ck_holds_basis"), "holds", f"basis in ({bases})")
    op.create_check_constraint(op.f("ck_holds_document"), "holds", f"{free} or document <> ''")
    op.create_check_constraint(
        op.f("ck_hold_changes_step"), "hold_changes", f"step in ('placed', 'extended', {steps}{_STEPS})"
    )
