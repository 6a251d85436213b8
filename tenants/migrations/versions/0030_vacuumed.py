"""A day's table of the index is vacuumed after each fiftieth of it, and not after a fifth (infra/decisions/0013)."""

from alembic import op

revision = "0030"
down_revision: str | None = "0029"

# By PostgreSQL's own measure, a fifth, the last hours of a day are never vacuumed: the day is over before they are a
# fifth of it. Whoever lists a camera's day then fetches each of those minutes from a page of its own.
SHARE = 0.02
SETTINGS = {"autovacuum_vacuum_scale_factor": SHARE, "autovacuum_vacuum_insert_scale_factor": SHARE}
# As 0004 made it, with what the table of a day and class is made with.
ENSURE_PARTITION = """
create or replace function ensure_segment_partition(day date, days integer) returns void
language plpgsql security definer set search_path = public, pg_temp as $$
declare
    whole text := 'segments_' || to_char(day, 'YYYYMMDD');
    part text := whole || '_d' || days;
begin
    if to_regclass(part) is not null then return; end if;
    perform pg_advisory_xact_lock(hashtext(whole));
    if to_regclass(whole) is null then
        execute format('create table %I partition of segments for values from (%L) to (%L) '
                       'partition by list (retention_days)', whole, day, day + 1);
        execute format('alter table %I enable row level security', whole);
        execute format('alter table %I force row level security', whole);
    end if;
    if to_regclass(part) is null then
        execute format('create table %I partition of %I for values in (%L){made_with}', part, whole, days);
        execute format('alter table %I enable row level security', part);
        execute format('alter table %I force row level security', part);
    end if;
end $$
"""
# The tables that are there already.
EACH_TABLE = """
do $$
declare
    part regclass;
begin
    for part in select part.inhrelid from pg_inherits whole join pg_inherits part on part.inhparent = whole.inhrelid
                where whole.inhparent = 'segments'::regclass
    loop
        execute format('alter table %s {change}', part);
    end loop;
end $$
"""


def upgrade() -> None:
    settings = ", ".join(f"{name} = {value}" for name, value in SETTINGS.items())
    op.execute(ENSURE_PARTITION.replace("{made_with}", f" with ({settings})"))
    op.execute(EACH_TABLE.replace("{change}", f"set ({settings})"))


def downgrade() -> None:
    op.execute(ENSURE_PARTITION.replace("{made_with}", ""))
    op.execute(EACH_TABLE.replace("{change}", f"reset ({', '.join(SETTINGS)})"))
