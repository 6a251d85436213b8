"""The picture of a viewing session, encoded anew with the viewer's mark in each frame (DR-12, DR-13, KH-6-2i, KH-6-3a).

A session's window is cut into pieces of some seconds for HLS. Each is made when it is asked for and by itself, so what
it costs does not depend on what was watched before. Only frames taken in the half-open window are ever encoded; H.265
comes out as H.264, which every browser plays. One timeline for the whole window, with wall time on it: where nothing
was recorded stands a grey card that says so, as long as the gap was, so nobody takes two moments for one.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise

from PIL import Image

from infra.cards import Cards, Missing
from infra.excerpts import SHORTEST_HOLE_US, Excerpt, Fault, Hole, Shot
from infra.film import Canvas, Film, Over, Span, header
from infra.joining import MOST_OVERLAP_US, Clip
from infra.masking import Box, Masks
from infra.moving_mark import Mark, Stamp
from infra.playlists import Piece

_MICROSECOND = 1_000_000
PIECE_US = 2 * _MICROSECOND
# A piece begins with a picture: where the first of its own comes later than this, with the one on the screen by then.
_LATEST_START_US = _MICROSECOND // 4


class NoSuchPiece(LookupError):
    """The session has no piece of this number."""


@dataclass(frozen=True, kw_only=True)
class Burnt:
    """One piece: its media, how many pictures of the camera are in it, and what could not be decoded."""

    data: bytes
    pictures: int
    faults: tuple[Fault, ...]


@dataclass(frozen=True)
class Gap:
    """A span of the window in which no clip was recorded, in microseconds since 1970; half-open."""

    started_us: int
    ended_us: int


def takes(clips: Iterable[Clip]) -> list[list[Clip]]:
    """The clips in as few sequences as possible that each play in order of time.

    More than one where a clock was set back: the same minutes were then recorded twice, and each is watched by itself.
    """
    found: list[list[Clip]] = []
    for clip in sorted(clips, key=lambda clip: clip.started_us):
        for take in found:
            if clip.started_us >= take[-1].ended_us - MOST_OVERLAP_US:
                take.append(clip)
                break
        else:
            found.append([clip])
    return found


def pieces_of(from_us: int, until_us: int) -> tuple[Piece, ...]:
    """The pieces of a half-open span, whatever it shows. All are of the same length, but the last may be shorter."""
    return tuple(
        Piece(
            number=number,
            started_us=start,
            duration_ms=-(-(min(start + PIECE_US, until_us) - start) // 1000),
            after_gap=False,
        )
        for number, start in enumerate(range(from_us, until_us, PIECE_US), 1)
    )


class Viewing:
    """What one camera shows of an approved window to one viewer.

    `clips` are one of `takes`, read when a piece needs them, one at a time; `from_us` and `until_us` are the window in
    microseconds since 1970, half-open. `mark` is None only for what is handed over, never for a screen. What `boxes`
    hide is in no piece. Raises `ValueError` for clips that are no take and a window that is empty.
    """

    def __init__(
        self,
        clips: Sequence[Clip],
        *,
        from_us: int,
        until_us: int,
        mark: Mark | None,
        canvas: Canvas,
        boxes: Sequence[Box] = (),
    ) -> None:
        if until_us <= from_us:
            raise ValueError("the window is empty")
        if len(takes(clips)) > 1 or any(later.started_us < clip.started_us for clip, later in pairwise(clips)):
            raise ValueError("the clips do not follow one another")
        self._clips = [clip for clip in clips if clip.ended_us > from_us and clip.started_us < until_us]
        self._from_us, self._until_us = from_us, until_us
        self._canvas = canvas
        size = {"width": canvas.width, "height": canvas.height}
        self._stamp = Stamp(mark, **size) if mark is not None else None
        self._masks = Masks(boxes, **size)
        self.gaps = tuple(self._between())

    @property
    def pieces(self) -> tuple[Piece, ...]:
        """What `infra.playlists.playlist` needs."""
        return pieces_of(self._from_us, self._until_us)

    def init(self) -> bytes:
        """What a player needs before any piece."""
        return header(self._canvas)

    def piece(self, number: int) -> Burnt:
        """Make one piece, counted from 1. Raises `NoSuchPiece`, and passes on what a clip's `read` raises.

        What of a segment cannot be decoded is a card in the picture and one of the faults.
        """
        start = self._from_us + (number - 1) * PIECE_US
        if not self._from_us <= start < self._until_us:
            raise NoSuchPiece(number)
        span = Span(
            session_us=self._from_us, session_ends_us=self._until_us, from_us=start, until_us=self._end_of(start)
        )
        making = _Making(span, self._canvas, Over(stamp=self._stamp, masks=self._masks), number=number)
        parts: list[Clip | Gap] = [*self._clips, *self.gaps]
        for part in sorted(parts, key=lambda part: part.started_us):
            if part.ended_us > span.from_us and part.started_us < span.until_us:
                making.add(part)
        return making.finish()

    def _end_of(self, start_us: int) -> int:
        return min(start_us + PIECE_US, self._until_us)

    def _between(self) -> Iterable[Gap]:
        ended_us = self._from_us
        for clip in self._clips:
            if clip.started_us - ended_us >= SHORTEST_HOLE_US:
                yield Gap(ended_us, clip.started_us)
            ended_us = max(ended_us, clip.ended_us)
        if self._until_us - ended_us >= SHORTEST_HOLE_US:
            yield Gap(ended_us, self._until_us)


class _Making:
    """One piece on its way."""

    def __init__(self, span: Span, canvas: Canvas, over: Over, *, number: int) -> None:
        self._span, self._canvas = span, canvas
        self._film = Film(canvas, over, span, number=number)
        self._cards = Cards(width=canvas.width, height=canvas.height)
        self._next_us: int | None = None
        self._pictures = 0
        self._faults: list[Fault] = []

    def add(self, part: Clip | Gap) -> None:
        """What a part of the window has for this piece."""
        if isinstance(part, Gap):
            card = self._cards.card(Missing.NOT_RECORDED, (part.started_us, part.ended_us))
            self._fill(card, part.started_us, part.ended_us)
            return
        first, last = max(part.started_us, self._span.from_us), min(part.ended_us, self._span.until_us)
        excerpt = Excerpt(part, from_us=first, until_us=last, sound=self._canvas.sound)
        for found in excerpt.shots():
            if isinstance(found, Hole):
                self._fill(self._cards.card(Missing.NOT_READABLE), found.started_us, found.ended_us)
            else:
                self._begin(found.taken_us, excerpt.before)
                self._film.show(found.frame, at_us=found.taken_us, taken_us=found.taken_us)
                self._pictures += 1
        self._begin(last, excerpt.before)
        self._film.lay(excerpt.heard)
        self._next_us = excerpt.next_us
        self._faults += excerpt.faults

    def finish(self) -> Burnt:
        """The piece."""
        end_us = self._span.until_us
        if self._film.is_empty:
            self._film.show_grey(self._cards.blank(), at_us=self._span.from_us)
        if self._next_us is not None and end_us < self._next_us <= end_us + _LATEST_START_US:
            end_us = min(self._next_us, self._span.session_ends_us)
        return Burnt(data=self._film.finish(ended_us=end_us), pictures=self._pictures, faults=tuple(self._faults))

    def _begin(self, first_us: int, before: Shot | None) -> None:
        """Let the piece begin with a picture when its own first one comes late, or none at all."""
        start = self._span.from_us
        if not self._film.is_empty or first_us - start <= _LATEST_START_US:
            return
        if before is not None and before.taken_us >= self._span.session_us:
            self._film.show(before.frame, at_us=start, taken_us=before.taken_us)
        else:
            self._film.show_grey(self._cards.blank(), at_us=start)

    def _fill(self, card: Image.Image, started_us: int, ended_us: int) -> None:
        """Show a card, with the time running on it."""
        at_us, end_us = max(started_us, self._span.from_us), min(ended_us, self._span.until_us)
        self._begin(at_us, None)
        while at_us < end_us:
            self._film.show_grey(card, at_us=at_us)
            at_us += _MICROSECOND - at_us % _MICROSECOND
