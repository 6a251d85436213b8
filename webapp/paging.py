"""Which page of a list was asked for, and what stands on it."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

from flask import request

Line = TypeVar("Line")

# No list of ours is so long; a number beyond it is nobody's page, and the database counts no further for ever.
_LAST = 100_000


def page_number() -> int:
    """The page of the address, from 1; whatever is no number is the first."""
    return min(max(1, request.args.get("page", 1, type=int)), _LAST)


def asked_word(name: str) -> str:
    """A word of the address, or of a form that came from it, that narrows a list; empty where none was given."""
    return request.values.get(name, "").replace("\0", "")  # which the database takes in no text


def asked_words(names: Iterable[str]) -> dict[str, str]:
    """Such words by their names."""
    return {name: asked_word(name) for name in names}


@dataclass(frozen=True)
class Cut(Generic[Line]):
    """One page of a list that is known as a whole."""

    number: int
    lines: Sequence[Line]
    has_more: bool


def cut(lines: Sequence[Line], number: int, per_page: int) -> Cut[Line]:
    """That page of the lines; a number beyond the last shows the last."""
    last = max(1, -(-len(lines) // per_page))
    number = min(max(1, number), last)
    return Cut(number, lines[(number - 1) * per_page : number * per_page], number < last)
