"""What several references say of the time together: where most of them overlap (RFC 5905, 11.2.1, after Marzullo)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Span:
    """Where a clock says that the truth lies: within `bound_us` of `middle_us`."""

    middle_us: int
    bound_us: int

    @property
    def first_us(self) -> int:
        """The earliest that it may be."""
        return self.middle_us - self.bound_us

    @property
    def last_us(self) -> int:
        """The latest that it may be."""
        return self.middle_us + self.bound_us


@dataclass(frozen=True)
class Agreed:
    """What came of it. `false` are the references that cannot be right if the others are."""

    span: Span
    by: frozenset[str]
    false: frozenset[str]


def agree(said: Mapping[str, Span]) -> Agreed | None:
    """Where more than half of the references overlap; None when nobody said anything.

    Without such a majority nobody can be called false: the span then covers what each of them says, as wide as that is.
    """
    if not said:
        return None
    spans = list(said.values())
    first, last, count = _most_overlapped(spans)
    if 2 * count <= len(spans):
        return Agreed(
            _between(min(one.first_us for one in spans), max(one.last_us for one in spans)),
            frozenset(said),
            frozenset(),
        )
    by = frozenset(name for name, one in said.items() if one.first_us <= first and last <= one.last_us)
    return Agreed(_between(first, last), by, frozenset(said) - by)


def _most_overlapped(spans: Sequence[Span]) -> tuple[int, int, int]:
    """The first stretch that the most spans share, and how many do."""
    edges = sorted([(one.first_us, 0) for one in spans] + [(one.last_us, 1) for one in spans])
    best, held, found = 0, 0, (0, 0)
    for place, (at_us, is_end) in enumerate(edges):
        held += -1 if is_end else 1
        if held > best:
            best, found = held, (at_us, edges[place + 1][0])
    return *found, best


def _between(first_us: int, last_us: int) -> Span:
    return Span((first_us + last_us) // 2, (last_us - first_us + 1) // 2)
