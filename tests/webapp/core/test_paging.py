"""One page of a list that is known as a whole."""

from collections.abc import Sequence

import pytest

from webapp.paging import Cut, cut

pytestmark = pytest.mark.req("DR-32")


@pytest.mark.parametrize(
    ("asked", "number", "lines", "has_more"),
    [(1, 1, "ab", True), (2, 2, "cd", True), (3, 3, "e", False), (4, 3, "e", False), (0, 1, "ab", True)],
)
def test_a_page_has_its_lines_and_a_number_beyond_the_last_shows_the_last(
    asked: int,
    number: int,
    lines: Sequence[str],
    has_more: bool,  # noqa: FBT001 - a parameter of the test
) -> None:
    assert cut("abcde", asked, 2) == Cut(number, lines, has_more)


def test_a_list_that_fills_its_pages_has_none_more_and_an_empty_one_has_one_empty_page() -> None:
    assert not cut("abcd", 2, 2).has_more
    assert cut("", 1, 2) == Cut(1, "", has_more=False)
