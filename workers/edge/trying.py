"""How a camera is tried again: how soon, and how long for its first key frame.

A camera that is back records within ten seconds, whatever it was away for. One that refuses is asked three times, and
then every few minutes, since many shut out for half an hour whoever comes five times with a wrong password.
"""

import random

from infra.causes import GapCause
from infra.gap_lines import Evidence
from workers.edge.waiting import Pause, Uniform

# With what a try to connect may still take, a camera that came back in the worst instant records within ten seconds.
LONGEST_PAUSE_SECONDS = 4.0
# A camera that starts may refuse for some seconds whom it lets in afterwards.
_REFUSED_SECONDS = (5.0, 20.0)
SELDOM_SECONDS = 300.0
_SELDOM_SHARE = 0.2
# What is not there is asked for without harm: a recorder of several cameras that starts says so of each for a while.
_NOTHING: Evidence = {}
_NOT_THERE: Evidence = {"error": "HTTPNotFoundError"}
LONGEST_NOT_THERE_SECONDS = 30.0
KEY_FRAME_SECONDS = 30.0
# Connecting included it is less than the supervisor waits for a sign of a camera that it knows nothing of.
MOST_KEY_FRAME_SECONDS = 75.0
_KEY_INTERVALS = 2
_MILLISECONDS = 1000


class Tries:
    """Those of one camera, since it last recorded."""

    def __init__(self, *, uniform: Uniform = random.uniform) -> None:
        self._pause = Pause(longest=LONGEST_PAUSE_SECONDS, uniform=uniform)
        self._not_there = Pause(longest=LONGEST_NOT_THERE_SECONDS, uniform=uniform)
        self._uniform, self._refusals = uniform, 0
        self._key_frame_seconds = KEY_FRAME_SECONDS

    def failed(self, cause: GapCause, evidence: Evidence = _NOTHING) -> float:
        """How many seconds to wait before the next one."""
        if cause is GapCause.NO_KEY_FRAME:
            self._key_frame_seconds = min(self._key_frame_seconds * 2, MOST_KEY_FRAME_SECONDS)
        if cause is not GapCause.CAMERA_REFUSED:
            return self._pause.take()
        return self._not_there.take() if evidence == _NOT_THERE else self._refused()

    def _refused(self) -> float:
        self._refusals += 1
        if self._refusals <= len(_REFUSED_SECONDS):
            held = _REFUSED_SECONDS[self._refusals - 1]
            return self._uniform(held / 2, held)
        return SELDOM_SECONDS * self._uniform(1 - _SELDOM_SHARE, 1 + _SELDOM_SHARE)

    def told_anew(self) -> None:
        """Somebody gave it another address or password, which nobody has refused yet."""
        self._refusals = 0

    def succeeded(self) -> None:
        """It records: begin small again."""
        self._pause.reset()
        self._not_there.reset()
        self._refusals = 0

    def key_frame_seconds(self, key_interval_ms: int) -> float:
        """How long the next one waits for a key frame, where they came this far apart at most until now.

        "Smart" codecs send few, and one that is waited for too shortly is never recorded (failure mode 6).
        """
        return max(self._key_frame_seconds, _KEY_INTERVALS * key_interval_ms / _MILLISECONDS)
