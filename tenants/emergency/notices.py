"""What the occasions are of which an institution is told by mail."""

from enum import StrEnum


class Notice(StrEnum):
    """An access was opened, or it is over."""

    OPENED = "opened"
    ENDED = "ended"
