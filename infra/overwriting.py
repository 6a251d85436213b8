"""What was taken anew, written over what was known before: all rows of a kind in one statement, spelled once."""

from collections.abc import Mapping, Sequence
from functools import cache
from typing import Any, cast

from sqlalchemy import Table
from sqlalchemy.dialects.postgresql import Insert, insert

from infra.db import Model, db
from infra.once import NOTHING_READ


def overwrite(model: type[Model], key: Sequence[str], rows: Sequence[Mapping[str, Any]]) -> None:
    """Each row in place of the one of its key, if there is one. All have the same columns; none is nothing to do."""
    if rows:
        db.session.execute(_upsert(cast("Table", model.__table__), tuple(key), tuple(rows[0])), list(rows))


@cache
def _upsert(table: Table, key: tuple[str, ...], columns: tuple[str, ...]) -> Insert:
    statement = insert(table)
    told = {name: statement.excluded[name] for name in columns if name not in key}
    return statement.on_conflict_do_update(index_elements=list(key), set_=told).execution_options(**NOTHING_READ)
