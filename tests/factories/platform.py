"""What workers noted: tries that failed, and what the store can do. The session is bound to the institution."""

from datetime import timedelta
from uuid import UUID

from infra import clock
from infra.db import db
from infra.queues import Job
from tenants.platform.models import JobFault, Service, ServiceCheck, StoreCheck
from tenants.retention.models import RetentionRun


def fault(
    tenant_id: UUID,
    job: Job = Job.BUILD_PACKAGE,
    *,
    subject: str = "",
    error: str = "store_unavailable: 儲存服務沒有回應。",
    tries: int = 3,
) -> None:
    """A job whose tries failed since two hours ago."""
    since, now = clock.now() - timedelta(hours=2), clock.now()
    made = JobFault(tenant_id=tenant_id, job=job, subject=subject, since=since, tried_at=now, tries=tries, error=error)
    db.session.add(made)
    db.session.commit()


def store_check(tenant_id: UUID, *, lifecycle: bool = True, object_lock: bool = True) -> None:
    """What the store was seen to do last night."""
    made = StoreCheck(tenant_id=tenant_id, checked_at=clock.now(), lifecycle=lifecycle, object_lock=object_lock)
    made.versioning = False
    made.compared_at, made.faults = (clock.now(), []) if lifecycle else (None, None)
    db.session.add(made)
    db.session.commit()


def ran(tenant_id: UUID, *, ago: timedelta = timedelta(minutes=1)) -> None:
    """When the law last ran for an institution."""
    db.session.add(RetentionRun(tenant_id=tenant_id, ran_at=clock.now() - ago))
    db.session.commit()


def service(
    tenant_id: UUID,
    of: Service = Service.STORE,
    *,
    answers: bool | None = True,
    ago: timedelta = timedelta(minutes=1),
) -> None:
    """How a worker last saw a service, and since an hour before; the disk is half full."""
    at = clock.now() - ago
    made = ServiceCheck(tenant_id=tenant_id, service=of, checked_at=at, answers=answers)
    made.since = at - timedelta(hours=1)
    made.free, made.total = (50 * 10**9, 100 * 10**9) if of is Service.DISK else (None, None)
    db.session.add(made)
    db.session.commit()
