"""`/metrics` of web and media, for Prometheus: by token, never through the proxy, and nothing of anybody.

Without a token in the settings there is no such page. Web also tells what no process knows of itself: the queues, what
jobs came to, and sums over all institutions.
"""

import hmac
import time
from collections.abc import Iterator, Mapping
from datetime import datetime
from http import HTTPStatus

from flask import Blueprint, Flask, Response, abort, current_app, g, request

from infra import clock, job_tally, queue_watch, queues
from infra.db import db
from infra.job_tally import Outcome, Tally
from infra.metrics import (
    CONNECTIONS,
    CONTENT_TYPE,
    ENDPOINT_SECONDS,
    REQUEST_SECONDS,
    REQUESTS,
    Figure,
    Labelled,
    exposition,
)
from infra.queues import QueueDown
from infra.settings import Process, Settings
from tenants.platform import figures
from webapp.access import public

metrics = Blueprint("metrics", __name__)
_NOBODYS = "none"


def init_app(app: Flask) -> None:
    """Count every answer of this app."""
    app.before_request(_begin)
    app.after_request(_count)
    app.register_blueprint(metrics)


@metrics.get("/metrics")
@public
def show() -> Response:
    """The text that Prometheus reads; 404 for everybody who does not know the token, or comes from outside."""
    settings: Settings = current_app.config["SETTINGS"]
    told = request.headers.get("Authorization", "").encode()
    if not settings.metrics_token or _came_through_proxy():
        abort(HTTPStatus.NOT_FOUND)
    if not hmac.compare_digest(told, f"Bearer {settings.metrics_token}".encode()):
        abort(HTTPStatus.NOT_FOUND)
    asked = _asked(clock.now()) if settings.process is Process.WEB else ()
    return Response(exposition(asked), content_type=CONTENT_TYPE)


def _came_through_proxy() -> bool:
    """Caddy says for whom it asks; whoever asks on this machine or its private network does not."""
    return any(name in request.headers for name in ("X-Forwarded-For", "Forwarded", "X-Real-Ip"))


def _begin() -> None:
    g.began = time.monotonic()


def _count(response: Response) -> Response:
    settings: Settings = current_app.config["SETTINGS"]
    # The endpoint is a name out of our code; the address itself has ids and words that people typed.
    endpoint = request.endpoint or _NOBODYS
    REQUESTS.labels(settings.process, endpoint, f"{response.status_code // 100}xx").inc()
    if "began" in g:
        taken = time.monotonic() - g.began
        REQUEST_SECONDS.labels(settings.process).observe(taken)
        ENDPOINT_SECONDS.labels(settings.process, endpoint).inc(taken)
    CONNECTIONS.labels(settings.process).set(sum(_in_use(engine.pool) for engine in db.engines.values()))
    return response


def _in_use(pool: object) -> int:
    """Connections that are lent out; a pool that keeps none lends none."""
    count = getattr(pool, "checkedout", None)
    return int(count()) if count is not None else 0


def _asked(now: datetime) -> Iterator[Figure]:
    yield from _of_queues(now)
    yield from _of_institutions(now)


def _of_queues(now: datetime) -> Iterator[Figure]:
    """Nothing but that the server is down, when it is."""
    try:
        with queues.answering() as server:
            found, ended = queue_watch.overview(), job_tally.tallies(server)
    except QueueDown:
        yield _one("shouyuan_queue_server_up", "Whether the queue's server answers.", 0)
        return
    by_queue = {state.queue.value: state for state in found.queues}
    yield _one("shouyuan_queue_server_up", "Whether the queue's server answers.", 1)
    yield _one("shouyuan_workers", "Worker processes that are alive.", found.workers)
    for name, meaning in (
        ("waiting", "Jobs that wait."),
        ("running", "Jobs that run."),
        ("failed", "Jobs that failed."),
    ):
        values: Labelled = {(queue,): float(getattr(state, name)) for queue, state in by_queue.items()}
        yield Figure(name=f"shouyuan_queue_{name}", meaning=meaning, labels=("queue",), values=values)
    ages: Labelled = {
        (queue,): (now - state.oldest).total_seconds() if state.oldest is not None else 0.0
        for queue, state in by_queue.items()
    }
    yield Figure(name="shouyuan_queue_oldest_seconds", meaning="Age of the oldest.", labels=("queue",), values=ages)
    lanes: Labelled = {
        (queue,): float(sum(lane.waiting > 0 for lane in state.lanes)) for queue, state in by_queue.items()
    }
    yield Figure(name="shouyuan_queue_lanes", meaning="Institutions that wait.", labels=("queue",), values=lanes)
    yield from _of_jobs(ended)


def _of_jobs(ended: Mapping[tuple[str, Outcome], Tally]) -> Iterator[Figure]:
    labels = ("job", "outcome")
    counts: Labelled = {(job, outcome.value): float(tally.count) for (job, outcome), tally in ended.items()}
    seconds: Labelled = {(job, outcome.value): tally.seconds for (job, outcome), tally in ended.items()}
    yield Figure(name="shouyuan_jobs", meaning="Jobs that ended.", labels=labels, values=counts, is_counter=True)
    yield Figure(
        name="shouyuan_job_seconds", meaning="Seconds they took.", labels=labels, values=seconds, is_counter=True
    )
    failed = sum(tally.count for (_, outcome), tally in ended.items() if outcome is Outcome.FAILED)
    yield Figure(name="shouyuan_jobs_failed", meaning="Jobs that failed.", values={(): float(failed)}, is_counter=True)


def _of_institutions(now: datetime) -> Iterator[Figure]:
    known = figures.figures(now=now)
    told = {
        "shouyuan_late_destructions": ("Days of footage late by more than a day.", known.late_destructions),
        "shouyuan_late_destruction_seconds": ("Age of the latest destruction.", known.late_seconds),
        "shouyuan_open_faults": ("Cameras and boxes with an open fault.", known.open_faults),
        "shouyuan_chain_anchor_lag_days": ("Days of the chain furthest behind.", known.anchor_lag_days),
        "shouyuan_upload_lag_seconds": ("Age of the oldest footage still at a site.", known.upload_lag_seconds),
        "shouyuan_facts_age_seconds": ("Age of the newest facts.", known.facts_age_seconds),
        "shouyuan_failing_jobs": ("Things whose last try failed.", known.failing_jobs),
        "shouyuan_failing_mails": ("Mails whose last try failed.", known.failing_mails),
        "shouyuan_worker_disk_free_ratio": ("Free share of the workers' disk.", known.disk_free),
    }
    yield from (_one(name, meaning, value) for name, (meaning, value) in told.items() if value is not None)
    services: Labelled = {(name,): float(answers) for name, answers in known.services.items()}
    yield Figure(name="shouyuan_service_up", meaning="Whether it answers.", labels=("service",), values=services)


def _one(name: str, meaning: str, value: float) -> Figure:
    return Figure(name=name, meaning=meaning, values={(): float(value)})
