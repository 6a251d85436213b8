"""A draw can be made again by anybody, and its strata are given what they are owed (journey U1)."""

from uuid import UUID

import pytest

from tenants.compliance.sampling import rules
from tenants.compliance.sampling.rules import Candidate

SEED, OTHER = "a" * 64, "b" * 64


def population(count: int, stratum: str = "", *, first: int = 0) -> list[Candidate]:
    return [
        Candidate(institution_id=UUID(int=1), disclosure_id=UUID(int=number), serial=str(number), stratum=stratum)
        for number in range(first, first + count)
    ]


@pytest.mark.req("DR-30")
def test_the_same_seed_draws_the_same_whatever_the_order_of_the_list() -> None:
    cases = population(100)
    first = rules.drawn(cases, seed=SEED, count=20)
    assert first == rules.drawn(cases[::-1], seed=SEED, count=20)
    assert len({each.disclosure_id for each in first}) == 20
    assert first != rules.drawn(cases, seed=OTHER, count=20)


@pytest.mark.req("DR-30")
def test_a_sample_larger_than_the_population_takes_all() -> None:
    assert len(rules.drawn(population(7), seed=SEED, count=20)) == 7


def test_strata_are_drawn_by_their_sizes_and_none_is_left_out() -> None:
    cases = [*population(80, "左營區"), *population(19, "楠梓區", first=80), *population(1, "旗津區", first=99)]
    drawn = [each.stratum for each in rules.drawn(cases, seed=SEED, count=10)]
    assert {name: drawn.count(name) for name in set(drawn)} == {"左營區": 8, "楠梓區": 1, "旗津區": 1}


def test_fewer_than_there_are_strata_are_still_that_many() -> None:
    assert sum(rules.quotas({"a": 5, "b": 5, "c": 5}, 2).values()) == 2
    assert rules.quotas({"a": 100, "b": 1, "c": 1}, 4) == {"a": 2, "b": 1, "c": 1}


def test_no_stratum_gives_more_than_it_has() -> None:
    for count in range(1, 14):
        given = rules.quotas({"a": 9, "b": 3, "c": 1}, count)
        assert sum(given.values()) == count
        assert all(given[name] <= size for name, size in {"a": 9, "b": 3, "c": 1}.items())


def test_what_was_drawn_from_has_one_hash_whatever_its_order() -> None:
    cases = population(5, "左營區")
    assert rules.digest(cases) == rules.digest(cases[::-1])
    assert rules.digest(cases) != rules.digest(cases[1:])
