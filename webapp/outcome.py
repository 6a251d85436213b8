"""What came of a step that a button takes: there is no form to show a refusal on, so the next page says it."""

from collections.abc import Iterator
from contextlib import contextmanager

from flask import flash

from tenants.errors import Invalid, InvalidTransition


@contextmanager
def outcome_said(done: str) -> Iterator[None]:
    """Say `done` once the step inside is taken, or why it was refused; the route goes on either way."""
    try:
        yield
    except (Invalid, InvalidTransition) as refused:
        flash(str(refused), "bad")
    else:
        flash(done, "good")
