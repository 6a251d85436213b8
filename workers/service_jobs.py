"""How the services around us are, as the worker sees them: it alone speaks to mail, authority and store."""

import shutil
from collections.abc import Iterator
from uuid import UUID

from infra import reachable
from infra.objects import StoreUnavailable
from tenants.actor import Actor
from tenants.platform import actions as platform
from tenants.platform.models import Service
from workers.context import settings, store
from workers.job import tenant_job


@tenant_job
def check_services(tenant_id: UUID, actor: Actor) -> None:
    """Keep what was seen; the operator's page tells it. The institution is the bureau."""
    for service, answers in _seen():
        platform.note_service(actor=actor, tenant_id=tenant_id, service=service, answers=answers)
    disk = shutil.disk_usage(settings().scratch_dir)
    platform.note_service(
        actor=actor, tenant_id=tenant_id, service=Service.DISK, answers=True, free=disk.free, total=disk.total
    )


def _seen() -> Iterator[tuple[Service, bool | None]]:
    yield Service.STORE, _store_answers()
    yield Service.MAIL, reachable.listens(settings().mail_url)
    yield Service.TIMESTAMPS, reachable.listens(settings().tsa_url)


def _store_answers() -> bool:
    try:
        store().abilities()
    except StoreUnavailable:
        return False
    return True
