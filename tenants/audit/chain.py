"""Reading a chain in order and in constant memory, as the database holds it and not as a session loaded it before."""

from collections.abc import Iterator
from contextlib import closing
from dataclasses import fields
from typing import Any
from uuid import UUID

from sqlalchemy import Row, select

from infra.db import db
from tenants.audit.models import AuditEvent, AuditHead, AuditTreeHead, AuditTreeStamp
from tenants.audit.rules import Link

_NAMES = tuple(field.name for field in fields(Link))
_COLUMNS = tuple(getattr(AuditEvent, name) for name in _NAMES)
_AT_ONCE = 1000

Stored = tuple[Link, str]


def links(*, tenant_id: UUID, after: int, until: int) -> Iterator[Stored]:
    """Each event after one sequence number and up to another, with its stored hash."""
    query = (
        select(AuditEvent.hash, *_COLUMNS)
        .where(AuditEvent.tenant_id == tenant_id, AuditEvent.seq > after, AuditEvent.seq <= until)
        .order_by(AuditEvent.seq)
    )
    with closing(db.session.execute(query, execution_options={"yield_per": _AT_ONCE})) as rows:
        for row in rows:
            yield _link(row[1:]), row.hash


def whole(*, tenant_id: UUID) -> Iterator[tuple[int, str, Stored | None]]:
    """Every event, each beside the head's sequence number and hash; none for a head without events.

    One statement, and so one moment: who writes meanwhile is seen with event and head, or not at all.
    """
    query = (
        select(AuditHead.seq.label("head_seq"), AuditHead.hash.label("head_hash"), AuditEvent.hash, *_COLUMNS)
        .outerjoin(AuditEvent, AuditEvent.tenant_id == AuditHead.tenant_id)
        .where(AuditHead.tenant_id == tenant_id)
        .order_by(AuditEvent.seq)
    )
    with closing(db.session.execute(query, execution_options={"yield_per": _AT_ONCE})) as rows:
        for row in rows:
            head_seq, head_hash, stored, *values = row
            yield head_seq, head_hash, None if stored is None else (_link(values), stored)


def hashes(*, tenant_id: UUID, after: int, until: int) -> Iterator[bytes]:
    """The leaves of the tree: the 32 bytes of each event's hash. Raises `ValueError` for what is no hash."""
    query = (
        select(AuditEvent.hash)
        .where(AuditEvent.tenant_id == tenant_id, AuditEvent.seq > after, AuditEvent.seq <= until)
        .order_by(AuditEvent.seq)
    )
    with closing(db.session.scalars(query, execution_options={"yield_per": _AT_ONCE})) as found:
        yield from map(bytes.fromhex, found)


def newest_head(*, tenant_id: UUID) -> AuditTreeHead | None:
    """The head that was anchored last."""
    query = select(AuditTreeHead).where(AuditTreeHead.tenant_id == tenant_id)
    return db.session.scalar(query.order_by(AuditTreeHead.size.desc()).limit(1))


def head_before(*, tenant_id: UUID, size: int) -> AuditTreeHead | None:
    """The last head of a smaller tree."""
    query = select(AuditTreeHead).where(AuditTreeHead.tenant_id == tenant_id, AuditTreeHead.size < size)
    return db.session.scalar(query.order_by(AuditTreeHead.size.desc()).limit(1))


def head_over(*, tenant_id: UUID, seq: int) -> AuditTreeHead | None:
    """The first head whose tree holds this event."""
    query = select(AuditTreeHead).where(AuditTreeHead.tenant_id == tenant_id, AuditTreeHead.size >= seq)
    return db.session.scalar(query.order_by(AuditTreeHead.size).limit(1))


def stamp_of(head: AuditTreeHead) -> AuditTreeStamp | None:
    """What an authority said of a head, if one did."""
    return db.session.get(AuditTreeStamp, (head.tenant_id, head.day))


def _link(values: Row[Any] | list[Any] | tuple[Any, ...]) -> Link:
    return Link(**dict(zip(_NAMES, values, strict=True)))
