"""The one table of periodic jobs: name, when, which job, and why. `workers.cron` sends them.

Times are Taipei's. Everything that must happen on a day is also found by the sweep, so a cron that was down for a night
delays and loses nothing.
"""

from dataclasses import dataclass

from infra.queues import Job

_MINUTE = 60


@dataclass(frozen=True, kw_only=True)
class Periodic:
    """A job without arguments, every so many seconds or by a crontab line; exactly one of the two."""

    name: str
    job: Job
    why: str
    every_seconds: int | None = None
    at: str | None = None


SCHEDULE = (
    Periodic(
        name="now",
        job=Job.TAKE_NOW_ALL,
        every_seconds=_MINUTE,
        why="the bureau's first page is never older than a minute or two, and says when it was taken (DR-30)",
    ),
    Periodic(
        name="findings",
        job=Job.TAKE_FINDINGS_ALL,
        every_seconds=15 * _MINUTE,
        why="each article's rule is asked while the day runs, so that what a school put right at nine is right at ten",
    ),
    Periodic(
        name="notices",
        job=Job.PLAN_NOTICES_ALL,
        at="0 * * * *",
        why="at seven each person's one mail of the day is made (DR-31); each hour what was done is let go",
    ),
    Periodic(
        name="sweep",
        job=Job.SWEEP,
        every_seconds=10 * _MINUTE,
        why="whatever a lost queue, a dead worker or a store that was down left undone is found within minutes",
    ),
    Periodic(
        name="night",
        job=Job.NIGHTLY,
        at="5 0 * * *",
        why="a day's footage may go from 00:00 on (KH-5-3c); five minutes let the last segments of yesterday arrive",
    ),
)
