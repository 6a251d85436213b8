"""`python -m tests.smoke.later DAYS [TENANT]`: the worker's night, or one institution's sweep, so many days from now.

The very worker with a clock that is ahead, and everybody's word that it is right: nothing in it knows. It is given the
worker's environment.
"""

import sys
from datetime import timedelta
from uuid import UUID

from infra import clock

_WITH_TENANT = 2
_real_now = clock.now


def main() -> int:
    """Set the clock, send what cron would send, and work it off until the queues are empty."""
    ahead = timedelta(days=int(sys.argv[1]))
    clock.now = lambda: _real_now() + ahead
    # Only now, so that nobody took the real clock by name before.
    from infra import queues  # noqa: PLC0415
    from tenants.retention import plan_queries, planning  # noqa: PLC0415
    from workers import main as worker  # noqa: PLC0415
    from workers.context import worker_app  # noqa: PLC0415

    plan_queries.told = lambda *, now, **_: planning.Told(worker=now, database=now, heard=now)
    worker_app()
    if len(sys.argv) > _WITH_TENANT:
        queues.enqueue(queues.Job.SWEEP_TENANT, tenant_id=UUID(sys.argv[2]))
    else:
        queues.enqueue(queues.Job.NIGHTLY)
    return worker.main([*(queue.value for queue in queues.Queue), "--burst"])


if __name__ == "__main__":
    sys.exit(main())
