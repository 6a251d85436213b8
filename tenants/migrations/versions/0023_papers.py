"""What was on paper first: lines of the register entered later, corrections, scans, and a panel's statements."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from infra.rowsecurity import protect

revision = "0023"
down_revision: str | None = "0022"

ENTRIES, MEMBERS = "register_entries", "panel_members"
_NOTHING = {"nullable": False, "server_default": ""}


def upgrade() -> None:
    op.add_column(
        ENTRIES,
        sa.Column(
            "companions", postgresql.JSONB(astext_type=sa.Text()), nullable=False, server_default=sa.text("'[]'")
        ),
    )
    op.add_column(ENTRIES, sa.Column("entered_by", sa.Uuid(), nullable=True))
    op.add_column(ENTRIES, sa.Column("paper_number", sa.String(), **_NOTHING))
    op.add_column(ENTRIES, sa.Column("corrects_year", sa.Integer(), nullable=True))
    op.add_column(ENTRIES, sa.Column("corrects_number", sa.Integer(), nullable=True))
    op.add_column(ENTRIES, sa.Column("correction_reason", sa.String(), **_NOTHING))
    for column in ("companions", "paper_number", "correction_reason"):
        op.alter_column(ENTRIES, column, server_default=None)
    op.create_unique_constraint(op.f("uq_register_entries_tenant_id_id"), ENTRIES, ["tenant_id", "id"])
    op.create_foreign_key(op.f("fk_register_entries_entered_by"), ENTRIES, "users", ["entered_by"], ["id"])
    op.create_foreign_key(
        op.f("fk_register_entries_tenant_id_corrects_year_corrects_number"),
        ENTRIES,
        ENTRIES,
        ["tenant_id", "corrects_year", "corrects_number"],
        ["tenant_id", "roc_year", "number"],
    )
    for name, rule in (
        ("past", "entered_by is null or accessed_until <= entered_at"),
        ("corrects_pair", "(corrects_year is null) = (corrects_number is null)"),
        ("corrected_because", "(corrects_number is null) = (correction_reason = '')"),
        ("typed_by_somebody", "(paper_number = '' and corrects_number is null) = (entered_by is null)"),
    ):
        op.create_check_constraint(op.f(f"ck_register_entries_{name}"), ENTRIES, rule)
    op.create_table(
        "paper_scans",
        sa.Column("disclosure_id", sa.Uuid(), nullable=False),
        sa.Column("entry_id", sa.Uuid(), nullable=True),
        sa.Column("file_name", sa.String(), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("pages", sa.Integer(), nullable=False),
        sa.Column("sha256", sa.String(), nullable=False),
        sa.Column("uploaded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("uploaded_by", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.CheckConstraint("size > 0 and pages > 0", name=op.f("ck_paper_scans_whole")),
        sa.ForeignKeyConstraint(
            ["tenant_id", "disclosure_id"],
            ["disclosures.tenant_id", "disclosures.id"],
            name=op.f("fk_paper_scans_tenant_id_disclosure_id"),
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "entry_id"],
            ["register_entries.tenant_id", "register_entries.id"],
            name=op.f("fk_paper_scans_tenant_id_entry_id"),
        ),
        sa.ForeignKeyConstraint(["uploaded_by"], ["users.id"], name=op.f("fk_paper_scans_uploaded_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_paper_scans")),
    )
    op.create_index("ix_paper_scans_case", "paper_scans", ["tenant_id", "disclosure_id"], unique=False)
    op.create_index(op.f("ix_paper_scans_tenant_id"), "paper_scans", ["tenant_id"], unique=False)
    protect("paper_scans", rights="select, insert")
    op.add_column(MEMBERS, sa.Column("statement_paper", sa.String(), **_NOTHING))
    op.alter_column(MEMBERS, "statement_paper", server_default=None)
    op.add_column(MEMBERS, sa.Column("statement_signed_on", sa.Date(), nullable=True))
    op.add_column(MEMBERS, sa.Column("statement_recorded_by", sa.Uuid(), nullable=True))
    op.create_foreign_key(
        op.f("fk_panel_members_statement_recorded_by"), MEMBERS, "users", ["statement_recorded_by"], ["id"]
    )
    op.create_check_constraint(
        op.f("ck_panel_members_statement_paper"),
        MEMBERS,
        "(statement_paper = '') = (statement_signed_on is null) and "
        "(statement_paper = '') = (statement_recorded_by is null)",
    )


def downgrade() -> None:
    op.drop_constraint(op.f("ck_panel_members_statement_paper"), MEMBERS)
    op.drop_constraint(op.f("fk_panel_members_statement_recorded_by"), MEMBERS)
    for column in ("statement_recorded_by", "statement_signed_on", "statement_paper"):
        op.drop_column(MEMBERS, column)
    op.drop_table("paper_scans")
    for name in ("typed_by_somebody", "corrected_because", "corrects_pair", "past"):
        op.drop_constraint(op.f(f"ck_register_entries_{name}"), ENTRIES)
    op.drop_constraint(op.f("fk_register_entries_tenant_id_corrects_year_corrects_number"), ENTRIES)
    op.drop_constraint(op.f("fk_register_entries_entered_by"), ENTRIES)
    op.drop_constraint(op.f("uq_register_entries_tenant_id_id"), ENTRIES)
    for column in ("correction_reason", "corrects_number", "corrects_year", "paper_number", "entered_by", "companions"):
        op.drop_column(ENTRIES, column)
