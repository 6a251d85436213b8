"""Changing the master key: what the old one wrapped is wrapped by the new one, and nothing else is touched.

Only the outer layer changes, so neither footage nor any share is read. It may stop anywhere and go on later, since a
wrapped secret says itself by which key it was wrapped.
"""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any
from uuid import UUID

from sqlalchemy import (
    ColumnElement,
    CompoundSelect,
    Integer,
    LargeBinary,
    Select,
    String,
    Update,
    and_,
    bindparam,
    column,
    func,
    literal,
    literal_column,
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
        found: ColumnElement[bytes] = func.substring(self.model.wrapped_secret, *span, type_=LargeBinary)
        return found


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
    waiting = set(db.session.scalars(_question(tuple(tables)), _of(tenant_id, kms)))
    counts = {table.name: _rewrap(tenant_id, table, kms) if table.name in waiting else 0 for table in tables}
    if any(counts.values()):
        fields: dict[str, Any] = {"key_id": kms.key_id} | counts
        audit.record(Event.KEYS_REWRAPPED, tenant_id=tenant_id, actor=actor, **fields)
    return counts


def needed_keys(*, tenant_id: UUID, tables: Sequence[WrappedRows]) -> Counter[str]:
    """How many of an institution's living secrets need each master key, by its fingerprint."""
    found: Counter[str] = Counter()
    for table in tables:
        query = (
            select(table.key_id, func.count())
            .where(table.model.tenant_id == tenant_id, table.model.wrapped_secret.is_not(None))
            .group_by(table.key_id)
        )
        for key_id, count in db.session.execute(query):
            found[bytes(key_id).hex()] += count
    return found


def _of(tenant_id: UUID, kms: RingKms) -> dict[str, Any]:
    return {"tenant": tenant_id, "others": [bytes.fromhex(key_id) for key_id in kms.key_ids()[1:]]}


def _rewrap(tenant_id: UUID, table: WrappedRows, kms: RingKms) -> int:
    """Rows that are taken without waiting for any, so that nobody can wait in a circle; until none is left."""
    done = 0
    while rows := db.session.execute(_taking(table), _of(tenant_id, kms) | {"most": AT_ONCE}).all():
        old = [row[0] for row in rows]
        new = kms.rewrap([(row[0], table.context(tenant_id, *row[1:])) for row in rows])
        spelled = {"old": ",".join(map(bytes.hex, old)), "new": ",".join(map(bytes.hex, new))}
        db.session.execute(_replacing(table), {"tenant": tenant_id} | spelled)
        db.session.expire_all()
        done += len(rows)
        if len(rows) < AT_ONCE:
            break
    return done


# Made once and not for each institution: to spell these takes longer than to wrap a hundred keys.
@lru_cache
def _question(tables: tuple[WrappedRows, ...]) -> CompoundSelect[Any]:
    """The tables in which something is under another key of the ring; most have nothing."""
    rows = {table.name: select(table.model.tenant_id).where(_under_others(table)) for table in tables}
    return union_all(*(select(literal(name)).where(found.exists()) for name, found in rows.items()))


@lru_cache
def _taking(table: WrappedRows) -> Select[Any]:
    query = select(table.model.wrapped_secret, *table.named_by).where(_under_others(table))
    return query.limit(bindparam("most", type_=Integer)).with_for_update(skip_locked=True)


@lru_cache
def _replacing(table: WrappedRows) -> Update:
    """All of them in one statement, each by its very content. In hex, since an array of bytes is slow to spell."""
    spelled = (func.string_to_array(bindparam(name, type_=String), ",") for name in ("old", "new"))
    pairs = func.unnest(*spelled).table_valued(column("old", String), column("new", String), name="pairs")
    pairs = pairs.render_derived()
    model = table.model
    return (
        update(model)
        .where(model.tenant_id == bindparam("tenant"), model.wrapped_secret == func.decode(pairs.c.old, "hex"))
        .values(wrapped_secret=func.decode(pairs.c.new, "hex"))
        .execution_options(synchronize_session=False)
    )


def _under_others(table: WrappedRows) -> ColumnElement[bool]:
    others = table.key_id.in_(bindparam("others", expanding=True))
    return and_(table.model.tenant_id == bindparam("tenant"), others)
