"""Two people at one case in the same moment: the second waits for the first one, and then finds what it did."""

from collections.abc import Callable
from threading import Thread

from flask import Flask

from infra.db import db
from tenants.errors import DomainError

# Long enough for the second to reach the row on a busy machine; it is waited for, whatever it does.
_REACHED = 0.5


def second_of_two(app: Flask, *, first: Callable[[], object], second: Callable[[], object]) -> str:
    """How the second fared that began while the first was not committed: `done`, or the sentence of the refusal."""
    outcome: list[str] = []

    def follow() -> None:
        with app.app_context():
            try:
                second()
                db.session.commit()
                outcome.append("done")
            except DomainError as refused:
                outcome.append(str(refused))
            db.session.remove()

    first()
    db.session.flush()
    thread = Thread(target=follow)
    thread.start()
    thread.join(_REACHED)
    assert thread.is_alive(), "it did not wait for the row"
    db.session.commit()
    thread.join()
    return outcome[0]
