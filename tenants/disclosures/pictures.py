"""The picture of a case's footage for one pair of eyes: the copies of its own hold, each frame marked with who looks.

Whatever anybody watches of a hold is shown by this one engine (infra/decisions/0019): in a viewing session, when the
institution reviews a package, and when it hides others in the film of a request about one's own data.
"""

from collections.abc import Sequence

from infra import burning
from infra.film import Canvas
from infra.kms import Kms
from infra.manifest import parse
from infra.masking import Box
from infra.moving_mark import Mark
from infra.objects import ObjectStore
from tenants.disclosures.held_clips import clips_of
from tenants.disclosures.models import Disclosure
from tenants.errors import Invalid, NotFound
from tenants.retention import queries as retention
from tenants.retention.models import PreservedSegment
from tenants.retention.rules import CameraSpan


def check_held(disclosure: Disclosure) -> None:
    """Raise `Invalid` where the case has no hold, or one that ended: then nothing of it can be shown any more."""
    if disclosure.hold_id is None:
        raise Invalid("核准的時段沒有影像，不能播放。", code="no_footage")
    hold = retention.hold(tenant_id=disclosure.tenant_id, hold_id=disclosure.hold_id)
    if hold.released_at is not None:
        raise Invalid("本案的保全已結束，影像不能再播放。", code="no_footage")


def copies_in(disclosure: Disclosure, window: CameraSpan) -> list[PreservedSegment]:
    """The copies of the case's hold that a window has something of, by start."""
    return retention.preserved(tenant_id=disclosure.tenant_id, hold_id=disclosure.held_as, span=window)


def picture(
    copies: Sequence[PreservedSegment],
    *,
    take: int,
    span_us: tuple[int, int],
    mark: Mark,
    store: ObjectStore,
    kms: Kms,
    sound: bool = True,
    boxes: Sequence[Box] = (),
) -> burning.Viewing:
    """What one take of a hold's copies shows of a half-open span, with or without its sound, and not what boxes hide.

    Raises `NotFound` for a take that there is not, and as `held_clips.clips_of`.
    """
    found = burning.takes(clips_of(copies, store=store, kms=kms)) or [[]]
    if not 1 <= take <= len(found):
        raise NotFound
    lines = [parse(copy.line) for copy in copies]
    heard = sound and any(line.audio for line in lines)
    canvas = Canvas.holding([(line.width, line.height) for line in lines], sound=heard)
    from_us, until_us = span_us
    return burning.Viewing(found[take - 1], from_us=from_us, until_us=until_us, mark=mark, canvas=canvas, boxes=boxes)


def mark_of(serial: str, *, viewer: str, session: str) -> Mark:
    """What is burnt in: these two codes, and the number of the case without the words before it."""
    return Mark(viewer=viewer, case=serial.partition("-")[2].upper(), session=session)
