"""One pass over two lists in key order."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as some

from infra.comparison import Expected, OutOfOrder, compare
from infra.objects import ObjectFacts

KEYS = some.sets(some.text("abc/", min_size=1, max_size=4), max_size=8).map(sorted)


def found(key: str, size: int = 1, md5: str = "m") -> ObjectFacts:
    return ObjectFacts(key, size, md5, datetime(2026, 11, 5, tzinfo=UTC))


@given(KEYS, KEYS)
def test_every_key_of_either_side_comes_once_and_with_its_other_half(left: list[str], right: list[str]) -> None:
    pairs = list(compare(map(found, left), (Expected(key, None) for key in right)))
    assert [p.found.key for p in pairs if p.found] == left
    assert [p.expected.key for p in pairs if p.expected] == right
    assert len(pairs) == len({*left, *right})
    assert all(p.found.key == p.expected.key for p in pairs if p.found and p.expected)


@pytest.mark.parametrize("keys", [["b", "a"], ["a", "a"]])
def test_a_list_that_is_not_in_order_leads_to_no_conclusion(keys: list[str]) -> None:
    """What seems to be missing may only have come earlier."""
    with pytest.raises(OutOfOrder):
        list(compare(map(found, keys), ()))
    with pytest.raises(OutOfOrder):
        list(compare((), [Expected(key, None) for key in keys]))


@pytest.mark.parametrize(
    ("size", "md5", "met"), [(1, "m", True), (None, None, True), (2, "m", False), (1, "other", False), (1, None, True)]
)
def test_an_object_is_the_one_expected_when_size_and_digest_agree(
    size: int | None, md5: str | None, *, met: bool
) -> None:
    assert Expected("a", None, size, md5).is_met_by(found("a")) is met
