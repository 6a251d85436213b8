"""Disclosures, readable by the asking agency too; the register can only be added to."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from infra.rowsecurity import AGENCY, also_readable, protect

revision = "0006"
down_revision: str | None = "0005"

# What an agency asked for lies in the table of its door.
_ASKED = f"exists (select from official_requests r where r.id = disclosures.id and r.{AGENCY})"


def upgrade() -> None:
    op.create_table(
        "disclosures",
        sa.Column("door", sa.String(), nullable=False),
        sa.Column("site_id", sa.Uuid(), nullable=False),
        sa.Column("serial", sa.String(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("profile", sa.String(), nullable=False),
        sa.Column("profile_version", sa.String(), nullable=False),
        sa.Column("filed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("filed_by", sa.Uuid(), nullable=True),
        sa.Column("hold_id", sa.Uuid(), nullable=True),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("decided_by", sa.Uuid(), nullable=True),
        sa.Column("decision_reasons", sa.String(), nullable=False),
        sa.Column("returned_note", sa.String(), nullable=False),
        sa.Column("replied_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("replied_by", sa.Uuid(), nullable=True),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("closed_by", sa.Uuid(), nullable=True),
        sa.Column("untold", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.CheckConstraint(
            "state <> 'closed' or replied_at is not null", name=op.f("ck_disclosures_closed_after_reply")
        ),
        sa.CheckConstraint("(closed_at is null) = (closed_by is null)", name=op.f("ck_disclosures_closed_pair")),
        sa.CheckConstraint("(decided_at is null) = (decided_by is null)", name=op.f("ck_disclosures_decided_pair")),
        sa.CheckConstraint("(replied_at is null) = (replied_by is null)", name=op.f("ck_disclosures_replied_pair")),
        sa.CheckConstraint("door = 'insider' or filed_by is not null", name=op.f("ck_disclosures_filed_by")),
        sa.CheckConstraint("door in ('official', 'insider')", name=op.f("ck_disclosures_door")),
        sa.CheckConstraint(
            "state in ('submitted', 'returned', 'resolved', 'approved', 'partially_approved', 'refused', 'exported', "
            "'viewed', 'closed', 'withdrawn')",
            name=op.f("ck_disclosures_state"),
        ),
        sa.ForeignKeyConstraint(["closed_by"], ["users.id"], name=op.f("fk_disclosures_closed_by")),
        sa.ForeignKeyConstraint(["decided_by"], ["users.id"], name=op.f("fk_disclosures_decided_by")),
        sa.ForeignKeyConstraint(["filed_by"], ["users.id"], name=op.f("fk_disclosures_filed_by")),
        sa.ForeignKeyConstraint(["replied_by"], ["users.id"], name=op.f("fk_disclosures_replied_by")),
        sa.ForeignKeyConstraint(
            ["tenant_id", "hold_id"], ["holds.tenant_id", "holds.id"], name=op.f("fk_disclosures_tenant_id_hold_id")
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "site_id"], ["sites.tenant_id", "sites.id"], name=op.f("fk_disclosures_tenant_id_site_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_disclosures")),
        sa.UniqueConstraint("tenant_id", "id", name=op.f("uq_disclosures_tenant_id_id")),
        sa.UniqueConstraint("tenant_id", "serial", name=op.f("uq_disclosures_tenant_id_serial")),
    )
    op.create_index(op.f("ix_disclosures_tenant_id"), "disclosures", ["tenant_id"], unique=False)
    op.create_table(
        "official_requests",
        sa.Column("agency_id", sa.Uuid(), nullable=False),
        sa.Column("officer_name", sa.String(), nullable=False),
        sa.Column("officer_title", sa.String(), nullable=False),
        sa.Column("officer_phone", sa.String(), nullable=False),
        sa.Column("document_number", sa.String(), nullable=False),
        sa.Column("folded_number", sa.String(), nullable=False),
        sa.Column("document_date", sa.Date(), nullable=False),
        sa.Column("urgency", sa.String(), nullable=False),
        sa.Column("classification", sa.String(), nullable=False),
        sa.Column("subject", sa.String(), nullable=False),
        sa.Column("duty", sa.String(), nullable=False),
        sa.Column("legal_basis", sa.String(), nullable=True),
        sa.Column("purpose", sa.String(), nullable=True),
        sa.Column("scope", sa.String(), nullable=True),
        sa.Column("intended_use", sa.String(), nullable=True),
        sa.Column("wants_copy", sa.Boolean(), nullable=False),
        sa.Column("copy_necessity", sa.String(), nullable=False),
        sa.Column("copy_approved", sa.Boolean(), nullable=False),
        sa.Column("escort_id", sa.Uuid(), nullable=True),
        sa.Column("returned_for", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("reply_number", sa.String(), nullable=False),
        sa.Column("reply_date", sa.Date(), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["agency_id"], ["agencies.id"], name=op.f("fk_official_requests_agency_id")),
        sa.ForeignKeyConstraint(["escort_id"], ["users.id"], name=op.f("fk_official_requests_escort_id")),
        sa.ForeignKeyConstraint(
            ["tenant_id", "id"],
            ["disclosures.tenant_id", "disclosures.id"],
            name=op.f("fk_official_requests_tenant_id_id"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_official_requests")),
    )
    op.create_index(op.f("ix_official_requests_agency_id"), "official_requests", ["agency_id"], unique=False)
    op.create_index("ix_official_requests_number", "official_requests", ["agency_id", "folded_number"], unique=False)
    op.create_index(op.f("ix_official_requests_tenant_id"), "official_requests", ["tenant_id"], unique=False)
    op.create_table(
        "disclosure_windows",
        sa.Column("disclosure_id", sa.Uuid(), nullable=False),
        sa.Column("agency_id", sa.Uuid(), nullable=True),
        sa.Column("camera_id", sa.Uuid(), nullable=False),
        sa.Column("camera_name", sa.String(), nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("approved_from", sa.DateTime(timezone=True), nullable=True),
        sa.Column("approved_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.CheckConstraint(
            "(approved_from is null) = (approved_until is null)", name=op.f("ck_disclosure_windows_approved_pair")
        ),
        sa.CheckConstraint(
            "approved_from >= started_at and approved_until <= ended_at and approved_until > approved_from",
            name=op.f("ck_disclosure_windows_approved_inside"),
        ),
        sa.CheckConstraint("ended_at > started_at", name=op.f("ck_disclosure_windows_span")),
        sa.ForeignKeyConstraint(
            ["tenant_id", "camera_id"],
            ["cameras.tenant_id", "cameras.id"],
            name=op.f("fk_disclosure_windows_tenant_id_camera_id"),
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "disclosure_id"],
            ["disclosures.tenant_id", "disclosures.id"],
            name=op.f("fk_disclosure_windows_tenant_id_disclosure_id"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_disclosure_windows")),
    )
    op.create_index("ix_disclosure_windows_case", "disclosure_windows", ["tenant_id", "disclosure_id"], unique=False)
    op.create_index(op.f("ix_disclosure_windows_tenant_id"), "disclosure_windows", ["tenant_id"], unique=False)
    op.create_table(
        "letters",
        sa.Column("disclosure_id", sa.Uuid(), nullable=False),
        sa.Column("agency_id", sa.Uuid(), nullable=False),
        sa.Column("file_name", sa.String(), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("pages", sa.Integer(), nullable=False),
        sa.Column("sha256", sa.String(), nullable=False),
        sa.Column("uploaded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("uploaded_by", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["tenant_id", "disclosure_id"],
            ["disclosures.tenant_id", "disclosures.id"],
            name=op.f("fk_letters_tenant_id_disclosure_id"),
        ),
        sa.ForeignKeyConstraint(["uploaded_by"], ["users.id"], name=op.f("fk_letters_uploaded_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_letters")),
    )
    op.create_index("ix_letters_case", "letters", ["tenant_id", "disclosure_id"], unique=False)
    op.create_index(op.f("ix_letters_tenant_id"), "letters", ["tenant_id"], unique=False)
    op.create_table(
        "packages",
        sa.Column("disclosure_id", sa.Uuid(), nullable=False),
        sa.Column("agency_id", sa.Uuid(), nullable=True),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("ordered_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("built_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("size", sa.BigInteger(), nullable=True),
        sa.Column("sha256", sa.String(), nullable=False),
        sa.Column("parts", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("manifest", sa.String(), nullable=False),
        sa.Column("recipient", sa.String(), nullable=False),
        sa.Column("wrapped_secret", sa.LargeBinary(), nullable=True),
        sa.Column("link_hash", sa.String(), nullable=False),
        sa.Column("link_for", sa.Uuid(), nullable=True),
        sa.Column("link_expires_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("collected_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("collected_by", sa.Uuid(), nullable=True),
        sa.Column("collected_address", sa.String(), nullable=False),
        sa.Column("receipt_version", sa.String(), nullable=False),
        sa.Column("sent_bytes", sa.BigInteger(), nullable=True),
        sa.Column("reopening_asked_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("reopening_asked_why", sa.String(), nullable=False),
        sa.Column("reopened_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("reopened_by", sa.Uuid(), nullable=True),
        sa.Column("reopen_reason", sa.String(), nullable=False),
        sa.Column("destroyed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.CheckConstraint("state in ('pending', 'ready', 'lacking')", name=op.f("ck_packages_state")),
        sa.CheckConstraint("(collected_at is null) = (collected_by is null)", name=op.f("ck_packages_collected_pair")),
        sa.CheckConstraint(
            "reopening_asked_at is null or reopening_asked_why <> ''", name=op.f("ck_packages_reopening_asked_for")
        ),
        sa.CheckConstraint("(reopened_at is null) = (reopened_by is null)", name=op.f("ck_packages_reopened_pair")),
        sa.CheckConstraint("reopened_at is null or reopen_reason <> ''", name=op.f("ck_packages_reopened_for")),
        sa.CheckConstraint("destroyed_at is null or wrapped_secret is null", name=op.f("ck_packages_destroyed_pair")),
        sa.ForeignKeyConstraint(["collected_by"], ["users.id"], name=op.f("fk_packages_collected_by")),
        sa.ForeignKeyConstraint(["link_for"], ["users.id"], name=op.f("fk_packages_link_for")),
        sa.ForeignKeyConstraint(["reopened_by"], ["users.id"], name=op.f("fk_packages_reopened_by")),
        sa.ForeignKeyConstraint(
            ["tenant_id", "disclosure_id"],
            ["disclosures.tenant_id", "disclosures.id"],
            name=op.f("fk_packages_tenant_id_disclosure_id"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_packages")),
        sa.UniqueConstraint("tenant_id", "disclosure_id", name=op.f("uq_packages_tenant_id_disclosure_id")),
    )
    op.create_index(op.f("ix_packages_tenant_id"), "packages", ["tenant_id"], unique=False)
    op.create_table(
        "register_entries",
        sa.Column("disclosure_id", sa.Uuid(), nullable=False),
        sa.Column("roc_year", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("accessed_from", sa.DateTime(timezone=True), nullable=False),
        sa.Column("accessed_until", sa.DateTime(timezone=True), nullable=False),
        sa.Column("accessor_name", sa.String(), nullable=False),
        sa.Column("accessor_unit", sa.String(), nullable=False),
        sa.Column("accessor_title", sa.String(), nullable=False),
        sa.Column("content", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("summary", sa.String(), nullable=False),
        sa.Column("operator_name", sa.String(), nullable=False),
        sa.Column("viewed", sa.Boolean(), nullable=False),
        sa.Column("copied", sa.Boolean(), nullable=False),
        sa.Column("entered_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.CheckConstraint("accessor_title <> ''", name=op.f("ck_register_entries_title")),
        sa.CheckConstraint("viewed or copied", name=op.f("ck_register_entries_handling")),
        sa.ForeignKeyConstraint(
            ["tenant_id", "disclosure_id"],
            ["disclosures.tenant_id", "disclosures.id"],
            name=op.f("fk_register_entries_tenant_id_disclosure_id"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_register_entries")),
        sa.UniqueConstraint(
            "tenant_id", "roc_year", "number", name=op.f("uq_register_entries_tenant_id_roc_year_number")
        ),
    )
    op.create_index(op.f("ix_register_entries_tenant_id"), "register_entries", ["tenant_id"], unique=False)
    for table in ("official_requests", "disclosure_windows", "letters", "packages"):
        protect(table)
        also_readable(table, name="agency", using=AGENCY)
    protect("disclosures")
    also_readable("disclosures", name="agency", using=_ASKED)
    protect("register_entries", rights="select, insert")


def downgrade() -> None:
    op.drop_index(op.f("ix_register_entries_tenant_id"), table_name="register_entries")
    op.drop_table("register_entries")
    op.drop_index(op.f("ix_packages_tenant_id"), table_name="packages")
    op.drop_table("packages")
    op.drop_index(op.f("ix_letters_tenant_id"), table_name="letters")
    op.drop_index("ix_letters_case", table_name="letters")
    op.drop_table("letters")
    op.drop_index(op.f("ix_disclosure_windows_tenant_id"), table_name="disclosure_windows")
    op.drop_index("ix_disclosure_windows_case", table_name="disclosure_windows")
    op.drop_table("disclosure_windows")
    op.drop_index(op.f("ix_official_requests_tenant_id"), table_name="official_requests")
    op.drop_index("ix_official_requests_number", table_name="official_requests")
    op.drop_index(op.f("ix_official_requests_agency_id"), table_name="official_requests")
    op.execute("drop policy disclosures_agency on disclosures")
    op.drop_table("official_requests")
    op.drop_index(op.f("ix_disclosures_tenant_id"), table_name="disclosures")
    op.drop_table("disclosures")
