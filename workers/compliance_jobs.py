"""Jobs of compliance: the facts of each institution, each minute and for each day that is over."""

from collections.abc import Iterable, Iterator
from datetime import date
from itertools import islice
from uuid import UUID

from infra import clock, queues
from infra.queues import Job
from tenants.actor import Actor
from tenants.compliance import actions
from tenants.compliance.articles import actions as articles
from tenants.compliance.due import city_days_to_take, days_to_take
from tenants.compliance.sampling import taking
from tenants.registry import queries as registry
from workers.job import Waiting, fan_out_job, tenant_job

_AT_ONCE = 60


@tenant_job
def take_now(tenant_id: UUID, actor: Actor) -> None:
    """What is known of one institution at this moment."""
    actions.take_now(tenant_id=tenant_id, now=clock.now(), actor=actor)


@tenant_job
def take_findings(tenant_id: UUID, actor: Actor) -> None:
    """What each article says of one institution's day so far."""
    articles.take_findings(tenant_id=tenant_id, day=clock.today(), now=clock.now(), actor=actor)


@tenant_job
def take_day(tenant_id: UUID, actor: Actor, *, day: str) -> None:
    """One civil day of one institution; taken again it takes in what arrived late."""
    now, civil_day = clock.now(), date.fromisoformat(day)
    actions.take_day(tenant_id=tenant_id, day=civil_day, now=now, actor=actor)
    articles.take_findings(tenant_id=tenant_id, day=civil_day, now=now, actor=actor)


@tenant_job
def take_cases(tenant_id: UUID, actor: Actor) -> None:
    """Tell the bureau which cases there are to draw a sample from: their codes and days."""
    taking.take_cases(tenant_id=tenant_id, now=clock.now(), actor=actor)


@tenant_job
def take_city_day(tenant_id: UUID, actor: Actor, *, day: str) -> None:
    """The whole city's findings of one civil day, counted; the institution is the bureau."""
    articles.take_city_day(tenant_id=tenant_id, day=date.fromisoformat(day), now=clock.now(), actor=actor)


@fan_out_job
def take_now_all() -> None:
    """Send one job for some institutions each: the whole city has its turn within the minute."""
    for some in together(tenant.id for tenant in registry.directory()):
        queues.enqueue(Job.TAKE_NOW, tenant_ids=some)


@fan_out_job
def take_findings_all() -> None:
    """The same for the articles; closed institutions owe none."""
    for some in together(tenant.id for tenant in registry.open_directory(day=clock.today())):
        queues.enqueue(Job.TAKE_FINDINGS, tenant_ids=some)


def together(tenant_ids: Iterable[UUID]) -> Iterator[list[UUID]]:
    """The institutions of one child: few enough that a slow one holds up few others and every worker has its share."""
    left = iter(tenant_ids)
    while some := list(islice(left, _AT_ONCE)):
        yield some


def waiting_jobs(*, tenant_id: UUID, today: date) -> Iterator[Waiting]:
    """The days whose facts are to be taken, for the sweep; the session is bound to the institution."""
    for day in days_to_take(tenant_id=tenant_id, today=today):
        yield Job.TAKE_DAY, {"day": day.isoformat()}
    if taking.has_untaken(tenant_id=tenant_id):
        yield Job.TAKE_CASES, {}
    bureau = registry.bureau_if_any()
    if bureau is not None and bureau.id == tenant_id:
        for day in city_days_to_take(today=today):
            yield Job.TAKE_CITY_DAY, {"day": day.isoformat()}
