"""What a site's row says of how its boxes send, and a box's row of its disk."""

from datetime import time

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
