"""A day's table of the index is dropped from the top down, in the order in which every reader locks."""

from alembic import op

revision = "0041"
down_revision: str | None = "0040"

DROP_PARTITION = """
create or replace function drop_segment_partition(day date, days integer) returns boolean
language plpgsql security definer set search_path = public, pg_temp set lock_timeout = '2s' as $$
declare
    whole text := 'segments_' || to_char(day, 'YYYYMMDD');
    part text := whole || '_d' || days;
    at_top text;
begin
    if to_regclass(part) is null then return false; end if;
    perform pg_advisory_xact_lock(hashtext(whole));
    if to_regclass(part) is null then return false; end if;
    {locks}
    if not segment_partition_is_over(day, days) then return false; end if;
    execute format('drop table %I', part);
    if not exists (select from pg_inherits where inhparent = to_regclass(whole)) then
        execute format('drop table %I', whole);
    end if;
    return true;
end $$
"""
# Who held the table of a class and then asked for its day waited for a reader of the whole index that waited for the
# class, and PostgreSQL ended the reader, such as a process that had just started. The day goes with its last class.
FROM_THE_TOP = """
    if not segment_partition_is_over(day, days) then return false; end if;
    select case count(*) when 1 then 'access exclusive' else 'access share' end into at_top
        from pg_inherits where inhparent = to_regclass(whole);
    execute format('lock table only segments in %s mode', at_top);
    execute format('lock table only %I in access exclusive mode', whole);
    execute format('lock table %I in access exclusive mode', part);
"""
FROM_BELOW = "execute format('lock table %I in access exclusive mode', part);"


def upgrade() -> None:
    op.execute(DROP_PARTITION.format(locks=FROM_THE_TOP))


def downgrade() -> None:
    op.execute(DROP_PARTITION.format(locks=FROM_BELOW))
