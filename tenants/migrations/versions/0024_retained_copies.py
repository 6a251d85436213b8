"""The copy for reference: what was viewed or handed over, its history and the certificate of its end.

Cases that were carried out before have their package still; the sweep makes their copies of it.
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from infra.rowsecurity import protect, rolled_up

revision = "0024"
down_revision: str | None = "0023"
GROW_ONLY = ("retained_changes", "retained_certificates")


def upgrade() -> None:
    op.create_table(
        "retained_copies",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("disclosure_id", sa.Uuid(), nullable=False),
        sa.Column("oldest_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("size", sa.BigInteger(), nullable=True),
        sa.Column("sha256", sa.String(), nullable=False),
        sa.Column("form_sha256", sa.String(), nullable=False),
        sa.Column("recipient", sa.String(), nullable=False),
        sa.Column("wrapped_secret", sa.LargeBinary(), nullable=True),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("custodian", sa.String(), nullable=False),
        sa.Column("place", sa.String(), nullable=False),
        sa.Column("review_on", sa.Date(), nullable=True),
        sa.Column("basis", sa.String(), nullable=False),
        sa.Column("reference", sa.String(), nullable=False),
        sa.Column("document", sa.String(), nullable=False),
        sa.Column("necessity", sa.String(), nullable=False),
        sa.Column("checked_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("found", sa.String(), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_by", sa.Uuid(), nullable=True),
        sa.Column("end_reason", sa.String(), nullable=False),
        sa.Column("destroyed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.Column("last_error", sa.String(), nullable=False),
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.CheckConstraint("(checked_at is null) = (found = '')", name=op.f("ck_retained_copies_checked_pair")),
        sa.CheckConstraint("(ended_at is null) = (end_reason = '')", name=op.f("ck_retained_copies_ended_for")),
        sa.CheckConstraint("(failures = 0) = (last_error = '')", name=op.f("ck_retained_copies_failures")),
        sa.CheckConstraint("(made_at is null) = (review_on is null)", name=op.f("ck_retained_copies_made_with_review")),
        sa.CheckConstraint("(made_at is null) = (sha256 = '')", name=op.f("ck_retained_copies_made_with_hash")),
        sa.CheckConstraint("basis = 'request' or document <> ''", name=op.f("ck_retained_copies_document")),
        sa.CheckConstraint(
            "basis in ('request', 'other_law', 'crime_investigation', 'other_unlawful_act')",
            name=op.f("ck_retained_copies_basis"),
        ),
        sa.CheckConstraint(
            "destroyed_at is null or (ended_at is not null and wrapped_secret is null)",
            name=op.f("ck_retained_copies_destroyed"),
        ),
        sa.CheckConstraint("ended_by is null or ended_at is not null", name=op.f("ck_retained_copies_ended_by")),
        sa.CheckConstraint("found in ('', 'same', 'other', 'unreadable')", name=op.f("ck_retained_copies_found")),
        sa.ForeignKeyConstraint(["ended_by"], ["users.id"], name=op.f("fk_retained_copies_ended_by")),
        sa.ForeignKeyConstraint(["id"], ["packages.id"], name=op.f("fk_retained_copies_id")),
        sa.ForeignKeyConstraint(
            ["tenant_id", "disclosure_id"],
            ["disclosures.tenant_id", "disclosures.id"],
            name=op.f("fk_retained_copies_tenant_id_disclosure_id"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_retained_copies")),
        sa.UniqueConstraint("tenant_id", "disclosure_id", name=op.f("uq_retained_copies_tenant_id_disclosure_id")),
        sa.UniqueConstraint("tenant_id", "id", name=op.f("uq_retained_copies_tenant_id_id")),
    )
    op.create_index(op.f("ix_retained_copies_tenant_id"), "retained_copies", ["tenant_id"], unique=False)
    op.create_table(
        "retained_changes",
        sa.Column("copy_id", sa.Uuid(), nullable=False),
        sa.Column("step", sa.String(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("by_id", sa.Uuid(), nullable=True),
        sa.Column("by_name", sa.String(), nullable=False),
        sa.Column("custodian", sa.String(), nullable=False),
        sa.Column("place", sa.String(), nullable=False),
        sa.Column("basis", sa.String(), nullable=False),
        sa.Column("reference", sa.String(), nullable=False),
        sa.Column("document", sa.String(), nullable=False),
        sa.Column("review_on", sa.Date(), nullable=True),
        sa.Column("found", sa.String(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.CheckConstraint(
            "step in ('made', 'kept', 'opened', 'checked', 'extended', 'ended', 'destroyed')",
            name=op.f("ck_retained_changes_step"),
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "copy_id"],
            ["retained_copies.tenant_id", "retained_copies.id"],
            name=op.f("fk_retained_changes_tenant_id_copy_id"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_retained_changes")),
    )
    op.create_index("ix_retained_changes_copy", "retained_changes", ["tenant_id", "copy_id", "at"], unique=False)
    op.create_index(op.f("ix_retained_changes_tenant_id"), "retained_changes", ["tenant_id"], unique=False)
    op.create_table(
        "retained_certificates",
        sa.Column("copy_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.String(), nullable=False),
        sa.Column("oldest_on", sa.Date(), nullable=False),
        sa.Column("certified_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("paper", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["tenant_id", "copy_id"],
            ["retained_copies.tenant_id", "retained_copies.id"],
            name=op.f("fk_retained_certificates_tenant_id_copy_id"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_retained_certificates")),
        sa.UniqueConstraint("number", name=op.f("uq_retained_certificates_number")),
        sa.UniqueConstraint("tenant_id", "copy_id", name=op.f("uq_retained_certificates_tenant_id_copy_id")),
    )
    op.create_index(op.f("ix_retained_certificates_tenant_id"), "retained_certificates", ["tenant_id"], unique=False)
    protect("retained_copies")
    for table in GROW_ONLY:
        protect(table, rights="select, insert")
    rolled_up("retained_certificates")  # what an auditor reads: numbers, hashes and articles


def downgrade() -> None:
    for table in ("retained_certificates", "retained_changes", "retained_copies"):
        op.drop_table(table)
