"""What surrounds every job: app context, binding, transaction, log fields. A body never commits nor swallows.

`@tenant_job` binds to the institution its arguments name; a job without one cannot be spelled. Jobs that fan out over
all institutions are `@fan_out_job`: they see names only and enqueue one job per institution.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import wraps
from typing import Any, Concatenate, ParamSpec
from uuid import UUID

import structlog
from rq.timeouts import BaseTimeoutException
from sqlalchemy.exc import SQLAlchemyError

from infra.db import db
from infra.once import kept_for_all
from infra.queues import Job, JobArgument
from infra.tenancy import Binding, bind
from tenants.actor import Actor, system
from tenants.platform import actions as platform
from workers.context import worker_app

P = ParamSpec("P")

log = structlog.get_logger(__name__)

# These only tell two jobs about the same thing apart: how far the one before came. Nor is the day of an anchor a thing
# of its own: the head of a later day is over all the days before.
_PASSING = frozenset({"left", "phase"})

# A job that has something to do for the institution at hand, as the sweep finds it, and its arguments.
Waiting = tuple[Job, Mapping[str, JobArgument]]


def tenant_job(body: Callable[Concatenate[UUID, Actor, P], Iterator[None] | None]) -> Callable[..., None]:
    """A job for one institution: `body(tenant_id, actor, ...)` in one bound transaction, committed when it returns.

    A body of several units yields after each, and what it did so far is committed there. Sent with `tenant_ids` it does
    the same for each of them, one after another, each in a transaction of its own: a child costs as much as some short
    jobs. What fails at one institution is undone and noted there, the others still have their turn, and the job fails
    at the end.
    """

    def one(*, tenant_id: str, **arguments: Any) -> None:  # noqa: ANN401 - JSON from the queue
        bound = UUID(tenant_id)
        with (
            worker_app().app_context(),
            structlog.contextvars.bound_contextvars(job=body.__name__, tenant_id=tenant_id, **arguments),
        ):
            bind(db.session, Binding(tenant_id=bound))
            by, job = system(body.__name__), f"{body.__module__}.{body.__name__}"
            about = {"job": job, "subject": _subject(job, arguments)}
            with _told(by, bound, about):
                _committed(body(bound, by, **arguments))  # type: ignore[call-arg]  # the queue's JSON, checked by the call
                platform.settle_fault(actor=by, tenant_id=bound, **about)
                db.session.commit()

    @wraps(body)
    def run(*, tenant_ids: Sequence[str] = (), **arguments: Any) -> None:  # noqa: ANN401 - as above
        if not tenant_ids:
            one(**arguments)
            return
        _each(one, tenant_ids, arguments, called=body.__name__)

    return run


def _each(one: Callable[..., None], tenant_ids: Sequence[str], arguments: Mapping[str, Any], *, called: str) -> None:
    """One institution after another, with what is everybody's read once; what failed is raised when all had theirs."""
    failed = []
    with kept_for_all():
        for tenant_id in tenant_ids:
            try:
                one(tenant_id=tenant_id, **arguments)
            except BaseTimeoutException:  # the time of all of them is over
                raise
            except Exception as error:  # noqa: BLE001 - noted already; it is raised once the others are done
                failed.append(error)
    if failed:
        raise ExceptionGroup(f"{called} failed for {len(failed)} of {len(tenant_ids)}", failed)


def _committed(units: Iterator[None] | None) -> None:
    """Do each unit of a body that yields, in a transaction of its own."""
    for _ in units or ():
        db.session.commit()


def fan_out_job(body: Callable[P, None]) -> Callable[P, None]:
    """A job that sees no institution's rows and only sends jobs."""

    @wraps(body)
    def run(*args: P.args, **kwargs: P.kwargs) -> None:
        with worker_app().app_context(), structlog.contextvars.bound_contextvars(job=body.__name__):
            body(*args, **kwargs)
            db.session.commit()

    return run


def _subject(job: str, arguments: Mapping[str, Any]) -> str:
    """What a job is about, so that its next try is known as one."""
    passing = _PASSING | {"day"} if job == Job.ANCHOR_CHAIN else _PASSING
    return " ".join(f"{name}={value}" for name, value in sorted(arguments.items()) if name not in passing)


@contextmanager
def _told(actor: Actor, tenant_id: UUID, about: Mapping[str, str]) -> Iterator[None]:
    """Let an error undo and fail the job, and keep it for the operator's page in a transaction of its own."""
    try:
        yield
    except Exception as error:
        db.session.rollback()
        try:
            platform.note_fault(actor=actor, tenant_id=tenant_id, error=error, **about)
            db.session.commit()
        except SQLAlchemyError:
            db.session.rollback()
            log.warning("a job failed, and it could not be noted", exc_info=True)
        raise


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
