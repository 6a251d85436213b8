"""What outlives the index, what a sweep of the store found, and the functions that drop the index by days and classes.

They count over all institutions and change tables, and so are the owner role's (infra/decisions/0013).
"""

import sqlalchemy as sa
from alembic import op

from infra.db import APP_ROLE
from infra.rowsecurity import counted_by_owner, protect

revision = "0008"
down_revision: str | None = "0007"

# What no institution can answer for itself, and so the owner role counts over all of them: whether anybody still has a
# key of this day and class, or rows whose destruction nobody certified. Unknown is no: an institution with rows and
# without a certificate, an empty table of keys, or a lost one of destructions leaves the partition where it is.
IS_OVER = """
create function segment_partition_is_over(day date, days integer) returns boolean
language plpgsql stable security definer set search_path = public, pg_temp as $$
declare
    of uuid;
begin
    if not exists (select from destructions d
                   where d.civil_day = day and d.retention_days = days and d.state = 'certified')
       or exists (select from day_keys k where k.civil_day = day and k.retention_days = days
                  and (k.destroyed_at is null or not exists (
                      select from destructions d where d.tenant_id = k.tenant_id and d.civil_day = day
                      and d.retention_days = days and d.state = 'certified')))
    then return false; end if;
    -- One probe of the primary key for each institution, however many minutes it has.
    select s.tenant_id into of from segments s where s.civil_day = day and s.retention_days = days
        order by s.tenant_id limit 1;
    while of is not null loop
        if not exists (select from destructions d where d.tenant_id = of and d.civil_day = day
                       and d.retention_days = days and d.state = 'certified')
        then return false; end if;
        select (select s.tenant_id from segments s where s.civil_day = day and s.retention_days = days
                and s.tenant_id > of order by s.tenant_id limit 1) into of;
    end loop;
    return true;
end $$
"""
# The lock is waited for briefly: behind a waiting drop every reader of that day would queue. The job comes again.
DROP_PARTITION = """
create function drop_segment_partition(day date, days integer) returns boolean
language plpgsql security definer set search_path = public, pg_temp set lock_timeout = '2s' as $$
declare
    whole text := 'segments_' || to_char(day, 'YYYYMMDD');
    part text := whole || '_d' || days;
begin
    if to_regclass(part) is null then return false; end if;
    perform pg_advisory_xact_lock(hashtext(whole));
    if to_regclass(part) is null then return false; end if;
    execute format('lock table %I in access exclusive mode', part);
    if not segment_partition_is_over(day, days) then return false; end if;
    execute format('drop table %I', part);
    if not exists (select from pg_inherits where inhparent = to_regclass(whole)) then
        execute format('drop table %I', whole);
    end if;
    return true;
end $$
"""
DROPPABLE = """
create function droppable_segment_partitions() returns table (civil_day date, retention_days integer)
language sql stable security definer set search_path = public, pg_temp as $$
    select p.day, p.days
    from pg_inherits whole join pg_inherits part on part.inhparent = whole.inhrelid
         join pg_class c on c.oid = part.inhrelid,
         lateral (select to_date(substr(c.relname, 10, 8), 'YYYYMMDD') as day, substr(c.relname, 20)::integer as days) p
    where whole.inhparent = 'segments'::regclass
      and segment_partition_is_over(p.day, p.days)
    order by 1, 2
$$
"""
FUNCTIONS = {
    "segment_partition_is_over(date, integer)": IS_OVER,
    "drop_segment_partition(date, integer)": DROP_PARTITION,
    "droppable_segment_partitions()": DROPPABLE,
}
# Called by the others only.
INNER = frozenset({"segment_partition_is_over(date, integer)"})
COUNTED = ("day_keys", "destructions", "segments")


def upgrade() -> None:
    op.create_table(
        "filmed_days",
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("civil_day", sa.Date(), nullable=False),
        sa.Column("retention_days", sa.Integer(), nullable=False),
        sa.Column("camera_id", sa.Uuid(), nullable=False),
        sa.Column("site_id", sa.Uuid(), nullable=False),
        sa.Column("segments", sa.Integer(), nullable=False),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["tenant_id", "camera_id"],
            ["cameras.tenant_id", "cameras.id"],
            name=op.f("fk_filmed_days_tenant_id_camera_id"),
        ),
        sa.PrimaryKeyConstraint("tenant_id", "civil_day", "retention_days", "camera_id", name=op.f("pk_filmed_days")),
    )
    op.create_table(
        "quarantined_objects",
        sa.Column("area", sa.String(), nullable=False),
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("form", sa.String(), nullable=False),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.Column("md5", sa.String(), nullable=False),
        sa.Column("modified_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("found_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("seen_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("proposed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("proposed_by", sa.Uuid(), nullable=True),
        sa.Column("approved_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("approved_by", sa.Uuid(), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.CheckConstraint(
            "state in ('approved', 'claimed', 'destroyed', 'gone', 'proposed', 'quarantined')",
            name=op.f("ck_quarantined_objects_state"),
        ),
        sa.CheckConstraint(
            "form in ('marker', 'object', 'upload', 'version')", name=op.f("ck_quarantined_objects_form")
        ),
        sa.CheckConstraint(
            "(proposed_at is null) = (proposed_by is null)", name=op.f("ck_quarantined_objects_proposed_pair")
        ),
        sa.CheckConstraint(
            "(approved_at is null) = (approved_by is null)", name=op.f("ck_quarantined_objects_approved_pair")
        ),
        sa.CheckConstraint("approved_by <> proposed_by", name=op.f("ck_quarantined_objects_two_persons")),
        sa.CheckConstraint(
            "state <> 'destroyed' or approved_by is not null", name=op.f("ck_quarantined_objects_destroyed_by_two")
        ),
        sa.CheckConstraint(
            "(ended_at is null) = (state not in ('claimed', 'destroyed', 'gone'))",
            name=op.f("ck_quarantined_objects_ended_pair"),
        ),
        sa.ForeignKeyConstraint(["tenant_id"], ["tenants.id"], name=op.f("fk_quarantined_objects_tenant_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_quarantined_objects")),
        sa.UniqueConstraint("tenant_id", "key", "form", name=op.f("uq_quarantined_objects_tenant_id_key_form")),
    )
    op.create_index("ix_quarantined_objects_area", "quarantined_objects", ["tenant_id", "area"], unique=False)
    op.create_index(op.f("ix_quarantined_objects_tenant_id"), "quarantined_objects", ["tenant_id"], unique=False)
    op.create_table(
        "swept_areas",
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("area", sa.String(), nullable=False),
        sa.Column("swept_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("objects", sa.Integer(), nullable=False),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.Column("strays", sa.Integer(), nullable=False),
        sa.Column("missing", sa.Integer(), nullable=False),
        sa.Column("differing", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["tenant_id"], ["tenants.id"], name=op.f("fk_swept_areas_tenant_id")),
        sa.PrimaryKeyConstraint("tenant_id", "area", name=op.f("pk_swept_areas")),
    )
    for table in ("filmed_days", "quarantined_objects", "swept_areas"):
        protect(table)
    for table in COUNTED:
        counted_by_owner(table)
    for name, text in FUNCTIONS.items():
        op.execute(text)
        op.execute(f"revoke all on function {name} from public")
        if name not in INNER:
            op.execute(f"grant execute on function {name} to {APP_ROLE}")


def downgrade() -> None:
    for name in reversed(FUNCTIONS):
        op.execute(f"drop function {name}")
    for table in COUNTED:
        op.execute(f"drop policy {table}_counted on {table}")
    op.drop_table("swept_areas")
    op.drop_index(op.f("ix_quarantined_objects_tenant_id"), table_name="quarantined_objects")
    op.drop_index("ix_quarantined_objects_area", table_name="quarantined_objects")
    op.drop_table("quarantined_objects")
    op.drop_table("filmed_days")
