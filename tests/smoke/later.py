"""`python -m tests.smoke.later DAYS`: the worker's night, so many days from now, until its queues are empty.

The very worker with a clock that is ahead: nothing in it knows. It is given the worker's environment.
"""

import sys
from datetime import timedelta

from infra import clock

_real_now = clock.now


def main() -> int:
    """Set the clock, send what cron would send at night, and work it off."""
    ahead = timedelta(days=int(sys.argv[1]))
    clock.now = lambda: _real_now() + ahead
    # Only now, so that nobody took the real clock by name before.
    from infra import queues  # noqa: PLC0415
    from workers import main as worker  # noqa: PLC0415
    from workers.context import worker_app  # noqa: PLC0415

    worker_app()
    queues.enqueue(queues.Job.NIGHTLY)
    return worker.main([*(queue.value for queue in queues.Queue), "--burst"])


if __name__ == "__main__":
    sys.exit(main())
