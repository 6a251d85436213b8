"""A door counts, forgets, and stands open where nobody counts."""

from collections.abc import Iterator

import pytest

from infra import queues
from infra.turnstile import lets_through
from tests.apps import NOWHERE


@pytest.fixture
def counted(valkey: str) -> Iterator[None]:
    queues.configure(valkey)
    yield
    queues.configure(NOWHERE["REDIS_URL"])


def tries(count: int, *, door: str = "calendar", who: str = "a") -> list[bool]:
    return [lets_through(door, who, most=2, seconds=60) for _ in range(count)]


@pytest.mark.usefixtures("counted")
def test_who_comes_too_often_is_stopped_and_nobody_else() -> None:
    assert tries(3) == [True, True, False]
    assert tries(1, who="b") == [True]
    assert tries(1, door="another") == [True]


@pytest.mark.usefixtures("counted")
def test_the_count_goes_by_itself_and_names_nobody() -> None:
    tries(1, who="192.0.2.1")
    (key,) = queues.connection().keys("turnstile:*")
    assert 0 < queues.connection().ttl(key) <= 60
    assert b"192.0.2.1" not in key


def test_without_a_server_everybody_passes() -> None:
    queues.configure(NOWHERE["REDIS_URL"])
    assert tries(5) == [True] * 5
