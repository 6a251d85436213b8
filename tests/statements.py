"""What is said to the database while a test looks."""

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import Engine, event

from infra.db import db


@contextmanager
def statements_sent(*engines: Engine | type[Engine], about: str = "") -> Iterator[list[str]]:
    """Every statement that is sent from now on, over the app's own engine unless told, that has the words `about`."""
    found: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_others: object) -> None:
        if about in statement:
            found.append(statement)

    heard = engines or (db.engine,)
    for engine in heard:
        event.listen(engine, "before_cursor_execute", note)
    try:
        yield found
    finally:
        for engine in heard:
            event.remove(engine, "before_cursor_execute", note)
