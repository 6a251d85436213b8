"""The table of periodic jobs and the process that keeps its time."""

import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
from rq import Queue as RqQueue
from rq.serializers import JSONSerializer

from infra import queues
from infra.queues import Job, Queue
from infra.settings import PREFIX
from workers import cron
from workers.schedule import SCHEDULE


@pytest.fixture
def taipei() -> Iterator[None]:
    """As the cron process sets itself."""
    held = os.environ.get("TZ")
    os.environ["TZ"] = "Asia/Taipei"
    time.tzset()
    yield
    if held is None:
        del os.environ["TZ"]
    else:
        os.environ["TZ"] = held
    time.tzset()


def waiting(queue: Queue) -> list[str]:
    return RqQueue(queue, connection=queues.connection(), serializer=JSONSerializer).job_ids


def test_each_entry_has_one_time_a_name_of_its_own_and_says_why() -> None:
    assert len({each.name for each in SCHEDULE}) == len(SCHEDULE)
    for each in SCHEDULE:
        assert (each.every_seconds is None) != (each.at is None)
        assert len(each.why) > 20


@pytest.mark.req("KH-5-3c", "DR-04")
@pytest.mark.usefixtures("taipei")
def test_the_night_comes_just_after_midnight_in_taipei(valkey: str) -> None:
    queues.configure(valkey)
    (night,) = [job for job in cron.scheduler().get_jobs() if job.name == "night"]
    assert night.next_enqueue_time is not None
    assert (night.next_enqueue_time.astimezone(UTC).hour, night.next_enqueue_time.minute) == (16, 5)
    assert night.next_enqueue_time > datetime.now(UTC)


def test_jobs_are_sent_by_name_as_json_and_not_twice_while_they_wait(valkey: str) -> None:
    queues.configure(valkey)
    for _ in range(2):  # as after a restart
        cron.scheduler().enqueue_jobs()
    assert waiting(Queue.DEFAULT) == ["sweep"]
    assert waiting(Queue.COMPLIANCE) == ["take_now_all", "take_findings_all"]
    job = RqQueue(Queue.DEFAULT, connection=queues.connection(), serializer=JSONSerializer).fetch_job("sweep")
    assert job is not None
    assert (job.func_name, job.kwargs) == (Job.SWEEP.value, {})


def test_the_process_needs_only_the_queue_and_stops_when_told(valkey: str) -> None:
    environment = {k: v for k, v in os.environ.items() if not k.startswith(PREFIX)} | {f"{PREFIX}REDIS_URL": valkey}
    process = subprocess.Popen(
        [sys.executable, "-m", "workers.cron"], env=environment, stderr=subprocess.PIPE, text=True
    )
    queues.configure(valkey)
    end = time.monotonic() + 20
    while not waiting(Queue.DEFAULT) and time.monotonic() < end:
        time.sleep(0.1)
    process.send_signal(signal.SIGTERM)
    _, said = process.communicate(timeout=10)
    assert waiting(Queue.DEFAULT) == ["sweep"], said
    assert process.returncode == 0, said
    assert not re.search("Traceback", said), said


def test_a_queue_that_is_down_does_not_end_the_process() -> None:
    queues.configure("redis://127.0.0.1:1/0")
    assert cron._kept_time() is False  # noqa: SLF001 - the loop around it never ends
