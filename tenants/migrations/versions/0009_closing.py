"""Closings of institutions: the act, its document and its state."""

import sqlalchemy as sa
from alembic import op

from infra.rowsecurity import protect

revision = "0009"
down_revision: str | None = "0008"


def upgrade() -> None:
    op.create_table(
        "closings",
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("effective_from", sa.Date(), nullable=False),
        sa.Column("document", sa.String(), nullable=False),
        sa.Column("document_date", sa.Date(), nullable=False),
        sa.Column("keeper", sa.String(), nullable=False),
        sa.Column("successor_id", sa.Uuid(), nullable=True),
        sa.Column("custodian_id", sa.Uuid(), nullable=False),
        sa.Column("decided_by", sa.Uuid(), nullable=False),
        sa.Column("carried_out_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("withdrawn_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("withdrawn_by", sa.Uuid(), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.CheckConstraint("kind in ('closed', 'abolished', 'merged')", name=op.f("ck_closings_kind")),
        sa.CheckConstraint("state in ('carried_out', 'scheduled', 'withdrawn')", name=op.f("ck_closings_state")),
        sa.CheckConstraint("(kind = 'merged') = (successor_id is not null)", name=op.f("ck_closings_successor")),
        sa.CheckConstraint("document <> '' and keeper <> ''", name=op.f("ck_closings_stated")),
        sa.CheckConstraint(
            "(state = 'carried_out') = (carried_out_at is not null)", name=op.f("ck_closings_carried_out")
        ),
        sa.CheckConstraint("(withdrawn_at is null) = (withdrawn_by is null)", name=op.f("ck_closings_withdrawn_pair")),
        sa.CheckConstraint("(state = 'withdrawn') = (withdrawn_at is not null)", name=op.f("ck_closings_withdrawn")),
        sa.ForeignKeyConstraint(["successor_id"], ["tenants.id"], name=op.f("fk_closings_successor_id")),
        sa.ForeignKeyConstraint(["tenant_id"], ["tenants.id"], name=op.f("fk_closings_tenant_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_closings")),
    )
    op.create_index(op.f("ix_closings_tenant_id"), "closings", ["tenant_id"], unique=False)
    op.create_index(
        "uq_closings_living",
        "closings",
        ["tenant_id"],
        unique=True,
        postgresql_where=sa.text("state <> 'withdrawn'"),
    )
    protect("closings")


def downgrade() -> None:
    op.drop_index("uq_closings_living", table_name="closings", postgresql_where=sa.text("state <> 'withdrawn'"))
    op.drop_index(op.f("ix_closings_tenant_id"), table_name="closings")
    op.drop_table("closings")
