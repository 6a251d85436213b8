"""The door of insiders: what their form says, and who signed it."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from infra.rowsecurity import protect

revision = "0011"
down_revision: str | None = "0010"


def upgrade() -> None:
    op.create_table(
        "insider_requests",
        sa.Column("panel_required", sa.Boolean(), nullable=False),
        sa.Column("applied_on", sa.Date(), nullable=False),
        sa.Column("applicant_class", sa.String(), nullable=False),
        sa.Column("applicant_name", sa.String(), nullable=False),
        sa.Column("relation", sa.String(), nullable=False),
        sa.Column("child_name", sa.String(), nullable=False),
        sa.Column("child_class", sa.String(), nullable=False),
        sa.Column("unit", sa.String(), nullable=False),
        sa.Column("title", sa.String(), nullable=False),
        sa.Column("phone", sa.String(), nullable=False),
        sa.Column("email", sa.String(), nullable=False),
        sa.Column("id_kind", sa.String(), nullable=False),
        sa.Column("id_masked", sa.String(), nullable=False),
        sa.Column("id_sealed", sa.LargeBinary(), nullable=False),
        sa.Column("id_search", sa.String(), nullable=False),
        sa.Column("ground", sa.String(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("incident_from", sa.DateTime(timezone=True), nullable=True),
        sa.Column("incident_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("acknowledged", sa.String(), nullable=False),
        sa.Column("paper_number", sa.String(), nullable=False),
        sa.Column("sealed", sa.Boolean(), nullable=False),
        sa.Column("eligibility", sa.String(), nullable=False),
        sa.Column("eligibility_note", sa.String(), nullable=False),
        sa.Column("excluded", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("conflict_note", sa.String(), nullable=False),
        sa.Column("refusal", sa.String(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.CheckConstraint(
            "eligibility in ('unchecked', 'eligible', 'accepted', 'ineligible')",
            name=op.f("ck_insider_requests_eligibility"),
        ),
        sa.CheckConstraint(
            "eligibility <> 'accepted' or eligibility_note <> ''", name=op.f("ck_insider_requests_accepted_because")
        ),
        sa.CheckConstraint(
            "(incident_from is null) = (incident_until is null)", name=op.f("ck_insider_requests_incident_pair")
        ),
        sa.CheckConstraint("incident_until > incident_from", name=op.f("ck_insider_requests_incident")),
        sa.ForeignKeyConstraint(
            ["tenant_id", "id"],
            ["disclosures.tenant_id", "disclosures.id"],
            name=op.f("fk_insider_requests_tenant_id_id"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_insider_requests")),
    )
    op.create_index("ix_insider_requests_search", "insider_requests", ["tenant_id", "id_search"], unique=False)
    op.create_index(op.f("ix_insider_requests_tenant_id"), "insider_requests", ["tenant_id"], unique=False)
    op.create_table(
        "signatures",
        sa.Column("disclosure_id", sa.Uuid(), nullable=False),
        sa.Column("box", sa.String(), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=True),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("title", sa.String(), nullable=False),
        sa.Column("acting", sa.String(), nullable=False),
        sa.Column("signed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("voided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.CheckConstraint("acting in ('', '代', '代為決行', '兼任')", name=op.f("ck_signatures_acting")),
        sa.CheckConstraint(
            "box in ('applicant', 'cctv_handler', 'office_head', 'head')", name=op.f("ck_signatures_box")
        ),
        sa.CheckConstraint("box = 'applicant' or user_id is not null", name=op.f("ck_signatures_signed_in")),
        sa.ForeignKeyConstraint(
            ["tenant_id", "disclosure_id"],
            ["disclosures.tenant_id", "disclosures.id"],
            name=op.f("fk_signatures_tenant_id_disclosure_id"),
        ),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_signatures_user_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_signatures")),
    )
    op.create_index(op.f("ix_signatures_tenant_id"), "signatures", ["tenant_id"], unique=False)
    op.create_index(
        "uq_signatures_box",
        "signatures",
        ["tenant_id", "disclosure_id", "box"],
        unique=True,
        postgresql_where=sa.text("voided_at is null"),
    )
    for table in ("insider_requests", "signatures"):
        protect(table)


def downgrade() -> None:
    op.drop_table("signatures")
    op.drop_table("insider_requests")
