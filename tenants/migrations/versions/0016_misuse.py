"""Cases of misuse or leakage, and what was done about them."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from infra.rowsecurity import protect

revision = "0016"
down_revision: str | None = "0015"


def upgrade() -> None:
    op.create_table(
        "misuse_cases",
        sa.Column("serial", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("discovered_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("discovered_by", sa.String(), nullable=False),
        sa.Column("reported_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("reported_by", sa.Uuid(), nullable=False),
        sa.Column("what", sa.String(), nullable=False),
        sa.Column("suspects", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("disclosure_id", sa.Uuid(), nullable=True),
        sa.Column("hold_id", sa.Uuid(), nullable=True),
        sa.Column("administrative", sa.String(), nullable=False),
        sa.Column("civil", sa.String(), nullable=False),
        sa.Column("criminal", sa.String(), nullable=False),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("closed_by", sa.Uuid(), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.CheckConstraint("state in ('open', 'closed')", name=op.f("ck_misuse_cases_state")),
        sa.CheckConstraint("kind in ('misuse', 'leak')", name=op.f("ck_misuse_cases_kind")),
        sa.CheckConstraint("discovered_at <= reported_at", name=op.f("ck_misuse_cases_discovered")),
        sa.CheckConstraint("(closed_at is null) = (closed_by is null)", name=op.f("ck_misuse_cases_closed_pair")),
        sa.CheckConstraint("(state = 'closed') = (closed_at is not null)", name=op.f("ck_misuse_cases_closed")),
        sa.CheckConstraint(
            "state <> 'closed' or (administrative <> '' and civil <> '' and criminal <> '')",
            name=op.f("ck_misuse_cases_closed_with"),
        ),
        sa.ForeignKeyConstraint(["reported_by"], ["users.id"], name=op.f("fk_misuse_cases_reported_by")),
        sa.ForeignKeyConstraint(["closed_by"], ["users.id"], name=op.f("fk_misuse_cases_closed_by")),
        sa.ForeignKeyConstraint(
            ["tenant_id", "disclosure_id"],
            ["disclosures.tenant_id", "disclosures.id"],
            name=op.f("fk_misuse_cases_tenant_id_disclosure_id"),
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "hold_id"], ["holds.tenant_id", "holds.id"], name=op.f("fk_misuse_cases_tenant_id_hold_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_misuse_cases")),
        sa.UniqueConstraint("tenant_id", "id", name=op.f("uq_misuse_cases_tenant_id_id")),
        sa.UniqueConstraint("tenant_id", "serial", name=op.f("uq_misuse_cases_tenant_id_serial")),
    )
    op.create_index(op.f("ix_misuse_cases_tenant_id"), "misuse_cases", ["tenant_id"], unique=False)
    op.create_table(
        "misuse_measures",
        sa.Column("misuse_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("words", sa.String(), nullable=False),
        sa.Column("document", sa.String(), nullable=False),
        sa.Column("noted_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("noted_by", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.CheckConstraint(
            "kind in ('inquiry', 'notified', 'ethics_office', 'police', 'other')", name=op.f("ck_misuse_measures_kind")
        ),
        sa.ForeignKeyConstraint(["noted_by"], ["users.id"], name=op.f("fk_misuse_measures_noted_by")),
        sa.ForeignKeyConstraint(
            ["tenant_id", "misuse_id"],
            ["misuse_cases.tenant_id", "misuse_cases.id"],
            name=op.f("fk_misuse_measures_tenant_id_misuse_id"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_misuse_measures")),
    )
    op.create_index("ix_misuse_measures_case", "misuse_measures", ["tenant_id", "misuse_id"], unique=False)
    op.create_index(op.f("ix_misuse_measures_tenant_id"), "misuse_measures", ["tenant_id"], unique=False)
    protect("misuse_cases")
    protect("misuse_measures", rights="select, insert")


def downgrade() -> None:
    op.drop_table("misuse_measures")
    op.drop_table("misuse_cases")
