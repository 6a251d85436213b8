"""What FFmpeg says about the RTP packets of one open stream, which PyAV tells in no other way.

With a short queue for packets that come out of turn, which costs nothing while none does, FFmpeg notices each number
that is missing and says how many there were, also over TCP, where a camera under load drops packets itself. Packets
that come too late cannot be of the same session over TCP: somebody else's are mixed in (Moonfire #114).
"""

import logging
import re
from collections.abc import Iterator
from contextlib import contextmanager

import av.logging

# How many packets may wait for one that is missing. With none FFmpeg would not look at their numbers.
QUEUE = {"reorder_queue_size": "8"}
_MISSED = re.compile(r"RTP: missed (\d+) packets")
_FOREIGN = re.compile(r"RTP: dropping old packet|RTP: PT=\w+: bad cseq")
# More at once is no loss but another numbering.
_MOST_MISSED = 3000
_MOST_FOREIGN = 3
_RTSP = logging.getLogger("libav.rtsp")
# What FFmpeg says goes to nobody else: it names addresses. A logger without a handler would say it on the terminal.
for _silent in (logging.getLogger("libav"), _RTSP):
    _silent.propagate = False
    _silent.addHandler(logging.NullHandler())


class RtpWatch(logging.Handler):
    """Counts for one stream. `lost` packets will never come; `is_foreign` once packets of another session came.

    `lost_early` are those that were lost while the stream was opened: of pictures that FFmpeg hands out only later.
    """

    def __init__(self) -> None:
        super().__init__()
        self.lost = self.lost_early = 0
        self._foreign = 0
        # Whether this connection should be given up; asked for each packet.
        self.is_foreign = False

    def emit(self, record: logging.LogRecord) -> None:
        """As `logging.Handler`."""
        said = record.getMessage()
        missed = _MISSED.match(said)
        if missed is not None and int(missed[1]) <= _MOST_MISSED:
            self.lost += int(missed[1])
        elif missed is not None:
            self._foreign = _MOST_FOREIGN
        elif _FOREIGN.match(said) is not None:
            self._foreign += 1
        self.is_foreign = self._foreign >= _MOST_FOREIGN


@contextmanager
def watching() -> Iterator[RtpWatch]:
    """Count what this process's only open stream loses."""
    av.logging.set_level(av.logging.WARNING)
    av.logging.set_skip_repeated(False)
    watch = RtpWatch()
    _RTSP.addHandler(watch)
    try:
        yield watch
    finally:
        _RTSP.removeHandler(watch)
        av.logging.set_level(None)
