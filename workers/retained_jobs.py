"""Jobs of the copy for reference: made once a case was carried out, destroyed when nobody needs it or its year ends."""

from collections.abc import Iterator
from uuid import UUID

from infra.queues import Job
from tenants.actor import Actor
from tenants.disclosures.retained import ending, making, queries
from workers.context import kms, settings, store
from workers.job import Waiting, noted, tenant_job


@tenant_job
def make_retained_copy(tenant_id: UUID, actor: Actor, *, disclosure_id: str) -> None:
    """Make the copy of a case that was carried out. A try that fails is kept, and told once it was several."""
    of = {"tenant_id": tenant_id, "disclosure_id": UUID(disclosure_id)}
    with noted(lambda error: making.note_failure(actor=actor, **of, error=error)):
        making.make_copy(
            actor=actor, **of, store=store(), kms=kms(), scratch=settings().scratch_dir, kind=settings().key_kind
        )


@tenant_job
def destroy_retained_copy(tenant_id: UUID, actor: Actor, *, copy_id: str, phase: int = 1) -> None:  # noqa: ARG001
    """Destroy the key of a copy whose time is over, then its objects. `phase` tells the two jobs apart."""
    ending.destroy_copy(actor=actor, tenant_id=tenant_id, copy_id=UUID(copy_id), store=store())


def waiting_jobs(*, tenant_id: UUID) -> Iterator[Waiting]:
    """What of copies for reference waits to be done, for the sweep; the session is bound to the institution."""
    for disclosure_id in queries.waiting(tenant_id=tenant_id):
        yield Job.MAKE_RETAINED_COPY, {"disclosure_id": disclosure_id}
    for copy_id, _since in ending.ended_since(tenant_id=tenant_id):
        yield Job.DESTROY_RETAINED_COPY, {"copy_id": copy_id}
