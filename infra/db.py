"""The database object, constraint names, and what every table is made of."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import datetime
from enum import StrEnum
from typing import TYPE_CHECKING, Any, ClassVar
from uuid import UUID, uuid4

from flask_sqlalchemy import SQLAlchemy
from psycopg import Cursor
from psycopg.pq import Format
from sqlalchemy import CheckConstraint, DateTime, Engine, ExecutionContext, MetaData, Uuid, event, func
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column, registry

OWNER_ROLE = "shouyuan_owner"
APP_ROLE = "shouyuan_app"
BUREAU_ROLE = "shouyuan_bureau"

NAMING = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "pk": "pk_%(table_name)s",
}


class Base(DeclarativeBase):
    """Every table. `personal` names the columns that hold personal data; a test fails when it is not declared."""

    registry = registry(
        metadata=MetaData(naming_convention=NAMING),
        type_annotation_map={datetime: DateTime(timezone=True), UUID: Uuid()},
    )
    personal: ClassVar[frozenset[str]]


db = SQLAlchemy(model_class=Base)

if TYPE_CHECKING:
    Model = Base
else:
    Model = db.Model


def one_of(column: str, words: type[StrEnum]) -> CheckConstraint:
    """That a column holds one of an enumeration's words, or nothing; named after the column."""
    return CheckConstraint(f"{column} in ({', '.join(repr(each.value) for each in words)})", name=column)


class Identified:
    """A random id: unguessable, and it reveals neither order nor count."""

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)


class TenantOwned:
    """A row that belongs to one institution and is shown to nobody bound to another (DR-08).

    The column alone protects nothing: the migration that makes the table calls `infra.rowsecurity.protect`, and an
    architecture test compares the two lists.
    """

    tenant_id: Mapped[UUID] = mapped_column(index=True)


class Timestamped:
    """When the row was made, by the database's own clock."""

    created_at: Mapped[datetime] = mapped_column(server_default=func.now())


# An option of statements whose thousands of rows are felt: PostgreSQL answers in its own bytes. A UUID of bytes costs a
# third of one that is read from text. Only for columns of types that have such a form: ids, numbers, texts.
IN_BYTES = {"answered_in_bytes": True}


@event.listens_for(Engine, "before_cursor_execute", named=True)
def _answer_in_bytes(*, cursor: Cursor[Any], context: ExecutionContext | None, **_others: object) -> None:
    if context is not None and context.execution_options.get("answered_in_bytes"):
        cursor.format = Format.BINARY


@contextmanager
def bureau_session() -> Iterator[Session]:
    """A read-only session as the bureau role, which sees roll-up tables of all institutions and nothing else (DR-09).

    A different connection and not a flag: no code path can turn an institution's session into one that reads across.
    Within another of the same thread it is that one: a page of ten reads opens it once around them, since each opening
    costs as much as some reads.
    """
    held = _reading.get()
    if held is not None:
        yield held
        return
    with Session(db.engines["bureau"]) as session, session.begin():
        session.connection(execution_options={"postgresql_readonly": True})
        token = _reading.set(session)
        try:
            yield session
        finally:
            _reading.reset(token)


_reading: ContextVar[Session | None] = ContextVar("bureau_session", default=None)
