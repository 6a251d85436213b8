"""Numbers without holes: of cases and faults."""

from uuid import UUID

from sqlalchemy import func, select

from infra.db import Model, db
from infra.turns import queue_up
from tenants.roc_dates import this_year


def next_of(word: str, model: type[Model], *, tenant_id: UUID) -> str:
    """<word>-<民國年>-<number> of the next row, counted per institution and year without holes."""
    queue_up(model.__tablename__, tenant_id)
    prefix, of = f"{word}-{this_year()}-", model.__table__.c
    query = select(func.count()).where(of.tenant_id == tenant_id, of.serial.startswith(prefix))
    return f"{prefix}{(db.session.scalar(query) or 0) + 1:04}"
