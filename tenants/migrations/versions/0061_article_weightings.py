"""The bureau's weights and targets by article, by the day from which they count; what is entered stays."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from infra.rowsecurity import also_readable, protect

revision = "0061"
down_revision: str | None = "0060"

TABLE = "article_weightings"
# They bind every institution and are written by the bureau alone.
BY_BUREAU = """exists (select from tenants where kind = 'bureau'
    and id = nullif(current_setting('shouyuan.tenant_id', true), '')::uuid)"""


def upgrade() -> None:
    op.create_table(
        TABLE,
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("effective_from", sa.Date(), nullable=False),
        sa.Column("target", sa.Integer(), nullable=False),
        sa.Column("aims", postgresql.JSONB(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("entered_by", sa.Uuid(), nullable=True),
        sa.UniqueConstraint("effective_from", name=op.f(f"uq_{TABLE}_effective_from")),
        sa.CheckConstraint("target between 0 and 1000", name=op.f(f"ck_{TABLE}_target")),
        sa.CheckConstraint("reason <> ''", name=op.f(f"ck_{TABLE}_reason")),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{TABLE}")),
    )
    protect(TABLE, rights="select, insert", using=BY_BUREAU)
    also_readable(TABLE, name="published", using="true")


def downgrade() -> None:
    op.drop_table(TABLE)
