"""Changing the master key: what the old one wrapped is wrapped by the new one, and nothing else is touched.

Only the outer layer changes, so neither footage nor any share is read. It may stop anywhere and go on later, since a
wrapped secret says itself by which key it was wrapped.
"""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import accumulate
from typing import Any
from uuid import UUID

from sqlalchemy import (
    ARRAY,
    Column,
    ColumnElement,
    CompoundSelect,
    Integer,
    LargeBinary,
    String,
    Table,
    Update,
    Uuid,
    any_,
    bindparam,
    cast,
    column,
    func,
    literal_column,
    null,
    select,
    union_all,
    update,
)

from infra.db import db
from infra.kms import KEY_ID_BYTES, RingKms
from tenants.actor import Actor
from tenants.audit import actions as audit
from tenants.audit.events import Event
from tenants.footage.keys import day_key_context, records_key_context
from tenants.footage.models import DayKey, RecordsKey

AT_ONCE = 2000


# A secret, and what names its row.
_Taken = tuple[bytes, Sequence[Any]]


@dataclass(frozen=True)
class WrappedRows:
    """A table whose rows each hold one wrapped secret, and how its context is made of tenant and columns."""

    name: str
    model: Any  # a model with `tenant_id` and `wrapped_secret`
    named_by: Sequence[Any]
    context: Callable[..., str]

    @property
    def key_id(self) -> ColumnElement[bytes]:
        """The fingerprint of the master key that a row needs; NULL for a row whose secret was destroyed."""
        # Spelled and not bound, because it stands in a GROUP BY.
        span: tuple[ColumnElement[int], ColumnElement[int]] = (literal_column("1"), literal_column(str(KEY_ID_BYTES)))
        found: ColumnElement[bytes] = func.substring(self.rows.c.wrapped_secret, *span, type_=LargeBinary)
        return found

    @property
    def rows(self) -> Table:
        """The table itself, which costs a third less to ask than the model."""
        found: Table = self.model.__table__
        return found

    @property
    def names(self) -> Sequence[Column[Any]]:
        """The columns of `named_by` in the table itself."""
        return [self.rows.c[each.key] for each in self.named_by]


DAY_KEYS = WrappedRows(
    "day_keys",
    DayKey,
    (DayKey.civil_day, DayKey.retention_days),
    lambda tenant_id, day, days: day_key_context(tenant_id=tenant_id, day=day, retention_days=days),
)
RECORDS_KEYS = WrappedRows("records_keys", RecordsKey, (), lambda tenant_id: records_key_context(tenant_id=tenant_id))


def rewrap(*, actor: Actor, tenant_id: UUID, kms: RingKms, tables: Sequence[WrappedRows]) -> Mapping[str, int]:
    """Wrap an institution's living secrets by the current master key; how many of each table. Repeatable.

    A row that somebody else has in hand is left for the next run; one that is being destroyed stays destroyed. Raises
    `CannotUnwrap` for a row that its own master key does not open.
    """
    db.session.flush()
    taken = _taken(tenant_id, tables, kms)
    counts = {table.name: _rewrap(tenant_id, table, kms, taken[table.name]) for table in tables}
    if any(counts.values()):
        db.session.expire_all()
        fields: dict[str, Any] = {"key_id": kms.key_id} | counts
        audit.record(Event.KEYS_REWRAPPED, tenant_id=tenant_id, actor=actor, **fields)
    return counts


def needed_keys(*, tenant_id: UUID, tables: Sequence[WrappedRows]) -> Counter[str]:
    """How many of an institution's living secrets need each master key, by its fingerprint."""
    found: Counter[str] = Counter()
    for table in tables:
        query = (
            select(table.key_id, func.count())
            .where(table.rows.c.tenant_id == tenant_id, table.rows.c.wrapped_secret.is_not(None))
            .group_by(table.key_id)
        )
        for key_id, count in db.session.execute(query):
            found[bytes(key_id).hex()] += count
    return found


def _taken(tenant_id: UUID, tables: Sequence[WrappedRows], kms: RingKms) -> Mapping[str, Sequence[_Taken]]:
    """What is under another key of the ring: at most `AT_ONCE` rows of each table, in hand from now on.

    They are taken without waiting for any, so that nobody can wait in a circle.
    """
    given = {"of": tenant_id, "others": [bytes.fromhex(key_id) for key_id in kms.key_ids()[1:]], "most": AT_ONCE}
    found: Mapping[str, list[_Taken]] = {table.name: [] for table in tables}
    ends = list(accumulate((len(table.named_by) for table in tables), initial=2))
    for row in db.session.execute(_taking(tuple(tables)), given).all():
        number, secret = row[0], row[1]
        found[tables[number].name].append((secret, row[ends[number] : ends[number + 1]]))
    return found


def _rewrap(tenant_id: UUID, table: WrappedRows, kms: RingKms, taken: Sequence[_Taken]) -> int:
    """Wrap the rows that were taken, and take again until none is left; how many."""
    done = 0
    while taken:
        new = kms.rewrap([(old, table.context(tenant_id, *named)) for old, named in taken])
        spelled = {"old": ",".join([old.hex() for old, _ in taken]), "new": ",".join(map(bytes.hex, new))}
        db.session.execute(_replacing(table), {"of": tenant_id} | spelled)
        done += len(taken)
        taken = _taken(tenant_id, [table], kms)[table.name] if len(taken) == AT_ONCE else ()
    return done


# Made once and not for each institution: to spell these takes longer than to wrap a hundred keys.
@lru_cache
def _taking(tables: tuple[WrappedRows, ...]) -> CompoundSelect[Any]:
    """Of all tables in one statement, since most have nothing: a table's number, a secret, and each table's names."""
    names = [(table, column) for table in tables for column in table.names]
    found = []
    for number, table in enumerate(tables):
        asked = table.key_id == any_(bindparam("others", type_=ARRAY(LargeBinary)))
        rows = select(table.rows.c.wrapped_secret, *table.names).where(_of_tenant(table), asked)
        held = rows.limit(bindparam("most", type_=Integer)).with_for_update(skip_locked=True).subquery()
        named = [held.c[each.name] if owner is table else cast(null(), each.type) for owner, each in names]
        found.append(select(literal_column(str(number)), held.c.wrapped_secret, *named))
    return union_all(*found)


@lru_cache
def _replacing(table: WrappedRows) -> Update:
    """All of them in one statement, each by its very content. In hex, since an array of bytes is slow to spell."""
    spelled = (func.string_to_array(bindparam(name, type_=String), ",") for name in ("old", "new"))
    pairs = func.unnest(*spelled).table_valued(column("old", String), column("new", String), name="pairs")
    pairs = pairs.render_derived()
    found = table.rows.c.wrapped_secret == func.decode(pairs.c.old, "hex")
    return update(table.rows).where(_of_tenant(table), found).values(wrapped_secret=func.decode(pairs.c.new, "hex"))


def _of_tenant(table: WrappedRows) -> ColumnElement[bool]:
    found: ColumnElement[bool] = table.rows.c.tenant_id == bindparam("of", type_=Uuid)
    return found
