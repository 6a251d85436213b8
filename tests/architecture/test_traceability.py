"""What `make requirements` says is what the tests showed."""

from unittest.mock import Mock

import pytest

from tests.requirements import MANDATORY, verdicts
from tests.traceability import Outcomes, known_ids


def _item(*claims: str) -> Mock:
    item = Mock(nodeid="planted", user_properties=[])
    item.iter_markers = lambda _: [Mock(args=claims)]
    return item


def test_the_catalogue_is_whole_and_what_is_promised_is_in_it() -> None:
    assert len(known_ids()) == len(set(known_ids())) == 227
    assert set(MANDATORY) <= set(known_ids())


@pytest.mark.parametrize("claim", ["KH-6-1", "KH-6-1i", "DR-1", "kh-6-1d"])
def test_a_claim_that_the_catalogue_does_not_know_stops_the_run(claim: str) -> None:
    with pytest.raises(pytest.UsageError, match=f"planted: {claim}"):
        Outcomes(writes=False).pytest_collection_modifyitems([_item("DR-06", claim)])


def test_a_claim_travels_with_the_report_of_a_parallel_process() -> None:
    item = _item("DR-06")
    Outcomes(writes=False).pytest_collection_modifyitems([item])
    assert item.user_properties == [("requirements", ["DR-06"])]


@pytest.mark.parametrize(
    ("outcomes", "verdict"),
    [
        ({"a": "passed", "b": "passed"}, "PASS"),
        ({"a": "passed", "b": "failed"}, "FAIL"),
        ({"a": "skipped", "b": "skipped"}, "NOT RUN"),
        ({}, "NOT RUN"),
        ({"a": "passed", "b": "skipped"}, "PASS"),
    ],
)
def test_a_requirement_counts_when_a_test_passed_and_none_failed(outcomes: dict[str, str], verdict: str) -> None:
    found = verdicts({"a": ["DR-06"], "b": ["DR-06"]}, outcomes)
    assert found["DR-06"] == verdict
    assert found["DR-07"] == "MISSING"
