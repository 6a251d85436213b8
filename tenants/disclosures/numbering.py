"""Numbers without holes: of cases, and of the register's lines."""

from uuid import UUID

from sqlalchemy import func, select, text

from infra import clock
from infra.db import Model, db
from tenants.disclosures.models import Disclosure
from tenants.roc_dates import roc_year


def next_serial(*, tenant_id: UUID) -> str:
    """調閱-<民國年>-<number> of the next case, counted per institution and year, through whichever door."""
    return next_of("調閱", Disclosure, tenant_id=tenant_id)


def next_of(word: str, model: type[Model], *, tenant_id: UUID) -> str:
    """<word>-<民國年>-<number> of the next row, counted per institution and year without holes."""
    queue_up(model.__tablename__, tenant_id)
    prefix, of = f"{word}-{roc_year(clock.today())}-", model.__table__.c
    query = select(func.count()).where(of.tenant_id == tenant_id, of.serial.startswith(prefix))
    return f"{prefix}{(db.session.scalar(query) or 0) + 1:04}"


def queue_up(series: str, tenant_id: UUID) -> None:
    """Wait for this institution's turn at a series of numbers, until the transaction ends, so that none is skipped.

    A transaction that fails gives its number back, which a database sequence would not.
    """
    db.session.execute(
        text("select pg_advisory_xact_lock(hashtextextended(:series, 0))"), {"series": f"{series}:{tenant_id}"}
    )
