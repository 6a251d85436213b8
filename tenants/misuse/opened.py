"""The open case that a step is about, locked, and never for somebody whom it suspects."""

from uuid import UUID

from sqlalchemy import select

from infra.db import db
from tenants.actor import Actor
from tenants.errors import InvalidTransition, NotFound
from tenants.misuse import queries
from tenants.misuse.models import MisuseCase, MisuseState
from tenants.permissions import Permission


def open_case(*, actor: Actor, tenant_id: UUID, misuse_id: UUID) -> MisuseCase:
    """The case, open and locked for a step. Whom it suspects finds nothing."""
    query = select(MisuseCase).where(MisuseCase.tenant_id == tenant_id, MisuseCase.id == misuse_id)
    found = db.session.scalar(query.with_for_update(), execution_options={"populate_existing": True})
    if found is None or queries.is_suspected(found, actor):
        raise NotFound
    actor.require(Permission.MISUSE_HANDLE)
    if found.state != MisuseState.OPEN:
        raise InvalidTransition("案件已結案，不能再登記。請重新整理頁面查看最新狀態。")
    return found
