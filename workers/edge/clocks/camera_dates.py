"""What a camera's clock shows, by the `Date` that it writes over each RTSP answer (RFC 2326, 12.18): to a second."""

from email.utils import parsedate_to_datetime

from infra.manifest import microseconds
from infra.rtsp_options import ask_options
from workers.edge.clocks.readings import Reading, between

_SECOND_US = 1_000_000


def read_date(address: str) -> Reading | None:
    """What the camera's clock showed just now; None when it cannot be asked or does not say. No password is sent."""
    said = ask_options(address)
    if said is None:
        return None
    try:
        date = next(text for text in said.head.split("\r\n") if text.lower().startswith("date:"))
        shown = parsedate_to_datetime(date.partition(":")[2].strip())
        return between(said.sent_ns, microseconds(shown), said.got_ns, coarse_us=_SECOND_US)
    except (ValueError, OverflowError, StopIteration):
        return None
