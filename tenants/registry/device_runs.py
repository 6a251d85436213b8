"""Which runs of an edge box spoke last, by which two boxes with one key are told (`tenants.footage.doubles`)."""

from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Mapped, mapped_column


class DeviceRuns:
    """Columns of `EdgeDevice`: the present run, the one before, how often they took turns, and when twins last did."""

    run_id: Mapped[UUID | None]
    former_run_id: Mapped[UUID | None]
    turns: Mapped[int] = mapped_column(default=0)
    doubled_at: Mapped[datetime | None]
