"""Inspections, maintenance, their marks and intervals, and the night's drills. All of it is only ever added to."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from infra.rowsecurity import also_readable, protect

revision = "0054"
down_revision: str | None = "0053"

CAPS, INTERVALS, INSPECTIONS, ANSWERS = (
    "inspection_caps",
    "inspection_intervals",
    "inspections",
    "inspection_answers",
)
MAINTENANCE, MARKS, DRILLS = "maintenance_entries", "upkeep_marks", "segment_drills"
# The cap binds every institution and is written by the bureau alone.
BY_BUREAU = """exists (select from tenants where kind = 'bureau'
    and id = nullif(current_setting('shouyuan.tenant_id', true), '')::uuid)"""


def upgrade() -> None:
    _intervals()
    _inspections()
    _maintenance()
    _marks()
    _drills()
    for table in (INTERVALS, INSPECTIONS, ANSWERS, MAINTENANCE, MARKS, DRILLS):
        op.create_index(op.f(f"ix_{table}_tenant_id"), table, ["tenant_id"], unique=False)
        protect(table, rights="select, insert")
    protect(CAPS, rights="select, insert", using=BY_BUREAU)
    also_readable(CAPS, name="published", using="true")


def downgrade() -> None:
    for table in (DRILLS, MARKS, MAINTENANCE, ANSWERS, INSPECTIONS, INTERVALS, CAPS):
        op.drop_table(table)


def _intervals() -> None:
    for table, owned in ((CAPS, ()), (INTERVALS, _owned(INTERVALS, site=True))):
        op.create_table(
            table,
            sa.Column("effective_from", sa.Date(), nullable=False),
            sa.Column("months", sa.SmallInteger(), nullable=False),
            sa.Column("decided_by", sa.Uuid(), nullable=False),
            *owned,
            *_made(table),
            sa.CheckConstraint("months between 1 and 12", name=op.f(f"ck_{table}_months")),
        )


def _inspections() -> None:
    texts = ("profile", "profile_version", "remark", "inspector_name", "firm", "late_reason")
    op.create_table(
        INSPECTIONS,
        *(sa.Column(name, sa.String(), nullable=False) for name in texts),
        *(sa.Column(name, sa.Boolean(), nullable=False) for name in ("host_ok", "devices_ok", "picture_ok")),
        *(sa.Column(name, sa.Uuid(), nullable=False) for name in ("inspector_id", "recorded_by")),
        sa.Column("inspected_on", sa.Date(), nullable=False),
        sa.Column("calibrations", postgresql.JSONB(), nullable=False),
        sa.Column("signed_at", sa.DateTime(timezone=True), nullable=False),
        *_owned(INSPECTIONS, site=True),
        *_made(INSPECTIONS),
        sa.UniqueConstraint("tenant_id", "id", name=op.f(f"uq_{INSPECTIONS}_tenant_id_id")),
        sa.CheckConstraint(
            "(host_ok and devices_ok and picture_ok) or remark <> ''", name=op.f(f"ck_{INSPECTIONS}_remarked")
        ),
        sa.CheckConstraint("inspector_name <> ''", name=op.f(f"ck_{INSPECTIONS}_signed")),
    )
    op.create_index("ix_inspections_day", INSPECTIONS, ["tenant_id", "site_id", "inspected_on"], unique=False)
    op.create_table(
        ANSWERS,
        sa.Column("question", sa.String(), nullable=False),
        sa.Column("answer", sa.Boolean(), nullable=False),
        sa.Column("proposed", sa.Boolean(), nullable=True),
        sa.Column("reasons", postgresql.JSONB(), nullable=False),
        sa.Column("inspection_id", sa.Uuid(), nullable=False),
        *(sa.Column(name, sa.Uuid(), nullable=True) for name in ("camera_id", "fault_id")),
        *_owned(ANSWERS),
        *_made(ANSWERS, stamped=False),
        _to(ANSWERS, "inspection_id", INSPECTIONS),
        _to(ANSWERS, "camera_id", "cameras"),
        sa.UniqueConstraint(
            "tenant_id",
            "inspection_id",
            "camera_id",
            "question",
            name=op.f(f"uq_{ANSWERS}_tenant_id_inspection_id_camera_id_question"),
            postgresql_nulls_not_distinct=True,
        ),
        _one_of(ANSWERS, "question", "host", "devices", "picture"),
    )


def _maintenance() -> None:
    texts = ("work", "way", "firm", "firm_people", "staff_name", "remark")
    op.create_table(
        MAINTENANCE,
        *(sa.Column(name, sa.String(), nullable=False) for name in texts),
        *(sa.Column(name, sa.Uuid(), nullable=False) for name in ("staff_id", "recorded_by")),
        *(sa.Column(name, sa.Uuid(), nullable=True) for name in ("camera_id", "device_id")),
        *(sa.Column(name, sa.DateTime(timezone=True), nullable=False) for name in ("began_at", "ended_at")),
        *_owned(MAINTENANCE, site=True),
        *_made(MAINTENANCE),
        _to(MAINTENANCE, "camera_id", "cameras"),
        _to(MAINTENANCE, "device_id", "edge_devices"),
        sa.UniqueConstraint("tenant_id", "id", name=op.f(f"uq_{MAINTENANCE}_tenant_id_id")),
        _one_of(MAINTENANCE, "work", "cleaning", "firmware", "disk_change", "other"),
        _one_of(MAINTENANCE, "way", "own", "visit", "remote"),
        sa.CheckConstraint("ended_at > began_at", name=op.f(f"ck_{MAINTENANCE}_span")),
        sa.CheckConstraint("staff_name <> ''", name=op.f(f"ck_{MAINTENANCE}_accompanied")),
        sa.CheckConstraint("way = 'own' or (firm <> '' and firm_people <> '')", name=op.f(f"ck_{MAINTENANCE}_named")),
    )
    op.create_index("ix_maintenance_entries_time", MAINTENANCE, ["tenant_id", "began_at"], unique=False)


def _marks() -> None:
    op.create_table(
        MARKS,
        *(sa.Column(name, sa.Uuid(), nullable=True) for name in ("inspection_id", "maintenance_id")),
        *(sa.Column(name, sa.String(), nullable=False) for name in ("kind", "reason", "person_name")),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        *_owned(MARKS),
        *_made(MARKS),
        _to(MARKS, "inspection_id", INSPECTIONS),
        _to(MARKS, "maintenance_id", MAINTENANCE),
        *(
            sa.UniqueConstraint("tenant_id", name, "kind", name=op.f(f"uq_{MARKS}_tenant_id_{name}_kind"))
            for name in ("inspection_id", "maintenance_id")
        ),
        _one_of(MARKS, "kind", "rechecked", "cancelled"),
        sa.CheckConstraint("(inspection_id is null) <> (maintenance_id is null)", name=op.f(f"ck_{MARKS}_one_record")),
        sa.CheckConstraint("kind = 'cancelled' or inspection_id is not null", name=op.f(f"ck_{MARKS}_rechecked")),
        sa.CheckConstraint("kind = 'rechecked' or reason <> ''", name=op.f(f"ck_{MARKS}_reasoned")),
    )


def _drills() -> None:
    op.create_table(
        DRILLS,
        sa.Column("civil_day", sa.Date(), nullable=False),
        sa.Column("drilled_at", sa.DateTime(timezone=True), nullable=False),
        *(sa.Column(name, sa.String(), nullable=False) for name in ("outcome", "cause")),
        *(sa.Column(name, sa.Uuid(), nullable=True) for name in ("camera_id", "segment_id")),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=True),
        *_owned(DRILLS, site=True),
        *_made(DRILLS, stamped=False),
        _to(DRILLS, "camera_id", "cameras"),
        sa.UniqueConstraint("tenant_id", "site_id", "civil_day", name=op.f(f"uq_{DRILLS}_tenant_id_site_id_civil_day")),
        _one_of(DRILLS, "outcome", "ok", "failed", "no_footage"),
        sa.CheckConstraint("(outcome = 'failed') = (cause <> '')", name=op.f(f"ck_{DRILLS}_cause")),
        sa.CheckConstraint("(outcome = 'no_footage') = (segment_id is null)", name=op.f(f"ck_{DRILLS}_segment")),
    )


def _owned(table: str, *, site: bool = False) -> tuple[sa.schema.SchemaItem, ...]:
    tenant = sa.Column("tenant_id", sa.Uuid(), nullable=False)
    if not site:
        return (tenant,)
    return (tenant, sa.Column("site_id", sa.Uuid(), nullable=False), _to(table, "site_id", "sites"))


def _made(table: str, *, stamped: bool = True) -> tuple[sa.schema.SchemaItem, ...]:
    when = sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False)
    made = (sa.Column("id", sa.Uuid(), nullable=False), sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{table}")))
    return (*made, when) if stamped else made


def _to(table: str, column: str, other: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(
        ["tenant_id", column], [f"{other}.tenant_id", f"{other}.id"], name=op.f(f"fk_{table}_tenant_id_{column}")
    )


def _one_of(table: str, column: str, *values: str) -> sa.CheckConstraint:
    listed = ", ".join(f"'{each}'" for each in values)
    return sa.CheckConstraint(f"{column} in ({listed})", name=op.f(f"ck_{table}_{column}"))
