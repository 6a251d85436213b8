"""What shows from outside that a camera is tried or recorded, also where ten thousand segments wait beside it."""

import os
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from workers.edge.signs import Signs, note_try


def touched(path: Path, at: int) -> None:
    path.touch()
    os.utime(path, ns=(at, at))


def test_who_was_never_tried_has_no_sign(tmp_path: Path) -> None:
    assert Signs(tmp_path / "none").moved_ns() == 0


@pytest.mark.req("KH-5-3a")
def test_a_try_and_a_second_of_a_segment_are_signs_and_what_waits_is_none(tmp_path: Path) -> None:
    signs = Signs(tmp_path)
    touched(tmp_path / "one.age", 900)
    assert signs.moved_ns() == 0
    note_try(tmp_path)
    touched(tmp_path / "tried", 100)
    assert signs.moved_ns() == 100
    touched(tmp_path / "two.end0", 200)
    touched(tmp_path / "two.end1", 300)
    assert signs.moved_ns() == 300


@pytest.mark.req("KH-5-3a")
def test_the_next_segment_is_seen_and_the_one_before_forgotten(tmp_path: Path) -> None:
    signs = Signs(tmp_path)
    touched(tmp_path / "one.end0", 500)
    assert [signs.moved_ns() for _look in range(3)] == [500, 500, 500]
    (tmp_path / "one.end0").unlink()
    touched(tmp_path / "two.end0", 400)
    assert signs.moved_ns() == 400


@pytest.mark.req("KH-5-3a")
def test_a_file_made_in_the_same_instant_as_a_change_is_seen_at_the_next_look(tmp_path: Path) -> None:
    signs = Signs(tmp_path)
    touched(tmp_path / "one.end0", 100)
    at = tmp_path.stat().st_mtime_ns
    assert signs.moved_ns() == 100
    touched(tmp_path / "one.end1", 200)
    os.utime(tmp_path, ns=(at, at))
    assert signs.moved_ns() == 200


@pytest.mark.req("KH-5-3a")
def test_a_folder_that_stays_as_it_is_is_not_listed_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    listed: list[str] = []

    def glob(_folder: Path, pattern: str) -> Iterator[Path]:
        listed.append(pattern)
        return iter([tmp_path / "one.end0"] if pattern == "*.end0" else [])

    touched(tmp_path / "one.end0", 100)
    signs = Signs(tmp_path)
    monkeypatch.setattr(Path, "glob", glob)
    signs.moved_ns(), signs.moved_ns()
    listed.clear()
    touched(tmp_path / "one.end0", 200)
    assert signs.moved_ns() == 200
    assert not listed


@pytest.mark.req("KH-5-3a")
@pytest.mark.parametrize(("seconds_ago", "marked"), [(0, True), (9, True), (11, False)])
def test_only_a_second_that_was_marked_just_now_shows_that_footage_is_made(
    tmp_path: Path,
    seconds_ago: int,
    marked: bool,  # noqa: FBT001
) -> None:
    note_try(tmp_path)
    assert not Signs(tmp_path).is_marked(), "a try makes no footage"
    touched(tmp_path / "one.end0", time.time_ns() - seconds_ago * 1_000_000_000)
    assert Signs(tmp_path).is_marked() is marked
