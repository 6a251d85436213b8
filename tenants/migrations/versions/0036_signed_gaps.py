"""Gaps are kept as their devices signed them, never changed; a frozen picture is a fault beside them."""

import sqlalchemy as sa
from alembic import op

from infra.db import APP_ROLE

revision = "0036"
down_revision: str | None = "0035"

SAME = ["tenant_id", "camera_id", "started_at"]


def upgrade() -> None:
    op.add_column("gap_reports", sa.Column("line", sa.String(), nullable=True))
    op.add_column("gap_reports", sa.Column("signature", sa.String(), nullable=True))
    op.create_check_constraint(
        op.f("ck_gap_reports_signed_pair"), "gap_reports", "(line is null) = (signature is null)"
    )
    op.drop_constraint(op.f("uq_gap_reports_tenant_id_camera_id_started_at"), "gap_reports", type_="unique")
    op.create_index("ix_gap_reports_camera_time", "gap_reports", SAME, unique=False)
    op.create_index(
        "uq_gap_reports_unsigned", "gap_reports", SAME, unique=True, postgresql_where=sa.text("signature is null")
    )
    op.execute(f"revoke update on gap_reports from {APP_ROLE}")
    op.add_column("camera_status", sa.Column("frozen_since", sa.DateTime(timezone=True), nullable=True))


def downgrade() -> None:
    op.drop_column("camera_status", "frozen_since")
    op.execute(f"grant update on gap_reports to {APP_ROLE}")
    op.drop_index("uq_gap_reports_unsigned", table_name="gap_reports")
    op.drop_index("ix_gap_reports_camera_time", table_name="gap_reports")
    op.create_unique_constraint(op.f("uq_gap_reports_tenant_id_camera_id_started_at"), "gap_reports", SAME)
    op.drop_constraint(op.f("ck_gap_reports_signed_pair"), "gap_reports", type_="check")
    op.drop_column("gap_reports", "signature")
    op.drop_column("gap_reports", "line")
