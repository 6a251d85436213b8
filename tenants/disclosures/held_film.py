"""The film of one camera, out of the copies of a hold, each frame marked with who looks.

Whatever anybody watches of a hold is shown by this one engine (infra/decisions/0019): in a viewing session, when the
institution reviews a package, and when it hides others in the film of a request about one's own data.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from uuid import UUID

from infra import burning
from infra.film import Canvas
from infra.joining import Clip
from infra.manifest import parse
from infra.masking import Box
from infra.moving_mark import Mark
from tenants.disclosures.held_clips import laid_out
from tenants.errors import Invalid, NotFound
from tenants.registry.assessments.playback import check_playable
from tenants.retention import hold_queries
from tenants.retention import queries as retention
from tenants.retention.models import PreservedSegment


@dataclass(frozen=True, kw_only=True)
class Take:
    """One film of a span: its number, counted from 1, and what of the span it reaches over, in microseconds since 1970.

    There are several where a clock was set back and recorded the same minutes twice.
    """

    number: int
    from_us: int
    until_us: int


def check_going_on(*, tenant_id: UUID, hold_id: UUID | None) -> None:
    """Raise `Invalid` where there is no hold, or one that ended: then nothing of it can be shown any more."""
    if hold_id is None:
        raise Invalid("核准的時段沒有影像，不能播放。", code="no_footage")
    if retention.hold(tenant_id=tenant_id, hold_id=hold_id).released_at is not None:
        raise Invalid("本案的保全已結束，影像不能再播放。", code="no_footage")


def check_whole(*, tenant_id: UUID, hold_id: UUID | None) -> None:
    """Raise `Invalid` unless the hold goes on and has a copy of everything in the store that it covers."""
    check_going_on(tenant_id=tenant_id, hold_id=hold_id)
    if hold_id is not None and hold_queries.lacks_copies(tenant_id=tenant_id, hold_id=hold_id):
        raise Invalid("影像尚在保全複製中，請稍候幾分鐘再開始。", code="not_copied")


def takes_of(copies: Sequence[PreservedSegment], *, span_us: tuple[int, int]) -> Sequence[Take]:
    """The films that the half-open span has, at least one: without any copy that one shows nothing."""
    found = burning.takes(laid_out(copies))
    spans = [(max(take[0].started_us, span_us[0]), min(take[-1].ended_us, span_us[1])) for take in found]
    return [Take(number=n, from_us=begins, until_us=ends) for n, (begins, ends) in enumerate(spans or [span_us], 1)]


def film(
    copies: Sequence[PreservedSegment],
    clips: Iterable[Clip],
    *,
    take: int,
    span_us: tuple[int, int],
    mark: Mark,
    sound: bool = True,
    boxes: Sequence[Box] = (),
) -> burning.Viewing:
    """One take of the span, which is half-open and in microseconds since 1970, with the sound there is or without.

    `clips` are the copies as they are read (`held_clips`), and are asked for only once they may be shown.

    Raises `NotFound` for a take that there is not, and `NotReviewed` for a camera before a washroom that may not play.
    """
    for tenant_id in {copy.tenant_id for copy in copies}:
        check_playable(tenant_id=tenant_id, camera_ids={copy.camera_id for copy in copies})
    films = burning.takes(clips) or [[]]
    if not 1 <= take <= len(films):
        raise NotFound
    lines = [parse(copy.line) for copy in copies]
    return burning.Viewing(
        films[take - 1],
        from_us=span_us[0],
        until_us=span_us[1],
        mark=mark,
        canvas=Canvas.holding(
            [(line.width, line.height) for line in lines], sound=sound and any(line.audio for line in lines)
        ),
        boxes=boxes,
    )


def mark_of(serial: str, *, viewer: str, session: str) -> Mark:
    """What is burnt in: these two codes, and the number of the case without the words before it."""
    return Mark(viewer=viewer, case=serial.partition("-")[2].upper(), session=session)
