"""The keys of agencies, passphrases of hand-overs, and how a copy left or was taken back."""

import sqlalchemy as sa
from alembic import op

from infra.rowsecurity import AGENCY, protect

revision = "0018"
down_revision: str | None = "0017"

# The operator confirms a key of whichever agency.
BY_BUREAU = """exists (select from tenants where kind = 'bureau'
                       and id = nullif(current_setting('shouyuan.tenant_id', true), '')::uuid)"""
OF_THE_HANDOVER = ("sealed_to", "sealed_bytes", "revoked_at", "revoked_by", "revoke_reason")


def upgrade() -> None:
    op.create_table(
        "agency_keys",
        sa.Column("agency_id", sa.Uuid(), nullable=False),
        sa.Column("recipient", sa.String(), nullable=False),
        sa.Column("registered_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("registered_by", sa.Uuid(), nullable=False),
        sa.Column("confirmed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("confirmed_by", sa.Uuid(), nullable=True),
        sa.Column("revoked_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("revoked_by", sa.Uuid(), nullable=True),
        sa.Column("revoke_reason", sa.String(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.CheckConstraint("recipient like 'age1%'", name=op.f("ck_agency_keys_recipient")),
        sa.CheckConstraint(
            "(confirmed_at is null) = (confirmed_by is null)", name=op.f("ck_agency_keys_confirmed_pair")
        ),
        sa.CheckConstraint("confirmed_by <> registered_by", name=op.f("ck_agency_keys_confirmed_by_another")),
        sa.CheckConstraint("(revoked_at is null) = (revoked_by is null)", name=op.f("ck_agency_keys_revoked_pair")),
        sa.CheckConstraint("(revoked_at is null) = (revoke_reason = '')", name=op.f("ck_agency_keys_revoked_for")),
        sa.ForeignKeyConstraint(["agency_id"], ["agencies.id"], name=op.f("fk_agency_keys_agency_id")),
        sa.ForeignKeyConstraint(["registered_by"], ["users.id"], name=op.f("fk_agency_keys_registered_by")),
        sa.ForeignKeyConstraint(["confirmed_by"], ["users.id"], name=op.f("fk_agency_keys_confirmed_by")),
        sa.ForeignKeyConstraint(["revoked_by"], ["users.id"], name=op.f("fk_agency_keys_revoked_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_agency_keys")),
    )
    op.create_index(op.f("ix_agency_keys_agency_id"), "agency_keys", ["agency_id"], unique=False)
    op.create_index(
        "uq_agency_keys_waiting",
        "agency_keys",
        ["agency_id"],
        unique=True,
        postgresql_where=sa.text("confirmed_at is null and revoked_at is null"),
    )
    op.create_table(
        "handover_passphrases",
        sa.Column("disclosure_id", sa.Uuid(), nullable=False),
        sa.Column("wrapped_secret", sa.LargeBinary(), nullable=True),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("shown_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("shown_by", sa.Uuid(), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.CheckConstraint("(shown_at is null) = (shown_by is null)", name=op.f("ck_handover_passphrases_shown_pair")),
        sa.CheckConstraint(
            "shown_at is null or wrapped_secret is null", name=op.f("ck_handover_passphrases_shown_once")
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "disclosure_id"],
            ["disclosures.tenant_id", "disclosures.id"],
            name=op.f("fk_handover_passphrases_tenant_id_disclosure_id"),
        ),
        sa.ForeignKeyConstraint(["shown_by"], ["users.id"], name=op.f("fk_handover_passphrases_shown_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_handover_passphrases")),
    )
    op.create_index("ix_handover_passphrases_case", "handover_passphrases", ["tenant_id", "disclosure_id"])
    op.create_index(op.f("ix_handover_passphrases_tenant_id"), "handover_passphrases", ["tenant_id"], unique=False)
    protect("agency_keys", using=f"{AGENCY} or {BY_BUREAU}")
    protect("handover_passphrases")
    for name in ("sealed_to", "revoke_reason"):
        op.add_column("packages", sa.Column(name, sa.String(), nullable=False, server_default=""))
        op.alter_column("packages", name, server_default=None)
    op.add_column("packages", sa.Column("sealed_bytes", sa.BigInteger(), nullable=True))
    op.add_column("packages", sa.Column("revoked_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("packages", sa.Column("revoked_by", sa.Uuid(), nullable=True))
    op.create_foreign_key(op.f("fk_packages_revoked_by"), "packages", "users", ["revoked_by"], ["id"])
    op.create_check_constraint(
        op.f("ck_packages_revoked_pair"), "packages", "(revoked_at is null) = (revoked_by is null)"
    )
    op.create_check_constraint(op.f("ck_packages_revoked_for"), "packages", "revoked_at is null or revoke_reason <> ''")


def downgrade() -> None:
    for name in OF_THE_HANDOVER:
        op.drop_column("packages", name)
    op.drop_table("handover_passphrases")
    op.drop_table("agency_keys")
