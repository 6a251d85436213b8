"""The camera's own clock as a recorder may trust it: rising and without jumps, for the picture and for its sound."""

from fractions import Fraction
from typing import Any

# A longer step between two packets is a jump of the camera's own clock, not time that passed.
_LONGEST_STEP_SECONDS = 10


class MediaClock:
    """Keeps the timestamps of one connection's picture rising, whatever the camera's own clock does.

    `last` is the newest of them, and `offset` what is added to the camera's own since it jumped.
    """

    def __init__(self, time_base: Fraction) -> None:
        self._longest = round(_LONGEST_STEP_SECONDS / time_base)
        self.last: int | None = None
        self.offset = 0
        self._step = 1

    def straighten(self, packet: Any) -> bool:  # noqa: ANN401 - PyAV ships no complete types
        """Change the packet's timestamps so that they follow the ones before; whether the camera's clock jumped.

        A jump loses no picture: the frame follows one frame's length after the last, and a new segment begins at the
        next key frame. Small disorder is put right without a word.
        """
        self._step = packet.duration or self._step
        dts, lag = packet.dts + self.offset, packet.pts - packet.dts
        jumped = self.last is not None and abs(dts - self.last) > self._longest
        if self.last is not None and jumped:
            self.offset += self.last + self._step - dts
            dts = self.last + self._step
        elif self.last is not None and dts <= self.last:
            dts = self.last + 1
        self.last = dts
        packet.dts, packet.pts = dts, max(dts, dts + lag)
        return jumped


class SoundClock:
    """Keeps the timestamps of the sound rising and near the picture's, whichever of the two jumps first."""

    def __init__(self, picture: MediaClock, picture_base: Fraction, time_base: Fraction) -> None:
        ratio = picture_base / time_base
        # In whole numbers, since they run for every packet.
        self._picture, self._up, self._down = picture, ratio.numerator, ratio.denominator
        self._farthest = round(_LONGEST_STEP_SECONDS / time_base)
        self._last: int | None = None
        self._ended: int | None = None
        self._offset = 0

    @property
    def ended(self) -> int | None:
        """Where the newest sound ends, in ticks of the picture; None while there was none."""
        return None if self._ended is None else self._ended * self._down // self._up

    def straighten(self, packet: Any) -> None:  # noqa: ANN401
        """Change the packet's timestamps so that they follow the ones before, and lie where its picture lies.

        Sound that is far from the picture follows a jump. It is put where it was before, as the picture is.
        """
        dts, lag = packet.dts + self._offset, packet.pts - packet.dts
        if not self._is_near(dts):
            self._offset = self._place(packet.dts) - packet.dts
            dts = packet.dts + self._offset
        if self._last is not None and dts <= self._last:
            dts = self._last + 1
        self._last, self._ended = dts, dts + (packet.duration or 1)
        packet.dts, packet.pts = dts, max(dts, dts + lag)

    def _place(self, dts: int) -> int:
        """Where sound belongs: as far from the picture as the camera says, unless only one of them jumped by now."""
        with_picture = dts + self._ticks(self._picture.offset)
        if self._is_near(with_picture):
            return with_picture
        if self._ended is not None and self._is_near(self._ended):
            return self._ended
        return self._ticks(self._picture.last or 0)

    def _is_near(self, ticks: int) -> bool:
        return abs(ticks - self._ticks(self._picture.last or 0)) <= self._farthest

    def _ticks(self, of_picture: int) -> int:
        return of_picture * self._up // self._down
