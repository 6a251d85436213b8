"""Takes a key frame out of a stream that is recorded, once an hour, and has it looked at beside the recording."""

import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import datetime
from typing import Any
from uuid import UUID

import structlog

from infra.causes import PictureFault
from infra.clock import now
from infra.manifest import microseconds
from infra.streams import Arrival, LiveStream
from workers.edge.home import Home
from workers.edge.picture import kept
from workers.edge.picture.judging import Verdict, confirmed, judge, lacks_colour
from workers.edge.picture.look import Look, look
from workers.edge.picture.measuring import Measures

log = structlog.get_logger(__name__)

HOUR_SECONDS = 3600.0
# A look that found something is repeated soon, and both must agree.
AGAIN_SECONDS = 300.0
# The cameras of a box are not all looked at in one second, nor at a start before the stream has settled.
_FIRST_SECONDS, _SPREAD_SECONDS = 60, 600

# After a longer time without a look nothing is known of what was in between.
_ALSO_BEFORE_US = 3 * 3600 * 1_000_000
_TELLS_NO_COLOUR = frozenset({PictureFault.DARK, PictureFault.BLOCKED})


class Watcher:
    """One camera of this process, over all its connections."""

    def __init__(
        self,
        home: Home,
        camera_id: UUID,
        *,
        clock: Callable[[], float] = time.monotonic,
        looking: Callable[[str, bytes, bytes], Look | None] = look,
    ) -> None:
        self._home, self._id, self._clock, self._looking = home, camera_id, clock, looking
        self._due = clock() + _FIRST_SECONDS + camera_id.int % _SPREAD_SECONDS
        self._digest, self._before = "", frozenset[PictureFault]()

    def watched(self, stream: LiveStream) -> LiveStream:
        """The same stream, of which a key frame is copied when it is time. Packets pass as they come."""
        return replace(stream, arrivals=self._passing(stream))

    def _passing(self, stream: LiveStream) -> Iterator[Arrival]:
        context = stream.video.codec_context
        for arrival in stream.arrivals:
            if arrival.packet.is_keyframe and self._clock() >= self._due:
                self._due = self._clock() + HOUR_SECONDS
                frame = context.name, bytes(context.extradata or b""), bytes(arrival.packet)
                threading.Thread(target=self.take, args=(*frame, now()), name="picture", daemon=True).start()
            yield arrival

    def take(self, codec: str, extradata: bytes, data: bytes, at: datetime) -> None:
        """Look at one key frame and keep what it says. No fault of it reaches the recording."""
        try:
            found = self._looking(codec, extradata, data)
            if found is None:
                log.warning("a key frame gave no picture")
                return
            self._judge(found, at)
        except Exception:
            log.exception("the picture could not be looked at")

    def _judge(self, found: Look, at: datetime) -> None:
        accepted = kept.reference(self._home, self._id)
        verdict = judge(
            found.measures,
            accepted[1] if accepted is not None else None,
            same_as_before=found.digest == self._digest,
        )
        if verdict.faults:
            self._due = self._clock() + AGAIN_SECONDS
        faults = confirmed(verdict.faults, self._before)
        self._before, self._digest = verdict.faults, found.digest
        document = described(found.measures, verdict, faults, at=at, since_us=accepted[0] if accepted else None)
        document["colourless_since_us"] = self._colourless_since(found, verdict, at)
        kept.keep_health(self._home, self._id, document)

    def _colourless_since(self, found: Look, verdict: Verdict, at: datetime) -> int | None:
        """Since when every look showed no colour, also over a restart. Whether it is day is the server's to judge."""
        if verdict.faults & _TELLS_NO_COLOUR or not lacks_colour(found.measures):
            return None
        before = kept.health(self._home, self._id) or {}
        since: int | None = before.get("colourless_since_us")
        is_known = since is not None and microseconds(at) - int(before["taken_us"]) < _ALSO_BEFORE_US
        return since if is_known else microseconds(at)


def described(
    measures: Measures, verdict: Verdict, faults: frozenset[PictureFault], *, at: datetime, since_us: int | None
) -> dict[str, Any]:
    """What a heartbeat says of it: numbers, and the faults that two looks found."""
    return {
        "taken_us": microseconds(at),
        "brightness": round(measures.brightness),
        "contrast": round(measures.contrast),
        "sharpness": round(measures.sharpness),
        "likeness": round(100 * max(0.0, verdict.where.unmoved)) if verdict.where is not None else None,
        "reference_us": since_us,
        "faults": sorted(faults),
    }
