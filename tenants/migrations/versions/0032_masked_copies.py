"""What a request under the Personal Data Protection Act hides, and the copies made of its footage (DR-28)."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from infra.rowsecurity import protect

revision = "0032"
down_revision: str | None = "0031"

REQUESTS = "rights_requests"
CHECKS = {
    "asked_whole": "(asked_from is null) = (camera_id is null) and (asked_until is null) = (camera_id is null) "
    "and (camera_name = '') = (camera_id is null) and (asked_until is null or asked_until > asked_from)",
    "masked": "(masked_at is null) = (mask_plan is null) and (masked_by is null) = (mask_plan is null)",
    "masks_confirmed_pair": "(masks_confirmed_at is null) = (masks_confirmed_by is null)",
    "masks_confirmed": "masks_confirmed_at is null or masked_at <= masks_confirmed_at",
}
# What was entered before says its footage by its hold alone: where that has one window, it is that one.
ONE_WINDOW = """
update rights_requests set camera_id = one.camera_id, camera_name = cameras.name, asked_from = one.started_at,
    asked_until = one.ended_at
from (select tenant_id, hold_id, (array_agg(camera_id))[1] as camera_id, min(started_at) as started_at,
    max(ended_at) as ended_at from hold_windows group by tenant_id, hold_id having count(*) = 1) as one
join cameras on cameras.tenant_id = one.tenant_id and cameras.id = one.camera_id
where one.tenant_id = rights_requests.tenant_id and one.hold_id = rights_requests.hold_id
"""


def upgrade() -> None:
    op.add_column(REQUESTS, sa.Column("camera_id", sa.Uuid(), nullable=True))
    op.add_column(REQUESTS, sa.Column("camera_name", sa.String(), nullable=False, server_default=""))
    op.alter_column(REQUESTS, "camera_name", server_default=None)
    for name in ("asked_from", "asked_until", "masked_at", "masks_confirmed_at"):
        op.add_column(REQUESTS, sa.Column(name, sa.DateTime(timezone=True), nullable=True))
    op.add_column(REQUESTS, sa.Column("mask_plan", postgresql.JSONB(astext_type=sa.Text()), nullable=True))
    for name in ("masked_by", "masks_confirmed_by"):
        op.add_column(REQUESTS, sa.Column(name, sa.Uuid(), nullable=True))
        op.create_foreign_key(op.f(f"fk_rights_requests_{name}"), REQUESTS, "users", [name], ["id"])
    op.create_unique_constraint(op.f("uq_rights_requests_tenant_id_id"), REQUESTS, ["tenant_id", "id"])
    op.create_foreign_key(
        op.f("fk_rights_requests_tenant_id_camera_id"),
        REQUESTS,
        "cameras",
        ["tenant_id", "camera_id"],
        ["tenant_id", "id"],
    )
    op.execute(ONE_WINDOW)
    for name, words in CHECKS.items():
        op.create_check_constraint(op.f(f"ck_rights_requests_{name}"), REQUESTS, words)
    _copies()


def _copies() -> None:
    op.create_table(
        "rights_copies",
        sa.Column("rights_id", sa.Uuid(), nullable=False),
        sa.Column("take", sa.Integer(), nullable=False),
        sa.Column("medium_serial", sa.String(), nullable=False),
        sa.Column("prepared_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("prepared_by", sa.Uuid(), nullable=False),
        sa.Column("masks_sha256", sa.String(), nullable=False),
        sa.Column("taken_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("sha256", sa.String(), nullable=False),
        sa.Column("bytes", sa.BigInteger(), nullable=True),
        sa.Column("read_back_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("read_back_by", sa.Uuid(), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.CheckConstraint("take >= 1", name=op.f("ck_rights_copies_take")),
        sa.CheckConstraint("medium_serial <> ''", name=op.f("ck_rights_copies_medium_serial")),
        sa.CheckConstraint(
            "(sha256 = '') = (bytes is null) and (bytes is null or taken_at is not null)",
            name=op.f("ck_rights_copies_left"),
        ),
        sa.CheckConstraint(
            "(read_back_at is null) = (read_back_by is null)", name=op.f("ck_rights_copies_read_back_pair")
        ),
        sa.CheckConstraint("read_back_at is null or sha256 <> ''", name=op.f("ck_rights_copies_read_back_what_left")),
        sa.ForeignKeyConstraint(["prepared_by"], ["users.id"], name=op.f("fk_rights_copies_prepared_by")),
        sa.ForeignKeyConstraint(["read_back_by"], ["users.id"], name=op.f("fk_rights_copies_read_back_by")),
        sa.ForeignKeyConstraint(
            ["tenant_id", "rights_id"],
            ["rights_requests.tenant_id", "rights_requests.id"],
            name=op.f("fk_rights_copies_tenant_id_rights_id"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_rights_copies")),
    )
    op.create_index("ix_rights_copies_request", "rights_copies", ["tenant_id", "rights_id"], unique=False)
    op.create_index(op.f("ix_rights_copies_tenant_id"), "rights_copies", ["tenant_id"], unique=False)
    protect("rights_copies")


def downgrade() -> None:
    op.drop_table("rights_copies")
    for name in CHECKS:
        op.drop_constraint(op.f(f"ck_rights_requests_{name}"), REQUESTS, type_="check")
    op.drop_constraint(op.f("fk_rights_requests_tenant_id_camera_id"), REQUESTS, type_="foreignkey")
    op.drop_constraint(op.f("uq_rights_requests_tenant_id_id"), REQUESTS, type_="unique")
    for name in ("masked_by", "masks_confirmed_by"):
        op.drop_constraint(op.f(f"fk_rights_requests_{name}"), REQUESTS, type_="foreignkey")
    for name in (
        "camera_id",
        "camera_name",
        "asked_from",
        "asked_until",
        "masked_at",
        "masks_confirmed_at",
        "mask_plan",
        "masked_by",
        "masks_confirmed_by",
    ):
        op.drop_column(REQUESTS, name)
