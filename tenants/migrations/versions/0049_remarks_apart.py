"""A word to each of a camera's functions, in place of one to all four."""

import sqlalchemy as sa
from alembic import op

revision = "0049"
down_revision: str | None = "0048"

TABLE = "function_reviews"
FUNCTIONS = ("color_clear", "full_angle", "accurate_time", "audio")


def upgrade() -> None:
    for name in FUNCTIONS:
        op.add_column(TABLE, sa.Column(f"{name}_remark", sa.String(), nullable=False, server_default=""))
    # What was said of all goes to what it spoke of: the functions that were not met, else those that were looked at.
    # The owner's rows are behind row security as everybody's are, so it is lifted under the lock that lifting it takes.
    op.execute(f"alter table {TABLE} no force row level security")
    for name in FUNCTIONS:
        nothing_unmet = " and ".join(f"{other} <> 'unmet'" for other in FUNCTIONS)
        op.execute(
            f"update {TABLE} set {name}_remark = remark"  # noqa: S608 - names of this file
            f" where {name} = 'unmet' or ({name} <> 'not_assessed' and {nothing_unmet})"
        )
        op.alter_column(TABLE, f"{name}_remark", server_default=None)
    op.execute(f"alter table {TABLE} force row level security")
    op.drop_column(TABLE, "remark")


def downgrade() -> None:
    op.add_column(TABLE, sa.Column("remark", sa.String(), nullable=False, server_default=""))
    said = ", ".join(f"nullif({name}_remark, '')" for name in FUNCTIONS)
    op.execute(f"alter table {TABLE} no force row level security")
    op.execute(f"update {TABLE} set remark = concat_ws('；', {said})")  # noqa: S608 - names of this file
    op.execute(f"alter table {TABLE} force row level security")
    op.alter_column(TABLE, "remark", server_default=None)
    for name in FUNCTIONS:
        op.drop_column(TABLE, f"{name}_remark")
