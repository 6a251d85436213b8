"""A nightly check's clock by the convention of all others: what must be added to it, positive where it is slow."""

from alembic import op

from infra.db import OWNER_ROLE

revision = "0058"
down_revision: str | None = "0057"


def upgrade() -> None:
    _negate()


def downgrade() -> None:
    _negate()


def _negate() -> None:
    """Rows of every institution, which no policy lets anybody reach but this once."""
    op.execute(f"create policy camera_checks_signed on camera_checks to {OWNER_ROLE} using (true) with check (true)")
    op.execute("update camera_checks set clock_offset_ms = -clock_offset_ms where clock_offset_ms is not null")
    op.execute("drop policy camera_checks_signed on camera_checks")
