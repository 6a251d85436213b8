"""Opening hours: the bureau's calendar, and each site's own versions and days in place of one column."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from infra.rowsecurity import also_readable, protect

revision = "0050"
down_revision: str | None = "0049"

TEMPLATES, SPANS, HOURS, DAYS = "hours_templates", "calendar_spans", "site_hours", "site_days"
# As of rule_schedules: it binds every institution and is written by the bureau alone.
BY_BUREAU = """exists (select from tenants where kind = 'bureau'
    and id = nullif(current_setting('shouyuan.tenant_id', true), '')::uuid)"""
LIVING = sa.text("withdrawn_at is null")
DEFAULT = """'{"mon": [["07:30", "18:00"]], "tue": [["07:30", "18:00"]], "wed": [["07:30", "18:00"]],
    "thu": [["07:30", "18:00"]], "fri": [["07:30", "18:00"]]}'::jsonb"""
# What a school had said becomes its first version; the hours that nobody had said were the system's own.
MOVED = f"""insert into site_hours (id, tenant_id, site_id, effective_from, basis, weekly, care)
    select gen_random_uuid(), tenant_id, id, (created_at at time zone 'Asia/Taipei')::date, 'own', opening_hours, '[]'
    from sites where opening_hours not in ('{{}}'::jsonb, {DEFAULT})"""  # noqa: S608 - written above
MOVED_BACK = """update sites set opening_hours = newest.weekly
    from (select distinct on (site_id) site_id, weekly from site_hours
          where withdrawn_at is null and basis = 'own' order by site_id, effective_from desc) newest
    where newest.site_id = sites.id"""


def upgrade() -> None:
    op.create_table(
        TEMPLATES,
        sa.Column("effective_from", sa.Date(), nullable=False),
        sa.Column("weekly", postgresql.JSONB(), nullable=False),
        sa.Column("vacation", postgresql.JSONB(), nullable=True),
        sa.Column("document", sa.String(), nullable=False),
        *_entered(TEMPLATES),
    )
    op.create_table(
        SPANS,
        *(sa.Column(name, sa.String(), nullable=False) for name in ("kind", "name", "document", "note")),
        *(sa.Column(name, sa.Date(), nullable=False) for name in ("first_day", "last_day")),
        sa.Column("districts", postgresql.JSONB(), nullable=False),
        sa.Column("closed_from", sa.Time(), nullable=True),
        sa.Column("like_weekday", sa.Integer(), nullable=True),
        sa.Column("withdrawn_note", sa.String(), nullable=False),
        sa.CheckConstraint(
            "kind in ('closure', 'holiday', 'make_up', 'vacation')", name=op.f("ck_calendar_spans_kind")
        ),
        sa.CheckConstraint("first_day <= last_day", name=op.f("ck_calendar_spans_ordered")),
        sa.CheckConstraint(
            "(kind = 'make_up') = (like_weekday is not null)", name=op.f("ck_calendar_spans_like_weekday")
        ),
        sa.CheckConstraint(
            "kind = 'closure' or (closed_from is null and districts = '[]')", name=op.f("ck_calendar_spans_of_closures")
        ),
        *_entered(SPANS),
    )
    op.create_table(
        HOURS,
        *_of_site(HOURS),
        sa.Column("effective_from", sa.Date(), nullable=False),
        sa.Column("basis", sa.String(), nullable=False),
        sa.Column("weekly", postgresql.JSONB(), nullable=False),
        sa.Column("care", postgresql.JSONB(), nullable=False),
        sa.Column("vacation", postgresql.JSONB(), nullable=True),
        sa.CheckConstraint("basis in ('own', 'template')", name=op.f("ck_site_hours_basis")),
        *_entered(HOURS),
    )
    op.create_table(
        DAYS,
        *_of_site(DAYS),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("periods", postgresql.JSONB(), nullable=False),
        *(sa.Column(name, sa.String(), nullable=False) for name in ("reason", "notice", "note", "withdrawn_note")),
        sa.CheckConstraint("periods <> '[]' or notice <> ''", name=op.f("ck_site_days_notice")),
        *_entered(DAYS, optional=False),
    )
    _indexes()
    op.execute(MOVED)
    op.drop_column("sites", "opening_hours")
    for table in (TEMPLATES, SPANS):
        protect(table, using=BY_BUREAU)
        also_readable(table, name="published", using="true")
    for table in (HOURS, DAYS):
        protect(table)


def downgrade() -> None:
    op.add_column(
        "sites", sa.Column("opening_hours", postgresql.JSONB(), nullable=False, server_default=sa.text("'{}'"))
    )
    op.alter_column("sites", "opening_hours", server_default=None)
    for table in ("sites", HOURS):
        op.execute(f"alter table {table} no force row level security")
    op.execute(MOVED_BACK)
    op.execute("alter table sites force row level security")
    for table in (DAYS, HOURS, SPANS, TEMPLATES):
        op.drop_table(table)


def _of_site(table: str) -> tuple[sa.schema.SchemaItem, ...]:
    return (
        *(sa.Column(name, sa.Uuid(), nullable=False) for name in ("tenant_id", "site_id")),
        sa.ForeignKeyConstraint(
            ["tenant_id", "site_id"], ["sites.tenant_id", "sites.id"], name=op.f(f"fk_{table}_tenant_id_site_id")
        ),
    )


def _entered(table: str, *, optional: bool = True) -> tuple[sa.schema.SchemaItem, ...]:
    return (
        sa.Column("recorded_by", sa.Uuid(), nullable=optional),
        sa.Column("withdrawn_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("withdrawn_by", sa.Uuid(), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint("(withdrawn_at is null) = (withdrawn_by is null)", name=op.f(f"ck_{table}_withdrawn_pair")),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{table}")),
    )


def _indexes() -> None:
    days = ["tenant_id", "site_id", "day"]
    versions = ["tenant_id", "site_id", "effective_from"]
    op.create_index(
        "uq_hours_templates_effective_from", TEMPLATES, ["effective_from"], unique=True, postgresql_where=LIVING
    )
    op.create_index("ix_calendar_spans_days", SPANS, ["last_day", "first_day"], unique=False)
    op.create_index("uq_site_hours_site_id_effective_from", HOURS, versions, unique=True, postgresql_where=LIVING)
    op.create_index("uq_site_days_day", DAYS, days, unique=True, postgresql_where=LIVING)
    for table in (HOURS, DAYS):
        op.create_index(op.f(f"ix_{table}_tenant_id"), table, ["tenant_id"], unique=False)
