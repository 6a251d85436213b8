"""Footage may come 15 days late, so that much less of its year is left for keeping it (ADR 0008)."""

from alembic import op

revision = "0076"
down_revision: str | None = "0075"

_COLUMNS = {"site_periods": "retention_days", "rule_schedules": "min_days"}


def upgrade() -> None:
    _at_most(346)


def downgrade() -> None:
    _at_most(351)


def _at_most(days: int) -> None:
    """Where somebody keeps more, the upgrade stops: whoever decided that must decide anew."""
    for table, column in _COLUMNS.items():
        name = op.f(f"ck_{table}_{column}")
        op.drop_constraint(name, table, type_="check")
        op.create_check_constraint(name, table, f"{column} between 14 and {days}")
