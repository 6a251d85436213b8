"""A copy on a medium, in person; and until when an agency may keep a copy, and what became of it."""

import sqlalchemy as sa
from alembic import op

from infra.rowsecurity import protect

revision = "0027"
down_revision: str | None = "0026"

_ENDED = (
    "(copy_ended = '') = (copy_ended_on is null) and (copy_ended = '') = (copy_ended_document = '') "
    "and (copy_ended = '') = (copy_ended_by is null)"
)


def upgrade() -> None:
    for column in (
        sa.Column("return_by", sa.Date(), nullable=True),
        sa.Column("copy_ended", sa.String(), nullable=False, server_default=""),
        sa.Column("copy_ended_on", sa.Date(), nullable=True),
        sa.Column("copy_ended_document", sa.String(), nullable=False, server_default=""),
        sa.Column("copy_ended_by", sa.Uuid(), nullable=True),
        sa.Column("chased_at", sa.DateTime(timezone=True), nullable=True),
    ):
        op.add_column("official_requests", column)
    for name in ("copy_ended", "copy_ended_document"):
        op.alter_column("official_requests", name, server_default=None)
    op.create_foreign_key(
        op.f("fk_official_requests_copy_ended_by"), "official_requests", "users", ["copy_ended_by"], ["id"]
    )
    op.create_check_constraint(
        op.f("ck_official_requests_copy_ended"), "official_requests", "copy_ended in ('', 'returned', 'destroyed')"
    )
    op.create_check_constraint(op.f("ck_official_requests_copy_ended_whole"), "official_requests", _ENDED)
    op.add_column("register_entries", sa.Column("in_person", sa.Boolean(), nullable=False, server_default=sa.false()))
    op.alter_column("register_entries", "in_person", server_default=None)
    op.create_check_constraint(op.f("ck_register_entries_in_person"), "register_entries", "copied or not in_person")
    op.create_table(
        "medium_handovers",
        sa.Column("disclosure_id", sa.Uuid(), nullable=False),
        sa.Column("medium_kind", sa.String(), nullable=False),
        sa.Column("medium_serial", sa.String(), nullable=False),
        sa.Column("prepared_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("prepared_by", sa.Uuid(), nullable=False),
        sa.Column("taken", sa.Integer(), nullable=False),
        sa.Column("taken_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("sha256", sa.String(), nullable=False),
        sa.Column("sealed_to", sa.String(), nullable=False),
        sa.Column("sealed_bytes", sa.BigInteger(), nullable=True),
        sa.Column("replaced_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("handed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("handed_by", sa.Uuid(), nullable=True),
        sa.Column("officer_name", sa.String(), nullable=False),
        sa.Column("officer_title", sa.String(), nullable=False),
        sa.Column("signed", sa.String(), nullable=False),
        sa.Column("receipt_number", sa.String(), nullable=False),
        sa.Column("receipt_version", sa.String(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.CheckConstraint("medium_kind in ('disc', 'usb', 'drive')", name=op.f("ck_medium_handovers_medium_kind")),
        sa.CheckConstraint("medium_serial <> ''", name=op.f("ck_medium_handovers_medium_serial")),
        sa.CheckConstraint("(taken = 0) = (sha256 = '')", name=op.f("ck_medium_handovers_taken_as")),
        sa.CheckConstraint("taken >= 0 and (taken = 0) = (taken_at is null)", name=op.f("ck_medium_handovers_taken")),
        sa.CheckConstraint("(handed_at is null) = (handed_by is null)", name=op.f("ck_medium_handovers_handed_pair")),
        sa.CheckConstraint("handed_at is null or taken > 0", name=op.f("ck_medium_handovers_handed_what_was_taken")),
        sa.CheckConstraint(
            "handed_at is null or replaced_at is null", name=op.f("ck_medium_handovers_handed_or_replaced")
        ),
        sa.CheckConstraint("(handed_at is null) = (signed = '')", name=op.f("ck_medium_handovers_handed_signed")),
        sa.CheckConstraint("signed in ('', 'screen', 'paper')", name=op.f("ck_medium_handovers_signed")),
        sa.CheckConstraint(
            "(signed = 'paper') = (receipt_number <> '')", name=op.f("ck_medium_handovers_paper_has_number")
        ),
        sa.CheckConstraint(
            "handed_at is null or (officer_name <> '' and officer_title <> '')",
            name=op.f("ck_medium_handovers_handed_to"),
        ),
        sa.ForeignKeyConstraint(["prepared_by"], ["users.id"], name=op.f("fk_medium_handovers_prepared_by")),
        sa.ForeignKeyConstraint(["handed_by"], ["users.id"], name=op.f("fk_medium_handovers_handed_by")),
        sa.ForeignKeyConstraint(
            ["tenant_id", "disclosure_id"],
            ["disclosures.tenant_id", "disclosures.id"],
            name=op.f("fk_medium_handovers_tenant_id_disclosure_id"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_medium_handovers")),
    )
    op.create_index(op.f("ix_medium_handovers_tenant_id"), "medium_handovers", ["tenant_id"], unique=False)
    op.create_index(
        "uq_medium_handovers_open",
        "medium_handovers",
        ["tenant_id", "disclosure_id"],
        unique=True,
        postgresql_where=sa.text("handed_at is null and replaced_at is null"),
    )
    protect("medium_handovers")


def downgrade() -> None:
    op.drop_table("medium_handovers")
    op.drop_constraint(op.f("ck_register_entries_in_person"), "register_entries")
    op.drop_column("register_entries", "in_person")
    op.drop_constraint(op.f("ck_official_requests_copy_ended_whole"), "official_requests")
    op.drop_constraint(op.f("ck_official_requests_copy_ended"), "official_requests")
    op.drop_constraint(op.f("fk_official_requests_copy_ended_by"), "official_requests", type_="foreignkey")
    for name in ("chased_at", "copy_ended_by", "copy_ended_document", "copy_ended_on", "copy_ended", "return_by"):
        op.drop_column("official_requests", name)
