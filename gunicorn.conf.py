"""Settings of both web processes that are not spelled in the Procfile. gunicorn finds this file by its name."""

from infra import garbage


def post_worker_init(_worker: object) -> None:
    """Called in each worker when its app is made, before its first request."""
    garbage.settle()
