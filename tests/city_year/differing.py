"""What was wanted beside what was told, as lines."""

from collections.abc import Iterator, Mapping


def differ(what: str, wanted: Mapping[object, object], told: Mapping[object, object]) -> Iterator[str]:
    """A line for each key whose values are not the same."""
    for key in sorted({*wanted, *told}, key=str):
        if wanted.get(key) != told.get(key):
            yield f"{what} {key}: wanted {wanted.get(key)}, told {told.get(key)}"
