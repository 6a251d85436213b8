"""Whether the store fails, or fails at one segment: what one alone is to blame for never stands before the others.

While the store is away every segment fails, and none is to blame: the oldest still goes first once it is back. Only
where the first one failed twice in a row another is put after it, each time a different one.
"""

from uuid import UUID


class Blame:
    """What became of the last puts, as one thread made them."""

    def __init__(self) -> None:
        self._failed: UUID | None = None
        self._times = 0

    @property
    def turn(self) -> int:
        """Which of the others is to show whether the store takes it, counted round: 0 is the next."""
        return self._times - 2

    def failed_again(self, segment_id: UUID) -> bool:
        """The store failed at this one. True when it did the last time too, and took nothing in between."""
        self._times = self._times + 1 if segment_id == self._failed else 1
        self._failed = segment_id
        return self._times > 1

    def went(self) -> UUID | None:
        """The store took one. What it failed at again and again just before, which is therefore to blame, if any."""
        blamed = self._failed if self._times > 1 else None
        self._failed, self._times = None, 0
        return blamed
