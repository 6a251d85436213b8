"""Statements that are spelled once: to spell one anew costs as much as to ask the database (infra/decisions/0069)."""

from collections.abc import Callable, Collection, Mapping
from datetime import date, datetime
from functools import wraps
from typing import Any, ParamSpec, TypeVar, get_origin, get_type_hints
from uuid import UUID

from sqlalchemy import BigInteger, BindParameter, Date, DateTime, Executable, String, Uuid, bindparam
from sqlalchemy.types import TypeEngine

P = ParamSpec("P")
Made = TypeVar("Made", bound=Executable)

_TYPES: Mapping[type, TypeEngine[Any]] = {
    UUID: Uuid(),
    datetime: DateTime(timezone=True),
    date: Date(),
    int: BigInteger(),
    str: String(),
}


def made_once(build: Callable[P, Made]) -> Callable[P, tuple[Made, dict[str, Any]]]:
    """What `build` makes, made on the first call alone, with the values of this one: for `session.execute(*found)`.

    `build` takes keywords only. It gets places and not values: it may compare columns with them and nothing else. A
    collection is a place for `in_`. What is reckoned with a value is reckoned by the caller.
    """
    made: list[Made] = []

    @wraps(build)
    def told(*args: P.args, **kwargs: P.kwargs) -> tuple[Made, dict[str, Any]]:
        if not made:
            places: dict[str, Any] = {name: _place(name, kind) for name, kind in _kinds(build).items()}
            made.append(build(*args, **places))
        return made[0], dict(kwargs)

    return told


def _kinds(build: Callable[..., object]) -> Mapping[str, Any]:
    return {name: kind for name, kind in get_type_hints(build).items() if name != "return"}


def _place(name: str, kind: Any) -> BindParameter[Any]:  # noqa: ANN401 - an annotation
    whole = get_origin(kind) or kind
    if isinstance(whole, type) and issubclass(whole, Collection) and whole is not str:
        return bindparam(name, expanding=True)
    return bindparam(name, type_=_TYPES.get(whole))
