"""Liveness of this process, under its own prefix on the common origin."""

from flask import Blueprint

from webapp.access import public

health = Blueprint("media_health", __name__, url_prefix="/media/health")


@health.get("/live")
@public
def live() -> dict[str, str]:
    """The process answers."""
    return {"status": "ok"}
