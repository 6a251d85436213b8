"""One after another where a number, or how many there are, must not be told to two at once."""

from uuid import UUID

from sqlalchemy import text

from infra.db import db


def queue_up(series: str, tenant_id: UUID) -> None:
    """Wait for this institution's turn at a series of numbers, until the transaction ends, so that none is skipped.

    A transaction that fails gives its number back, which a database sequence would not.
    """
    db.session.execute(
        text("select pg_advisory_xact_lock(hashtextextended(:series, 0))"), {"series": f"{series}:{tenant_id}"}
    )
