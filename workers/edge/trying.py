"""How a camera is tried again: how soon, and how long for its first key frame.

A camera that is back records within ten seconds, whatever it was away for. One that refuses is asked less and less
often, since many shut out for half an hour whoever comes again and again with a wrong password.
"""

import random

from infra.causes import GapCause
from workers.edge.waiting import Pause, Uniform

# With what a try to connect may still take, a camera that came back in the worst instant records within ten seconds.
LONGEST_PAUSE_SECONDS = 4.0
LONGEST_REFUSED_SECONDS = 30.0
KEY_FRAME_SECONDS = 30.0
# Connecting included it is less than the supervisor waits for a sign of a camera that it knows nothing of.
MOST_KEY_FRAME_SECONDS = 75.0
_KEY_INTERVALS = 2
_MILLISECONDS = 1000


class Tries:
    """Those of one camera, since it last recorded."""

    def __init__(self, *, uniform: Uniform = random.uniform) -> None:
        self._pause = Pause(longest=LONGEST_PAUSE_SECONDS, uniform=uniform)
        self._refused = Pause(longest=LONGEST_REFUSED_SECONDS, uniform=uniform)
        self._key_frame_seconds = KEY_FRAME_SECONDS

    def failed(self, cause: GapCause) -> float:
        """How many seconds to wait before the next one."""
        if cause is GapCause.NO_KEY_FRAME:
            self._key_frame_seconds = min(self._key_frame_seconds * 2, MOST_KEY_FRAME_SECONDS)
        return (self._refused if cause is GapCause.CAMERA_REFUSED else self._pause).take()

    def succeeded(self) -> None:
        """It records: begin small again."""
        self._pause.reset()
        self._refused.reset()

    def key_frame_seconds(self, key_interval_ms: int) -> float:
        """How long the next one waits for a key frame, where they came this far apart at most until now.

        "Smart" codecs send few, and one that is waited for too shortly is never recorded (failure mode 6).
        """
        return max(self._key_frame_seconds, _KEY_INTERVALS * key_interval_ms / _MILLISECONDS)
