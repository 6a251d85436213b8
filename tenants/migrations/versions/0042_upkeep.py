"""What people find of each camera's functions, and its calibrations."""

import sqlalchemy as sa
from alembic import op

from infra.rowsecurity import protect

revision = "0042"
down_revision: str | None = "0041"

REVIEWS, CALIBRATIONS = "function_reviews", "calibrations"
FUNCTIONS = ("color_clear", "full_angle", "accurate_time", "audio")


def upgrade() -> None:
    op.create_table(
        REVIEWS,
        *(sa.Column(name, sa.String(), nullable=False) for name in (*FUNCTIONS, "remark")),
        *_owned(REVIEWS, by="reviewed_by"),
        *(
            sa.CheckConstraint(f"{name} in ('met', 'unmet', 'not_assessed')", name=op.f(f"ck_{REVIEWS}_{name}"))
            for name in FUNCTIONS
        ),
    )
    op.create_table(
        CALIBRATIONS,
        *(sa.Column(name, sa.String(), nullable=False) for name in ("time_source", "view", "remark")),
        *(sa.Column(name, sa.BigInteger(), nullable=False) for name in ("offset_before_ms", "offset_after_ms")),
        sa.Column("calibrated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("next_due", sa.Date(), nullable=False),
        *_owned(CALIBRATIONS, by="recorded_by"),
    )
    op.create_index(f"ix_{REVIEWS}_newest", REVIEWS, ["tenant_id", "camera_id", "created_at"], unique=False)
    op.create_index(
        f"ix_{CALIBRATIONS}_newest", CALIBRATIONS, ["tenant_id", "camera_id", "calibrated_at"], unique=False
    )
    for table in (REVIEWS, CALIBRATIONS):
        op.create_index(op.f(f"ix_{table}_tenant_id"), table, ["tenant_id"], unique=False)
        protect(table, rights="select, insert")


def downgrade() -> None:
    op.drop_table(CALIBRATIONS)
    op.drop_table(REVIEWS)


def _owned(table: str, *, by: str) -> tuple[sa.schema.SchemaItem, ...]:
    return (
        *(sa.Column(name, sa.Uuid(), nullable=False) for name in ("id", "tenant_id", "camera_id", by)),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.ForeignKeyConstraint(
            ["tenant_id", "camera_id"],
            ["cameras.tenant_id", "cameras.id"],
            name=op.f(f"fk_{table}_tenant_id_camera_id"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{table}")),
    )
