"""`python -m workers.cron`: the process that sends the jobs of `workers.schedule`, with RQ's own cron behind it.

RQ's cron is still called beta and would enqueue in its own way (pickled, any number of times); here it only keeps time,
and every job goes through `infra.queues` like any other. It holds no secret but the queue's address.
"""

import os
import time
from collections.abc import Iterable
from contextlib import suppress
from typing import Any

import structlog
from redis import Redis
from redis.exceptions import RedisError
from rq.cron import CronJob, CronScheduler
from rq.exceptions import StopRequested

from infra import logs, queues
from infra.queues import QUEUE_OF, Job
from infra.settings import Process, Settings
from workers.schedule import SCHEDULE, Periodic

log = structlog.get_logger(__name__)

_RETRY_SECONDS = 5


class SentJob(CronJob):
    """A periodic job that is sent by name and as JSON, and not twice while it waits."""

    def enqueue(self, connection: Redis) -> Any:  # noqa: ANN401, ARG002 - RQ's own signature; its caller uses no result
        """Send it over the one connection of `infra.queues`."""
        queues.enqueue(Job(self.func_name))


def scheduler(periodics: Iterable[Periodic] = SCHEDULE) -> CronScheduler:
    """RQ's timekeeper with our table in it. The queue must be configured."""
    made = CronScheduler(connection=queues.connection())
    made.get_jobs().extend(
        SentJob(
            queue_name=QUEUE_OF[each.job],
            func_name=each.job,
            interval=each.every_seconds,
            cron=each.at,
            name=each.name,
        )
        for each in periodics
    )
    return made


def main() -> None:
    """Run until told to stop."""
    os.environ["TZ"] = "Asia/Taipei"  # RQ reads crontab lines in the process's own time zone
    time.tzset()
    logs.configure(process=Process.CRON)
    settings = Settings.from_env(Process.CRON)
    queues.configure(settings.redis_url)
    with suppress(StopRequested, KeyboardInterrupt):
        while not _kept_time():
            time.sleep(_RETRY_SECONDS)


def _kept_time() -> bool:
    """Send until told to stop: True; False when the queue went down, which must not end this process."""
    try:
        scheduler().start()  # type: ignore[no-untyped-call]  # RQ's
    except RedisError:
        log.warning("queue is down, trying again soon", exc_info=True)
        return False
    return True


if __name__ == "__main__":
    main()
