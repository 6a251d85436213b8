"""Binds a database transaction to whom it may see. The policies of `infra.rowsecurity` read what is set here.

Facts behind the shape, each covered by `tests/isolation`: a setting made with `set_config(..., true)` is gone after
commit, so it is set again at the begin of every transaction; a setting that outlives the transaction would reach the
next user of the pooled connection, so it never does; an unbound transaction sees nothing.
"""

from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, event, text
from sqlalchemy.orm import Session, SessionTransaction, scoped_session

_KEY = "shouyuan.binding"
# Made once and not for each transaction.
_SETTING = text(
    "select set_config('shouyuan.tenant_id', :tenant, true), set_config('shouyuan.agency_id', :agency, true), "
    "set_config('shouyuan.user_id', :user, true)"
)


@dataclass(frozen=True, kw_only=True)
class Binding:
    """Whom the transaction acts for. Each part opens the rows of exactly that institution, agency or person."""

    tenant_id: UUID | None = None
    agency_id: UUID | None = None
    user_id: UUID | None = None


def bind(session: Session | scoped_session[Any], binding: Binding) -> None:
    """Bind the session from now on: the open transaction, if there is one, and every later one."""
    real = session() if isinstance(session, scoped_session) else session
    real.info[_KEY] = binding
    if real.in_transaction():
        _apply(real.connection(), binding)


def bind_tenant(session: Session | scoped_session[Any], tenant_id: UUID) -> None:
    """Bind to an institution, keeping the person and agency that are bound already."""
    held = binding_of(session)
    bind(session, Binding(tenant_id=tenant_id, agency_id=held.agency_id, user_id=held.user_id))


def binding_of(session: Session | scoped_session[Any]) -> Binding:
    """What the session is bound to; an empty binding when nothing was bound."""
    real = session() if isinstance(session, scoped_session) else session
    held = real.info.get(_KEY, Binding())
    assert isinstance(held, Binding)  # noqa: S101 - only this module writes the key
    return held


@contextmanager
def bound(session: Session | scoped_session[Any], binding: Binding) -> Iterator[None]:
    """Bind for a moment, such as to write into the bureau's own chain; afterwards what was bound before is bound again.

    An error rolls the transaction back, since a caller that caught it would go on under the wrong binding.
    """
    real = session() if isinstance(session, scoped_session) else session
    held = binding_of(real)
    real.flush()  # what is pending belongs to those bound before
    bind(real, binding)
    try:
        yield
        real.flush()
    except BaseException:
        real.rollback()
        real.info[_KEY] = held
        raise
    bind(real, held)


def bound_tenant(session: Session | scoped_session[Any], tenant_id: UUID) -> AbstractContextManager[None]:
    """As `bound`, to an institution, keeping the person who acts there."""
    return bound(session, Binding(tenant_id=tenant_id, user_id=binding_of(session).user_id))


def _apply(connection: Connection, binding: Binding) -> None:
    connection.execute(
        _SETTING,
        {
            "tenant": str(binding.tenant_id or ""),
            "agency": str(binding.agency_id or ""),
            "user": str(binding.user_id or ""),
        },
    )


@event.listens_for(Session, "after_begin")
def _rebind(session: Session, _transaction: SessionTransaction, connection: Connection) -> None:
    binding = session.info.get(_KEY)
    if binding is not None:
        _apply(connection, binding)
