"""Faults with their cameras and history, labels, announced maintenance, targets, and the reasons of gaps."""

import sqlalchemy as sa
from alembic import op

from infra.rowsecurity import also_readable, protect

revision = "0057"
down_revision: str | None = "0056"

# The bureau's numbers bind every institution and are written by the bureau alone.
BY_BUREAU = """exists (select from tenants where kind = 'bureau'
    and id = nullif(current_setting('shouyuan.tenant_id', true), '')::uuid)"""
KINDS = (
    "kind in ('blocked', 'blurred', 'box_or_switch', 'clock', 'colourless', 'damage', 'dark', 'disk', 'host', 'key', "
    "'moved', 'not_recording', 'other', 'packets', 'picture', 'sound', 'still')"
)
HOW = "how in ('telemetry', 'nightly_look', 'inspection', 'person', 'qr')"
CODES = (
    "code in ('found', 'found_again', 'camera_added', 'back_to_normal', 'wrong_again', 'reported', 'assigned', "
    "'begun', 'noted', 'repaired', 'rechecked', 'not_repaired', 'settled', 'closed', 'cancelled')"
)
STEPS = ("handled", "reported", "begun", "repaired", "rechecked", "ended")
OWNED = (
    "faults",
    "fault_cameras",
    "fault_lines",
    "fault_escalations",
    "fault_labels",
    "maintenance_windows",
    "gap_settlements",
)
GROW_ONLY = ("fault_lines", "fault_escalations", "gap_settlements")


def upgrade() -> None:
    _faults()
    _of_faults()
    _targets()
    _labels()
    _maintenance()
    _settlements()
    for table in OWNED:
        if table != "fault_cameras":
            op.create_index(op.f(f"ix_{table}_tenant_id"), table, ["tenant_id"], unique=False)
        protect(table, **({"rights": "select, insert"} if table in GROW_ONLY else {}))
    protect("fault_targets", rights="select, insert", using=BY_BUREAU)
    also_readable("fault_targets", name="published", using="true")


def downgrade() -> None:
    op.drop_table("fault_targets")
    for table in reversed(OWNED):
        op.drop_table(table)


def _faults() -> None:
    op.create_table(
        "faults",
        *_uuids("id", "tenant_id", "site_id"),
        *_texts("serial", "kind", "state", "how", "unit", "cause", "manner", "end_reason"),
        sa.Column("whole_site", sa.Boolean(), nullable=False),
        *_moments("found_at", "opened_at", "assign_until", "report_until", "repair_until"),
        sa.Column("opened_by", sa.Uuid(), nullable=True),
        *_steps("faults", *STEPS),
        *(sa.Column(name, sa.Integer(), nullable=False) for name in ("recheck_days", "bureau_hours")),
        sa.ForeignKeyConstraint(["opened_by"], ["users.id"], name=op.f("fk_faults_opened_by")),
        _to("faults", "sites", "site_id"),
        sa.UniqueConstraint("tenant_id", "id", name=op.f("uq_faults_tenant_id_id")),
        sa.UniqueConstraint("tenant_id", "serial", name=op.f("uq_faults_tenant_id_serial")),
        *_checks(
            "faults",
            state="state in ('found', 'reported', 'in_work', 'repaired', 'rechecked', 'closed', 'cancelled')",
            kind=KINDS,
            how=HOW,
            ended="(ended_at is null) = (state not in ('closed', 'cancelled'))",
            two_persons="rechecked_by <> repaired_by",
            cancelled_because="state <> 'cancelled' or end_reason <> ''",
            found="found_at <= opened_at",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_faults")),
    )
    op.create_index(
        "uq_faults_open_of_site",
        "faults",
        ["tenant_id", "site_id", "kind"],
        unique=True,
        postgresql_where=sa.text("ended_at is null and whole_site"),
    )
    op.create_index(
        "ix_faults_open", "faults", ["tenant_id", "opened_at"], postgresql_where=sa.text("ended_at is null")
    )


def _of_faults() -> None:
    op.create_table(
        "fault_cameras",
        *_uuids("tenant_id", "fault_id", "camera_id"),
        *_texts("kind"),
        *_moments("found_at"),
        *_moments("normal_since", "ended_at", nullable=True),
        _to("fault_cameras", "faults", "fault_id"),
        _to("fault_cameras", "cameras", "camera_id"),
        *_checks("fault_cameras", kind=KINDS),
        sa.PrimaryKeyConstraint("tenant_id", "fault_id", "camera_id", "kind", name=op.f("pk_fault_cameras")),
    )
    op.create_index(
        "uq_fault_cameras_open",
        "fault_cameras",
        ["tenant_id", "camera_id", "kind"],
        unique=True,
        postgresql_where=sa.text("ended_at is null"),
    )
    op.create_table(
        "fault_lines",
        *_uuids("id", "tenant_id", "fault_id"),
        *(sa.Column(name, sa.Uuid(), nullable=True) for name in ("camera_id", "by")),
        *_moments("at"),
        *_texts("code", "how", "words"),
        _to("fault_lines", "faults", "fault_id"),
        _to("fault_lines", "cameras", "camera_id"),
        sa.ForeignKeyConstraint(["by"], ["users.id"], name=op.f("fk_fault_lines_by")),
        *_checks("fault_lines", code=CODES, how=HOW),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_fault_lines")),
    )
    op.create_index("ix_fault_lines_at", "fault_lines", ["tenant_id", "fault_id", "at"])
    op.create_table(
        "fault_escalations",
        *_uuids("id", "tenant_id", "fault_id"),
        *_texts("clock", "level"),
        *_moments("due_at", "raised_at"),
        _to("fault_escalations", "faults", "fault_id"),
        *_checks(
            "fault_escalations",
            clock="clock in ('assign', 'report', 'repair', 'recheck')",
            level="level in ('head', 'bureau')",
        ),
        sa.UniqueConstraint(
            "tenant_id",
            "fault_id",
            "clock",
            "level",
            "due_at",
            name=op.f("uq_fault_escalations_tenant_id_fault_id_clock_level_due_at"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_fault_escalations")),
    )


def _targets() -> None:
    op.create_table(
        "fault_targets",
        *_uuids("id"),
        *_created(),
        sa.Column("effective_from", sa.Date(), nullable=False),
        *(
            sa.Column(name, sa.Integer(), nullable=False)
            for name in ("assign_hours", "report_hours", "repair_days", "recheck_days", "bureau_hours")
        ),
        *_texts("document"),
        sa.Column("entered_by", sa.Uuid(), nullable=True),
        sa.UniqueConstraint("effective_from", name=op.f("uq_fault_targets_effective_from")),
        *_checks(
            "fault_targets",
            hours="assign_hours between 1 and 40 and report_hours between 1 and 40",
            days="repair_days between 1 and 30 and recheck_days between 1 and 30",
            bureau_hours="bureau_hours between 1 and 80",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_fault_targets")),
    )


def _labels() -> None:
    op.create_table(
        "fault_labels",
        *_uuids("id", "tenant_id", "camera_id"),
        *_texts("code"),
        *_acts("fault_labels", "made"),
        *_steps("fault_labels", "revoked"),
        _to("fault_labels", "cameras", "camera_id"),
        sa.UniqueConstraint("tenant_id", "code", name=op.f("uq_fault_labels_tenant_id_code")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_fault_labels")),
    )
    op.create_index(
        "uq_fault_labels_current",
        "fault_labels",
        ["tenant_id", "camera_id"],
        unique=True,
        postgresql_where=sa.text("revoked_at is null"),
    )


def _maintenance() -> None:
    op.create_table(
        "maintenance_windows",
        *_uuids("id", "tenant_id", "site_id"),
        sa.Column("camera_id", sa.Uuid(), nullable=True),
        *_moments("starts_at", "ends_at"),
        *_texts("reason"),
        *_acts("maintenance_windows", "announced"),
        *_steps("maintenance_windows", "withdrawn"),
        _to("maintenance_windows", "sites", "site_id"),
        _to("maintenance_windows", "cameras", "camera_id"),
        *_checks("maintenance_windows", span="ends_at > starts_at"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_maintenance_windows")),
    )


def _settlements() -> None:
    op.create_table(
        "gap_settlements",
        *_uuids("id", "tenant_id", "camera_id"),
        sa.Column("fault_id", sa.Uuid(), nullable=True),
        *_moments("started_at", "ended_at"),
        *_texts("reason", "words"),
        *_acts("gap_settlements", "settled"),
        _to("gap_settlements", "faults", "fault_id"),
        _to("gap_settlements", "cameras", "camera_id"),
        *_checks(
            "gap_settlements",
            reason="reason in ('power', 'network', 'equipment', 'planned', 'disaster', 'other')",
            span="ended_at > started_at",
            worded="words <> ''",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_gap_settlements")),
    )
    op.create_index("ix_gap_settlements_camera_time", "gap_settlements", ["tenant_id", "camera_id", "started_at"])


def _uuids(*names: str) -> list[sa.Column[object]]:
    return [sa.Column(name, sa.Uuid(), nullable=False) for name in names]


def _texts(*names: str) -> list[sa.Column[str]]:
    return [sa.Column(name, sa.String(), nullable=False) for name in names]


def _moments(*names: str, nullable: bool = False) -> list[sa.Column[object]]:
    return [sa.Column(name, sa.DateTime(timezone=True), nullable=nullable) for name in names]


def _created() -> list[sa.Column[object]]:
    return [sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False)]


def _acts(table: str, name: str) -> list[sa.schema.SchemaItem]:
    """When somebody did what made the row, and who."""
    return [
        *_moments(f"{name}_at"),
        *_uuids(f"{name}_by"),
        sa.ForeignKeyConstraint([f"{name}_by"], ["users.id"], name=op.f(f"fk_{table}_{name}_by")),
    ]


def _steps(table: str, *names: str) -> list[sa.schema.SchemaItem]:
    """Moments that may still lie ahead, each with its person."""
    return [
        item
        for name in names
        for item in (
            *_moments(f"{name}_at", nullable=True),
            sa.Column(f"{name}_by", sa.Uuid(), nullable=True),
            sa.ForeignKeyConstraint([f"{name}_by"], ["users.id"], name=op.f(f"fk_{table}_{name}_by")),
            *_checks(table, **{f"{name}_pair": f"({name}_at is null) = ({name}_by is null)"}),
        )
    ]


def _to(table: str, other: str, column: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(
        ["tenant_id", column], [f"{other}.tenant_id", f"{other}.id"], name=op.f(f"fk_{table}_tenant_id_{column}")
    )


def _checks(table: str, **rules: str) -> list[sa.CheckConstraint]:
    return [sa.CheckConstraint(rule, name=op.f(f"ck_{table}_{name}")) for name, rule in rules.items()]
