"""When a case was first viewed, for whoever asked and does not read the institution's register (KH-7-2)."""

import sqlalchemy as sa
from alembic import op

revision = "0031"
down_revision: str | None = "0030"


def upgrade() -> None:
    op.add_column("disclosures", sa.Column("viewed_at", sa.DateTime(timezone=True), nullable=True))
    op.execute(
        "update disclosures set viewed_at = lines.ended from (select tenant_id, disclosure_id, min(accessed_until) as ended "
        "from register_entries where viewed group by tenant_id, disclosure_id) as lines "
        "where lines.tenant_id = disclosures.tenant_id and lines.disclosure_id = disclosures.id"
    )


def downgrade() -> None:
    op.drop_column("disclosures", "viewed_at")
