"""A kind of fault: a camera that is set otherwise than it was approved."""

from alembic import op

revision = "0071"
down_revision: str | None = "0070"

_TABLES = ("faults", "fault_cameras")
_BEFORE = (
    "'blocked', 'blurred', 'box_or_switch', 'clock', 'colourless', 'damage', 'dark', 'disk', 'host', 'key', "
    "'moved', 'not_recording', 'other', 'packets', 'picture', 'sound', 'still'"
)


def upgrade() -> None:
    _limit(_BEFORE.replace("'picture'", "'picture', 'settings'"))


def downgrade() -> None:
    """Faults of the new kind stay, under the name for what has none."""
    for table in _TABLES:
        op.execute(f"alter table {table} no force row level security")
        op.execute(f"update {table} set kind = 'other' where kind = 'settings'")  # noqa: S608 - two names of our own
        op.execute(f"alter table {table} force row level security")
    _limit(_BEFORE)


def _limit(kinds: str) -> None:
    for table in _TABLES:
        name = op.f(f"ck_{table}_kind")
        op.drop_constraint(name, table, type_="check")
        op.create_check_constraint(name, table, f"kind in ({kinds})")
