"""The clock of the invented year: every row is of the moment at which it is written."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Any
from unittest.mock import patch

from sqlalchemy import event
from sqlalchemy.orm import Session

from infra import clock
from infra.db import Timestamped, db


class Moment:
    """The present moment, which only goes on."""

    def __init__(self, now: datetime) -> None:
        self.now = now

    def reach(self, instant: datetime) -> None:
        """Go on to an instant; one that is past already changes nothing."""
        self.now = max(self.now, instant)


@contextmanager
def moving(moment: Moment) -> Iterator[None]:
    """Let the program's clock be this one, and that of the database, which has no other, as well."""

    def dated(session: Session, *_others: Any) -> None:  # noqa: ANN401 - as the event has them
        for row in session.new:
            if isinstance(row, Timestamped) and row.created_at is None:
                row.created_at = moment.now

    event.listen(db.session, "before_flush", dated)
    try:
        with patch.object(clock, "now", lambda: moment.now):
            yield
    finally:
        event.remove(db.session, "before_flush", dated)
