"""How fast a file goes out: a bucket that fills at the allowed rate, from which each piece takes its bytes."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import BinaryIO

from workers.edge.waiting import Clock

_BURST_SECONDS = 0.5
_PIECE_BYTES = 16 * 1024
# What the HTTP client asks for at once. Where no rate is to be kept, larger pieces take less of the processor.
BLOCK_BYTES = 64 * 1024


@dataclass
class Bucket:
    """What one box may send. `bytes_per_second` may change at any time; None is no limit."""

    clock: Clock = field(default_factory=Clock)
    bytes_per_second: int | None = None
    _held: float = 0.0
    _filled_at: float | None = None

    def take(self, size: int) -> None:
        """Return once so many bytes may go."""
        rate = self.bytes_per_second
        if rate is None:
            return
        at = self.clock.now()
        since = at - self._filled_at if self._filled_at is not None else _BURST_SECONDS
        self._held = min(self._held + since * rate, _BURST_SECONDS * rate) - size
        self._filled_at = at
        if self._held < 0:  # owed: the next one waits no less for it
            self.clock.sleep(-self._held / rate)


class Unread(Exception):
    """The file could not be read. No `OSError`, which the HTTP client takes for one of its line; `error` is that."""

    def __init__(self, error: OSError) -> None:
        super().__init__(str(error))
        self.error = error


class Stopped(Exception):
    """Nothing may be sent any more."""


class Paced:
    """A file as the HTTP client reads it, piece by piece, no faster than the bucket gives, until it is `stopped`."""

    def __init__(self, file: BinaryIO, bucket: Bucket, *, stopped: Callable[[], bool] = lambda: False) -> None:
        self._file, self._bucket, self._stopped = file, bucket, stopped

    def read(self, size: int = -1) -> bytes:
        """The next piece, which is small where a rate is to be kept, so that it is even.

        Raises `Unread` or `Stopped`, which pass through the client as they are.
        """
        if self._stopped():
            raise Stopped
        most = BLOCK_BYTES if self._bucket.bytes_per_second is None else _PIECE_BYTES
        try:
            data = self._file.read(most if size < 0 else min(size, most))
        except OSError as error:
            raise Unread(error) from error
        self._bucket.take(len(data))
        return data
