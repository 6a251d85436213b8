"""Requests of persons about their own personal data."""

import sqlalchemy as sa
from alembic import op

from infra.rowsecurity import protect

revision = "0015"
down_revision: str | None = "0014"


def upgrade() -> None:
    op.create_table(
        "rights_requests",
        sa.Column("serial", sa.String(), nullable=False),
        sa.Column("right", sa.String(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("received_on", sa.Date(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("entered_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("entered_by", sa.Uuid(), nullable=False),
        sa.Column("person_name", sa.String(), nullable=False),
        sa.Column("relation", sa.String(), nullable=False),
        sa.Column("subject_name", sa.String(), nullable=False),
        sa.Column("contact", sa.String(), nullable=False),
        sa.Column("identity_seen", sa.String(), nullable=False),
        sa.Column("about", sa.String(), nullable=False),
        sa.Column("disclosure_id", sa.Uuid(), nullable=True),
        sa.Column("hold_id", sa.Uuid(), nullable=True),
        sa.Column("extended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("extended_by", sa.Uuid(), nullable=True),
        sa.Column("extension_reason", sa.String(), nullable=False),
        sa.Column("reviewed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("reviewed_by", sa.Uuid(), nullable=True),
        sa.Column("review_note", sa.String(), nullable=False),
        sa.Column("third_parties", sa.Boolean(), nullable=False),
        sa.Column("masking", sa.String(), nullable=False),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("answered_by", sa.Uuid(), nullable=True),
        sa.Column("answer", sa.String(), nullable=False),
        sa.Column("refusal_ground", sa.String(), nullable=False),
        sa.Column("reasons", sa.String(), nullable=False),
        sa.Column("carried_out_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("carried_out_by", sa.Uuid(), nullable=True),
        sa.Column("manner", sa.String(), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_by", sa.Uuid(), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.CheckConstraint(
            "state in ('received', 'reviewed', 'answered', 'closed', 'withdrawn')",
            name=op.f("ck_rights_requests_state"),
        ),
        sa.CheckConstraint("answer in ('', 'granted', 'partly', 'refused')", name=op.f("ck_rights_requests_answer")),
        sa.CheckConstraint(
            "(extended_at is null) = (extended_by is null)", name=op.f("ck_rights_requests_extended_pair")
        ),
        sa.CheckConstraint(
            "extended_at is null or extension_reason <> ''", name=op.f("ck_rights_requests_extended_because")
        ),
        sa.CheckConstraint(
            "(reviewed_at is null) = (reviewed_by is null)", name=op.f("ck_rights_requests_reviewed_pair")
        ),
        sa.CheckConstraint(
            "(answered_at is null) = (answered_by is null)", name=op.f("ck_rights_requests_answered_pair")
        ),
        sa.CheckConstraint("(answered_at is null) = (answer = '')", name=op.f("ck_rights_requests_answered_with")),
        sa.CheckConstraint("answer in ('', 'granted') or reasons <> ''", name=op.f("ck_rights_requests_reasoned")),
        sa.CheckConstraint(
            "answer not in ('partly', 'refused') or refusal_ground <> ''",
            name=op.f("ck_rights_requests_refused_by_law"),
        ),
        sa.CheckConstraint(
            "(carried_out_at is null) = (carried_out_by is null)", name=op.f("ck_rights_requests_carried_out_pair")
        ),
        sa.CheckConstraint("(ended_at is null) = (ended_by is null)", name=op.f("ck_rights_requests_ended_pair")),
        sa.CheckConstraint(
            "(ended_at is null) = (state not in ('closed', 'withdrawn'))", name=op.f("ck_rights_requests_ended")
        ),
        *(
            sa.ForeignKeyConstraint([name], ["users.id"], name=op.f(f"fk_rights_requests_{name}"))
            for name in ("entered_by", "extended_by", "reviewed_by", "answered_by", "carried_out_by", "ended_by")
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "disclosure_id"],
            ["disclosures.tenant_id", "disclosures.id"],
            name=op.f("fk_rights_requests_tenant_id_disclosure_id"),
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "hold_id"], ["holds.tenant_id", "holds.id"], name=op.f("fk_rights_requests_tenant_id_hold_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_rights_requests")),
        sa.UniqueConstraint("tenant_id", "serial", name=op.f("uq_rights_requests_tenant_id_serial")),
    )
    op.create_index(op.f("ix_rights_requests_tenant_id"), "rights_requests", ["tenant_id"], unique=False)
    protect("rights_requests")


def downgrade() -> None:
    op.drop_table("rights_requests")
