"""The certificates with which institutions sign what leaves, and what a package's paper of custody says of itself."""

import sqlalchemy as sa
from alembic import op

from infra.rowsecurity import protect

revision = "0019"
down_revision: str | None = "0018"


def upgrade() -> None:
    op.create_table(
        "signing_certificates",
        sa.Column("certificate", sa.LargeBinary(), nullable=False),
        sa.Column("fingerprint", sa.String(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ends_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("wrapped_secret", sa.LargeBinary(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.CheckConstraint("ends_at > made_at", name=op.f("ck_signing_certificates_span")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_signing_certificates")),
        sa.UniqueConstraint("fingerprint", name=op.f("uq_signing_certificates_fingerprint")),
    )
    op.create_index(op.f("ix_signing_certificates_tenant_id"), "signing_certificates", ["tenant_id"], unique=False)
    protect("signing_certificates")
    op.add_column("packages", sa.Column("certificate_fingerprint", sa.String(), server_default="", nullable=False))
    op.add_column("packages", sa.Column("chain_seq", sa.BigInteger(), nullable=True))
    op.add_column("packages", sa.Column("chain_hash", sa.String(), server_default="", nullable=False))
    op.add_column("packages", sa.Column("stamped_at", sa.DateTime(timezone=True), nullable=True))
    op.create_check_constraint(op.f("ck_packages_chain_pair"), "packages", "(chain_seq is null) = (chain_hash = '')")
    # Rows that are there have none; those to come say so themselves.
    op.alter_column("packages", "certificate_fingerprint", server_default=None)
    op.alter_column("packages", "chain_hash", server_default=None)


def downgrade() -> None:
    op.drop_constraint(op.f("ck_packages_chain_pair"), "packages")
    for column in ("stamped_at", "chain_hash", "chain_seq", "certificate_fingerprint"):
        op.drop_column("packages", column)
    op.drop_table("signing_certificates")
