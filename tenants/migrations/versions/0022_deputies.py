"""職務代理人 from a day through a day, and as what a case was decided."""

import sqlalchemy as sa
from alembic import op

from infra.rowsecurity import protect

revision = "0022"
down_revision: str | None = "0021"


def upgrade() -> None:
    op.create_table(
        "deputies",
        sa.Column("principal_id", sa.Uuid(), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("role", sa.String(), nullable=False),
        sa.Column("acting", sa.String(), nullable=False),
        sa.Column("starts_on", sa.Date(), nullable=False),
        sa.Column("ends_on", sa.Date(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("made_by", sa.Uuid(), nullable=False),
        sa.Column("revoked_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("revoked_by", sa.Uuid(), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.CheckConstraint("(revoked_at is null) = (revoked_by is null)", name=op.f("ck_deputies_revoked_pair")),
        sa.CheckConstraint("acting = '代' or (acting = '代為決行' and role = 'head')", name=op.f("ck_deputies_acting")),
        sa.CheckConstraint("ends_on >= starts_on", name=op.f("ck_deputies_period")),
        sa.CheckConstraint("principal_id <> user_id", name=op.f("ck_deputies_another")),
        sa.CheckConstraint("role in ('head', 'handler', 'office_head')", name=op.f("ck_deputies_role")),
        sa.ForeignKeyConstraint(["made_by"], ["users.id"], name=op.f("fk_deputies_made_by")),
        sa.ForeignKeyConstraint(["principal_id"], ["users.id"], name=op.f("fk_deputies_principal_id")),
        sa.ForeignKeyConstraint(["revoked_by"], ["users.id"], name=op.f("fk_deputies_revoked_by")),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_deputies_user_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_deputies")),
    )
    op.create_index(op.f("ix_deputies_tenant_id"), "deputies", ["tenant_id"], unique=False)
    op.create_index("ix_deputies_user", "deputies", ["tenant_id", "user_id"], unique=False)
    protect("deputies")
    op.add_column("disclosures", sa.Column("decided_acting", sa.String(), nullable=False, server_default=""))
    op.alter_column("disclosures", "decided_acting", server_default=None)
    op.create_check_constraint(
        op.f("ck_disclosures_decided_acting"), "disclosures", "decided_acting in ('', '代', '代為決行')"
    )


def downgrade() -> None:
    op.drop_column("disclosures", "decided_acting")
    op.drop_table("deputies")
