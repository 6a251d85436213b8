"""What a box says of its disk, and when and how fast a site sends what it recorded."""

import sqlalchemy as sa
from alembic import op

revision = "0038"
down_revision: str | None = "0037"


def upgrade() -> None:
    op.add_column("sites", sa.Column("sending_kilobits", sa.Integer(), nullable=True))
    op.add_column("sites", sa.Column("sending_closed_from", sa.Time(), nullable=True))
    op.add_column("sites", sa.Column("sending_closed_until", sa.Time(), nullable=True))
    op.add_column("sites", sa.Column("newest_first", sa.Boolean(), nullable=False, server_default="false"))
    op.alter_column("sites", "newest_first", server_default=None)
    op.create_check_constraint(op.f("ck_sites_sending_kilobits"), "sites", "sending_kilobits > 0")
    op.create_check_constraint(
        op.f("ck_sites_sending_closed"), "sites", "(sending_closed_from is null) = (sending_closed_until is null)"
    )
    op.add_column("edge_devices", sa.Column("disk_hours_left", sa.Integer(), nullable=True))
    op.add_column("edge_devices", sa.Column("disk_hours", sa.Integer(), nullable=True))
    for name in ("disk_fault", "sending"):
        op.add_column("edge_devices", sa.Column(name, sa.String(), nullable=False, server_default=""))
        op.alter_column("edge_devices", name, server_default=None)


def downgrade() -> None:
    for name in ("sending", "disk_fault", "disk_hours", "disk_hours_left"):
        op.drop_column("edge_devices", name)
    op.drop_constraint(op.f("ck_sites_sending_closed"), "sites")
    op.drop_constraint(op.f("ck_sites_sending_kilobits"), "sites")
    for name in ("newest_first", "sending_closed_until", "sending_closed_from", "sending_kilobits"):
        op.drop_column("sites", name)
