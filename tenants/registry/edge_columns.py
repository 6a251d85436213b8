"""of how its boxes send, and a box's row of its disk, what it cannot send, and its runs."""

from datetime import date, datetime, time
from uuid import UUID

from sqlalchemy.orm import Mapped, mapped_column


class Sends:
    """How the boxes of a site send what they recorded (`tenants.registry.sending`). NULL: no limit, no closed hours."""

    sending_kilobits: Mapped[int | None]
    sending_closed_from: Mapped[time | None]
    sending_closed_until: Mapped[time | None]
    newest_first: Mapped[bool] = mapped_column(default=False)


class TellsOfDisk:
    """What a box said last of its disk.

    For how many hours of what it writes there is room, in all and left (NULL: not measured), what is wrong (`full`,
    `missing`), and whether it sends in bulk.
    """

    disk_hours_left: Mapped[int | None]
    disk_hours: Mapped[int | None]
    disk_fault: Mapped[str] = mapped_column(default="")
    sending: Mapped[str] = mapped_column(default="")


class TellsOfRefusals:
    """What a box said last of what it could not send: how many segments and gaps, and why the newest was not taken."""

    refused_segments: Mapped[int] = mapped_column(default=0)
    refused_gaps: Mapped[int] = mapped_column(default=0)
    refused_code: Mapped[str] = mapped_column(default="")


class TakesKeys:
    """Whether a box said last that it can encrypt to post-quantum day keys; one of an older release says nothing."""

    takes_hybrid: Mapped[bool] = mapped_column(default=False)


class DeviceRuns:
    """Which runs of a box spoke last, by which two boxes with one key are told (`tenants.footage.doubles`).

    The present run, the one before, how often they took turns, and when twins last did.
    """

    run_id: Mapped[UUID | None]
    former_run_id: Mapped[UUID | None]
    turns: Mapped[int] = mapped_column(default=0)
    doubled_at: Mapped[datetime | None]


class Noticed:
    """Since when the notice hangs at a site, and where; NULL where nobody has said so (KH-5-1b)."""

    notice_posted_on: Mapped[date | None]
    notice_places: Mapped[str | None]
