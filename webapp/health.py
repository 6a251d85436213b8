"""Liveness, readiness, and the canary that refuses to serve when row security is not in force."""

from flask import Blueprint, Flask
from sqlalchemy.exc import OperationalError

from infra import queues
from infra.canary import row_security_faults
from infra.db import db
from webapp.access import public

health = Blueprint("health", __name__, url_prefix="/health")


class RowSecurityOff(RuntimeError):
    """One institution's rows could be shown to another, so nothing is served (DR-08)."""


def refuse_without_row_security(app: Flask) -> None:
    """Raise `RowSecurityOff` naming every fault, so that the app does not start."""
    with app.app_context():
        faults = row_security_faults(db.engine)
        db.engine.dispose()  # a server that forks after this must not share the connection
    if faults:
        raise RowSecurityOff("; ".join(faults))


@health.get("/live")
@public
def live() -> dict[str, str]:
    """The process answers."""
    return {"status": "ok"}


@health.get("/ready")
@public
def ready() -> tuple[dict[str, str], int]:
    """The process can do its work: 200, else 503 and which part is missing. Never why, this page is public."""
    parts = {"database": _database(), "queue": "ok" if queues.answers() else "down"}
    # Without the queue pages still work and the sweep catches up, so only the database decides.
    return parts, 200 if parts["database"] == "ok" else 503


def _database() -> str:
    try:
        return "unsafe" if row_security_faults(db.engine) else "ok"
    except OperationalError:
        return "down"
