"""The day on which what was granted of a rights request was given, and who asked the head for a look at its footage."""

import sqlalchemy as sa
from alembic import op

revision = "0048"
down_revision: str | None = "0047"


def upgrade() -> None:
    op.add_column("rights_requests", sa.Column("given_on", sa.Date(), nullable=True))
    op.add_column("rights_requests", sa.Column("look_asked_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("rights_requests", sa.Column("look_asked_by", sa.Uuid(), nullable=True))
    op.create_foreign_key(
        op.f("fk_rights_requests_look_asked_by"), "rights_requests", "users", ["look_asked_by"], ["id"]
    )
    op.create_check_constraint(
        op.f("ck_rights_requests_look_asked_pair"),
        "rights_requests",
        "(look_asked_at is null) = (look_asked_by is null)",
    )


def downgrade() -> None:
    op.drop_constraint(op.f("ck_rights_requests_look_asked_pair"), "rights_requests")
    for name in ("look_asked_by", "look_asked_at", "given_on"):
        op.drop_column("rights_requests", name)
