"""What surrounds every job: app context, binding, one transaction, log fields. A body never commits nor swallows.

`@tenant_job` binds to the institution its arguments name; a job without one cannot be spelled. Jobs that fan out over
all institutions are `@fan_out_job`: they see names only and enqueue one job per institution.
"""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from functools import wraps
from typing import Any, Concatenate, ParamSpec
from uuid import UUID

import structlog

from infra.db import db
from infra.queues import Job, JobArgument
from infra.tenancy import Binding, bind
from tenants.actor import Actor, system
from workers.context import worker_app

P = ParamSpec("P")

# A job that has something to do for the institution at hand, as the sweep finds it, and its arguments.
Waiting = tuple[Job, Mapping[str, JobArgument]]


def tenant_job(body: Callable[Concatenate[UUID, Actor, P], None]) -> Callable[..., None]:
    """A job for one institution: `body(tenant_id, actor, ...)` in one bound transaction, committed when it returns."""

    @wraps(body)
    def run(*, tenant_id: str, **arguments: Any) -> None:  # noqa: ANN401 - JSON from the queue
        bound = UUID(tenant_id)
        with (
            worker_app().app_context(),
            structlog.contextvars.bound_contextvars(job=body.__name__, tenant_id=tenant_id, **arguments),
        ):
            bind(db.session, Binding(tenant_id=bound))
            body(bound, system(body.__name__), **arguments)  # type: ignore[call-arg]  # the queue's JSON is checked by the call
            db.session.commit()

    return run


def fan_out_job(body: Callable[P, None]) -> Callable[P, None]:
    """A job that sees no institution's rows and only sends jobs."""

    @wraps(body)
    def run(*args: P.args, **kwargs: P.kwargs) -> None:
        with worker_app().app_context(), structlog.contextvars.bound_contextvars(job=body.__name__):
            body(*args, **kwargs)
            db.session.commit()

    return run


@contextmanager
def noted(note: Callable[[Exception], None]) -> Iterator[None]:
    """Let an error undo the job, then write it down in a transaction of its own, and fail the job with it.

    What a person has to be shown must not depend on who reads the log.
    """
    try:
        yield
    except Exception as error:
        db.session.rollback()
        note(error)
        db.session.commit()
        raise
