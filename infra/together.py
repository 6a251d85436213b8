"""Small questions about an institution that are asked together, the first time that one of them is (ADR 0069).

A first page asks forty rooms what waits there, and in most of them nothing ever does. Each room says what it would look
for; one statement tells of all of it, and only where there is something is the room's own read made.
"""

from collections.abc import Callable
from functools import cache, update_wrapper
from typing import Any, Generic, TypeVar
from uuid import UUID

from sqlalchemy import BindParameter, ColumnElement, Select, Uuid, bindparam, select

from infra.db import db
from infra.once import read_once

Value = TypeVar("Value")
Place = BindParameter[UUID]


_asked: list[Callable[[Place], ColumnElement[Any]]] = []


class Question(Generic[Value]):
    """One of them."""

    def __init__(self, asks: Callable[[Place], ColumnElement[Value]]) -> None:
        """Use `asked_together`."""
        self._number = len(_asked)
        _asked.append(asks)
        update_wrapper(self, asks)

    def __call__(self, *, tenant_id: UUID) -> Value:
        """The value for the institution that the session is bound to."""
        answer: Value = _answers(tenant_id=tenant_id)[self._number]
        return answer


def asked_together(asks: Callable[[Place], ColumnElement[Value]]) -> Question[Value]:
    """Tells the value of an expression that compares columns with an institution's id, such as `exists()`.

    Asked once in a transaction, with every other question of this kind; after a write all are asked anew.
    """
    return Question(asks)


@read_once
def _answers(*, tenant_id: UUID) -> tuple[Any, ...]:
    return tuple(db.session.execute(_statement(len(_asked)), {"tenant_id": tenant_id}).one())


@cache
def _statement(count: int) -> Select[Any]:
    """Of so many: a module that is loaded late adds its own."""
    place: Place = bindparam("tenant_id", type_=Uuid())
    return select(*(asks(place) for asks in _asked[:count]))
