"""Changing the master key: what the old one wrapped is wrapped by the new one, and nothing else is touched.

Only the outer layer changes, so neither footage nor any share is read. It may stop anywhere and go on later, since a
wrapped secret says itself by which key it was wrapped.
"""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, LargeBinary, Row, cast, column, func, literal_column, select, update
from sqlalchemy.dialects.postgresql import ARRAY

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
    counts = {table.name: _rewrap(tenant_id, table, kms) for table in tables}
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


def _rewrap(tenant_id: UUID, table: WrappedRows, kms: RingKms) -> int:
    done = 0
    while rows := _next(tenant_id, table, kms.key_ids()[1:]):
        new = kms.rewrap([(row[0], table.context(tenant_id, *row[1:])) for row in rows])
        _replace(tenant_id, table, [row[0] for row in rows], new)
        done += len(rows)
        if len(rows) < AT_ONCE:
            break
    return done


def _next(tenant_id: UUID, table: WrappedRows, key_ids: Sequence[str]) -> Sequence[Row[Any]]:
    """Some rows under other keys of the ring, taken. Waiting for none of them, so that nobody can wait in a circle."""
    query = (
        select(table.model.wrapped_secret, *table.named_by)
        .where(table.model.tenant_id == tenant_id, table.key_id.in_([bytes.fromhex(key_id) for key_id in key_ids]))
        .limit(AT_ONCE)
        .with_for_update(skip_locked=True)
    )
    return db.session.execute(query).all()


def _replace(tenant_id: UUID, table: WrappedRows, old: list[bytes], new: list[bytes]) -> None:
    """All of them in one statement, each by its very content."""
    pairs = (
        func.unnest(cast(old, ARRAY(LargeBinary)), cast(new, ARRAY(LargeBinary)))
        .table_valued(column("old", LargeBinary), column("new", LargeBinary), name="pairs")
        .render_derived()
    )
    model = table.model
    db.session.execute(
        update(model)
        .where(model.tenant_id == tenant_id, model.wrapped_secret == pairs.c.old)
        .values(wrapped_secret=pairs.c.new)
        .execution_options(synchronize_session=False)
    )
    db.session.expire_all()
