"""Whether what a camera was recorded with has sound. The session is bound to the institution."""

from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import func, select

from infra.clock import civil_day
from infra.db import db
from infra.manifest import Note
from tenants.footage.models import Segment
from tenants.footage.queries import PRESENT
from tenants.footage.rules import Window


@dataclass(frozen=True)
class Sound:
    """Segments that were recorded from the stream, and how many of them have none.

    What was fetched off a camera's card never has, and is not counted.
    """

    segments: int
    silent: int


def sound(*, tenant_id: UUID, camera_id: UUID, day: Window) -> Sound:
    """Of one camera on the civil day that begins there."""
    recorded = (
        Segment.tenant_id == tenant_id,
        Segment.camera_id == camera_id,
        Segment.civil_day == civil_day(day.started_at),
        Segment.state.in_(PRESENT),
        ~Segment.notes.contains(Note.RECOVERED),
    )
    silent = func.count().filter(~Segment.audio)
    return Sound(*db.session.execute(select(func.count(), silent).where(*recorded)).one())
