"""Reads that are asked once in a transaction, however many rooms ask: the sites, the regulations in force, the cameras.

A page of forty duties asks for the same few rows in each of them, and each time is a journey to the database. What was
read is forgotten as soon as anything might make it another: a write, a lock, the end of the transaction; and while a
change waits to be written nothing is taken from memory (infra/decisions/0062).
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from copy import copy
from functools import wraps
from typing import Any, ParamSpec, TypeVar

from sqlalchemy import event
from sqlalchemy.orm import ORMExecuteState, Session, SessionTransaction, UOWTransaction

from infra.db import db
from infra.tenancy import binding_of

P = ParamSpec("P")
Found = TypeVar("Found")
Row = TypeVar("Row")

_KEY = "shouyuan.read_once"
_OWN_ROWS = "rows_of_its_own"
# An option of statements that write what nothing read once is made of, such as roll-ups: what was read stays true.
NOTHING_READ = {_OWN_ROWS: True}


def read_once(read: Callable[P, Found]) -> Callable[P, Found]:
    """The same read, kept for the rest of the transaction and for whoever is bound. Its arguments can be hashed."""

    @wraps(read)
    def once(*args: P.args, **kwargs: P.kwargs) -> Found:
        session = db.session()
        if session.new or session.dirty or session.deleted:
            return read(*args, **kwargs)
        key = (read, binding_of(session), args, tuple(sorted(kwargs.items())))
        kept: dict[object, Found] = session.info.get(_KEY, {})
        if key not in kept:
            found = read(*args, **kwargs)
            session.info.setdefault(_KEY, {})[key] = found
            return _own(found)
        return _own(kept[key])

    return once


def read_for_all(read: Callable[P, list[Row]]) -> Callable[P, list[Row]]:
    """As `read_once`, of rows that are the bureau's and the same for everybody; within `kept_for_all` once for all."""
    within = read_once(read)

    @wraps(read)
    def once(*args: P.args, **kwargs: P.kwargs) -> list[Row]:
        kept = _for_all.get()
        if kept is None:
            return within(*args, **kwargs)
        key = (read, args, tuple(sorted(kwargs.items())))
        if key not in kept:
            found = read(*args, **kwargs)
            for row in found:  # they outlive the transaction, whose end would empty them
                db.session.expunge(row)
            kept[key] = found
        return copy(kept[key])

    return once


@contextmanager
def kept_for_all() -> Iterator[None]:
    """Around the turns of some institutions: what `read_for_all` told the first of them, it tells the others."""
    token = _for_all.set({})
    try:
        yield
    finally:
        _for_all.reset(token)


_for_all: ContextVar[dict[object, list[Any]] | None] = ContextVar("kept_for_all", default=None)


def _own(found: Found) -> Found:
    """A list or a mapping of one's own, since some callers sort theirs or add to it."""
    return copy(found) if isinstance(found, list | dict) else found


def forget(session: Session) -> None:
    """Read everything anew from now on."""
    session.info.pop(_KEY, None)


@event.listens_for(Session, "after_flush")
def _on_flush(session: Session, _work: UOWTransaction) -> None:
    forget(session)


@event.listens_for(Session, "after_transaction_end")
def _on_end(session: Session, _transaction: SessionTransaction) -> None:
    forget(session)


@event.listens_for(Session, "do_orm_execute")
def _on_statement(state: ORMExecuteState) -> None:
    """A plain read changes nothing. Whoever locks waits for others, and must then see what they did."""
    if state.execution_options.get(_OWN_ROWS):
        return
    if not state.is_select or getattr(state.statement, "_for_update_arg", None) is not None:
        forget(state.session)
