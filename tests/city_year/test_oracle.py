"""The answers of the invented year: found without the product, the same for the same seed, and of every kind."""

import ast
import sys
from collections import Counter
from pathlib import Path

import pytest

from tests.city_year.days import ONE_DAY, at, day_of
from tests.city_year.events import Letter
from tests.city_year.footage import due_on
from tests.city_year.inventing import invent
from tests.city_year.oracle.city import RULES, answers
from tests.city_year.passing import MORNING, OVER

HERE = Path(__file__).parent
OURS = [*HERE.glob("*.py"), *(HERE / "oracle").glob("*.py")]
# These let the year happen and look at what came of it.
_WITH_THE_PRODUCT = {"passing.py", "looking.py", "conftest.py"}
_KNOWS_THE_PRODUCT = tuple(f"tests.city_year.{name}" for name in ("passing", "looking", "writing"))
pytestmark = pytest.mark.req("DR-30")


@pytest.mark.parametrize(
    "path",
    [each for each in OURS if each.name not in _WITH_THE_PRODUCT and not each.name.startswith("test_")],
    ids=lambda each: str(each.relative_to(HERE)),
)
def test_neither_the_invention_nor_the_oracle_knows_the_product(path: Path) -> None:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    named = {node.module or "" for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)}
    named |= {alias.name for node in ast.walk(tree) if isinstance(node, ast.Import) for alias in node.names}
    foreign = [each for each in named if each.split(".")[0] not in sys.stdlib_module_names]
    assert not [
        each for each in foreign if not each.startswith("tests.city_year") or each.startswith(_KNOWS_THE_PRODUCT)
    ]


def test_the_same_seed_is_the_same_year_and_another_is_another() -> None:
    one, again, other = invent(115), invent(115), invent(116)
    assert (one.schools, one.events) == (again.schools, again.events)
    assert one.events != other.events


@pytest.mark.parametrize("seed", range(115, 135))
def test_no_case_waits_for_footage_that_is_written_and_becomes_due_meanwhile(seed: int) -> None:
    year = invent(seed, whole=True)
    written = {day - ONE_DAY for day in year.mornings}
    asked = [(day_of(each.filed), each.replied) for each in year.all(Letter)]
    assert asked
    assert not [
        day for day, replied in asked if day in written and (replied is None or day_of(replied) > due_on(year, day))
    ]


@pytest.mark.parametrize("seed", [115, 116, 117])
def test_of_every_article_the_year_has_breaches_and_what_is_in_order(seed: int) -> None:
    year, found = invent(seed), Counter[tuple[str, bool]]()
    for day in year.mornings:
        for told, moment in ((day - ONE_DAY, at(day, OVER)), (day, at(day, MORNING))):
            for (_, article), answer in answers(year, told, moment).items():
                found[article, answer.wrong > 0] += answer.state != "not_applicable"
    kinds = {article: (found[article, True] > 0, found[article, False] > 0) for article in RULES}
    assert kinds == dict.fromkeys(RULES, (True, True)) | {"open_faults": (True, False), "risen": (True, False)}
