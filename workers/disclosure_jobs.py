"""Putting together what leaves an institution, and ending what was looked at there."""

from collections.abc import Iterator
from uuid import UUID

from infra import clock, queues
from infra.db import db
from infra.queues import Job
from tenants.actor import Actor
from tenants.disclosures.models import Disclosure
from tenants.disclosures.official import copies_out
from tenants.disclosures.packages import building as packaging
from tenants.disclosures.packages import contents as package_contents
from tenants.disclosures.packages import ending as package_ending
from tenants.disclosures.packages import queries as packages
from tenants.disclosures.packages.models import PackageState
from tenants.disclosures.viewing import ending as viewing_ending
from tenants.disclosures.viewing import queries as viewings
from workers.context import kms, settings, store, timestamp_authority
from workers.job import Waiting, tenant_job


@tenant_job
def build_package(tenant_id: UUID, actor: Actor, *, package_id: str) -> None:
    """Build an ordered package. One whose hold is not copied yet is sent again by the job that copies it."""
    package = packages.package(tenant_id=tenant_id, package_id=UUID(package_id))
    state = packaging.build_package(
        actor=actor,
        tenant_id=tenant_id,
        package_id=package.id,
        store=store(),
        kms=kms(),
        scratch=settings().scratch_dir,
        authority=timestamp_authority(),
        kind=settings().key_kind,
    )
    if state is PackageState.PENDING:
        disclosure = db.session.get_one(Disclosure, package.disclosure_id)
        if package_contents.uncopied(disclosure):
            queues.enqueue_after_commit(db.session, Job.COPY_HOLD, tenant_id=tenant_id, hold_id=disclosure.held_as)


@tenant_job
def chase_copy(tenant_id: UUID, actor: Actor, *, disclosure_id: str) -> None:
    """Remind an agency whose day to return or destroy a copy is over."""
    copies_out.chase(actor=actor, tenant_id=tenant_id, disclosure_id=UUID(disclosure_id))


def copies_to_chase(*, tenant_id: UUID) -> Iterator[Waiting]:
    """Every copy whose agency has to be reminded now."""
    for disclosure_id in copies_out.to_chase(tenant_id=tenant_id):
        yield Job.CHASE_COPY, {"disclosure_id": disclosure_id}


@tenant_job
def destroy_package(tenant_id: UUID, actor: Actor, *, package_id: str, phase: int = 1) -> None:  # noqa: ARG001
    """Destroy the key of a package whose case is over, then its objects. `phase` tells the two jobs apart."""
    package_ending.destroy_package(actor=actor, tenant_id=tenant_id, package_id=UUID(package_id), store=store())


@tenant_job
def settle_viewings(tenant_id: UUID, actor: Actor) -> None:
    """Stop viewing sessions that fell silent, and end those that nobody came back to."""
    viewing_ending.settle(actor=actor, tenant_id=tenant_id)


def waiting_jobs(*, tenant_id: UUID) -> Iterator[Waiting]:
    """What of the institution's cases waits for a worker. The session is bound to it."""
    for package_id in packages.pending(tenant_id=tenant_id):
        yield Job.BUILD_PACKAGE, {"package_id": package_id}
    for package_id in package_ending.ending_packages(tenant_id=tenant_id):
        yield Job.DESTROY_PACKAGE, {"package_id": package_id}
    if viewings.unsettled(tenant_id=tenant_id, now=clock.now()):
        yield Job.SETTLE_VIEWINGS, {}
