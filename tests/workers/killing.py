"""A worker that dies at the n-th thing it asks of the database or the store. Used by the tests of what must resume."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from sqlalchemy import event

from infra.db import db
from infra.objects import S3Objects

_STORE_CALLS = ("destroy", "facts", "get", "listing", "put", "read_into", "remnants")

# Who dies closes nothing; Python says so when it clears up.
dies_with_open_cursors = pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")


class Killed(BaseException):
    """The process ended here; its connections are dropped and the database rolls back. Nobody handles this."""


@contextmanager
def killed_at(step: int, monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[], bool]]:
    """Die at the step-th statement, commit or store call; the yielded function says whether it came to that."""
    steps = 0

    def count(*_: object) -> None:
        nonlocal steps
        steps += 1
        if steps == step:
            raise Killed

    def counted(name: str) -> Callable[..., Any]:
        real = getattr(S3Objects, name)

        def call(self: S3Objects, *arguments: object, **named: object) -> Any:  # noqa: ANN401 - the store's answer
            count()
            return real(self, *arguments, **named)

        return call

    with monkeypatch.context() as patch:
        for name in _STORE_CALLS:
            patch.setattr(S3Objects, name, counted(name))
        event.listen(db.engine, "before_cursor_execute", count)
        event.listen(db.engine, "commit", count)
        try:
            yield lambda: steps >= step
        finally:
            event.remove(db.engine, "before_cursor_execute", count)
            event.remove(db.engine, "commit", count)
