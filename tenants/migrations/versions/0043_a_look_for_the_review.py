"""Who let the footage of a request about one's own data be looked at for its legal review."""

import sqlalchemy as sa
from alembic import op

revision = "0043"
down_revision: str | None = "0042"

TABLE = "rights_requests"
PAIR, BY = "ck_rights_requests_look_allowed_pair", "fk_rights_requests_look_allowed_by"


def upgrade() -> None:
    op.add_column(TABLE, sa.Column("look_allowed_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column(TABLE, sa.Column("look_allowed_by", sa.Uuid(), nullable=True))
    op.create_foreign_key(op.f(BY), TABLE, "users", ["look_allowed_by"], ["id"])
    op.create_check_constraint(op.f(PAIR), TABLE, "(look_allowed_at is null) = (look_allowed_by is null)")


def downgrade() -> None:
    op.drop_constraint(op.f(PAIR), TABLE, type_="check")
    op.drop_column(TABLE, "look_allowed_by")
    op.drop_column(TABLE, "look_allowed_at")
