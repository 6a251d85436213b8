"""Comparing what a store lists with what it should hold: one pass over both in key order, in constant memory."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Generic, TypeVar

from infra.objects import ObjectFacts

Row_co = TypeVar("Row_co", covariant=True)


class OutOfOrder(Exception):
    """One of the two sides is not in key order, so what seems to be missing may not be. Nothing is concluded."""


@dataclass(frozen=True)
class Expected(Generic[Row_co]):
    """An object that should be there, and the row that says so. Without `bytes` or `md5` any will do.

    One that is not `required` is on its way out: it may be there, and nobody misses it.
    """

    key: str
    row: Row_co
    bytes: int | None = None
    md5: str | None = None
    required: bool = True

    def is_met_by(self, found: ObjectFacts) -> bool:
        """Whether this is the object."""
        return self.bytes in {None, found.bytes} and self.md5 in {None, found.md5}


@dataclass(frozen=True)
class Pair(Generic[Row_co]):
    """What is under one key: only in the store, only expected, or both."""

    found: ObjectFacts | None
    expected: Expected[Row_co] | None


def compare(found: Iterable[ObjectFacts], expected: Iterable[Expected[Row_co]]) -> Iterator[Pair[Row_co]]:
    """Every key of either side, once. Raises `OutOfOrder`."""
    listed, wanted = _in_order(found), _in_order(expected)
    left, right = next(listed, None), next(wanted, None)
    while left is not None or right is not None:
        if right is None or (left is not None and left.key < right.key):
            yield Pair(left, None)
            left = next(listed, None)
        elif left is None or right.key < left.key:
            yield Pair(None, right)
            right = next(wanted, None)
        else:
            yield Pair(left, right)
            left, right = next(listed, None), next(wanted, None)


Keyed = TypeVar("Keyed", ObjectFacts, Expected)  # type: ignore[type-arg]  # of any row


def _in_order(side: Iterable[Keyed]) -> Iterator[Keyed]:
    last = ""
    for one in side:
        if one.key <= last:
            raise OutOfOrder(f"{one.key} after {last}")
        last = one.key
        yield one
