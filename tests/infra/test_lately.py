"""What a serving process keeps of whole-city reads, and what it must not (ADR 0064)."""

import ast
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Barrier, Event

import pytest

from infra import lately
from infra.lately import MOST, SECONDS, read_lately

keeping = pytest.mark.usefixtures("kept")
TENANTS = Path(__file__).parents[2] / "tenants"


@pytest.fixture
def kept() -> Iterator[None]:
    lately.keep()
    yield
    lately.keep(on=False)


@pytest.fixture
def hours(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """A clock that is moved by hand."""
    now = [1000.0]
    monkeypatch.setattr(lately.time, "monotonic", lambda: now[0])
    return now


class Asked:
    """A read that notes how it was asked."""

    def __init__(self) -> None:
        self.times: list[str] = []
        self.read = read_lately(but_for="now")(self._read)

    def _read(self, *, part: str, now: int) -> list[str]:
        self.times.append(f"{part} {now}")
        return [part, str(now)]


def test_a_process_that_was_not_told_to_keeps_nothing() -> None:
    asked = Asked()
    assert [asked.read(part="a", now=each) for each in (1, 2)] == [["a", "1"], ["a", "2"]]


@keeping
@pytest.mark.req("DR-30")
def test_what_was_read_stands_for_some_seconds_and_no_longer(hours: list[float]) -> None:
    asked = Asked()
    asked.read(part="a", now=1)
    hours[0] += SECONDS - 0.1
    assert asked.read(part="a", now=2) == ["a", "1"]
    hours[0] += 0.1
    assert asked.read(part="a", now=3) == ["a", "3"]


@keeping
def test_another_question_has_an_answer_of_its_own() -> None:
    asked = Asked()
    assert asked.read(part="a", now=1) != asked.read(part="b", now=1)
    assert asked.times == ["a 1", "b 1"]


@keeping
def test_who_sorts_what_it_got_changes_nothing_for_others() -> None:
    asked = Asked()
    asked.read(part="a", now=1).clear()
    assert asked.read(part="a", now=2) == ["a", "1"]


@keeping
def test_of_many_questions_the_one_not_asked_for_longest_goes() -> None:
    asked = Asked()
    for number in range(MOST + 1):
        asked.read(part=f"{number}", now=1)
        asked.read(part="0", now=2)
    asked.times.clear()
    asked.read(part="0", now=3)
    asked.read(part="1", now=3)
    assert asked.times == ["1 3"]


@keeping
def test_a_read_that_failed_is_not_kept() -> None:
    failing = [True]

    @read_lately()
    def read() -> str:
        if failing:
            failing.clear()
            raise RuntimeError
        return "read"

    with pytest.raises(RuntimeError):
        read()
    assert read() == "read"


@keeping
def test_of_those_who_ask_at_once_one_reads_and_the_others_wait() -> None:
    together, begun, times = Barrier(4), Event(), []

    @read_lately()
    def read() -> int:
        times.append(1)
        begun.wait(timeout=10)
        return len(times)

    def ask() -> int:
        together.wait()
        return read()

    with ThreadPoolExecutor(4) as pool:
        found = [pool.submit(ask) for _ in range(4)]
        begun.set()
        assert [each.result() for each in found] == [1, 1, 1, 1]


@pytest.mark.req("DR-08", "DR-09")
def test_what_is_kept_is_asked_alike_by_everybody() -> None:
    """No actor, person or institution among its arguments: what one may see is never answered to another."""
    found = {
        each.name: {argument.arg for argument in (*each.args.args, *each.args.kwonlyargs)}
        for path in TENANTS.rglob("*.py")
        for each in ast.walk(ast.parse(path.read_text()))
        if isinstance(each, ast.FunctionDef) and any("read_lately" in ast.unparse(mark) for mark in each.decorator_list)
    }
    of_articles = {"by_part", "city", "latest_day", "trend", "unmet"}
    assert set(found) == of_articles | {"board", "by_day", "matters", "outlook", "regulations", "standing_still"}
    assert not set().union(*found.values()) & {"actor", "tenant_id", "institution_id", "user_id", "session"}
