"""Calendar files (RFC 5545), so that days and meetings stand in a telephone's calendar. Knows nothing about schools."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime

from icalendar import Calendar, Event

MEDIA_TYPE = "text/calendar; charset=utf-8"
_PRODUCT = "-//Shouyuan//Calendar//ZH"


@dataclass(frozen=True, kw_only=True)
class Entry:
    """One event. `begins` is a civil day for one that lasts all day, else an instant; `until` the instant it ends.

    `uid` is the same for as long as it is the same thing, so that a calendar replaces and does not add.
    """

    uid: str
    begins: date | datetime
    summary: str
    stamped_at: datetime
    until: datetime | None = None
    place: str = ""
    description: str = ""
    link: str = ""
    sequence: int = 0


def calendar_file(entries: Iterable[Entry], *, name: str = "") -> bytes:
    """The file; the same entries always make the same bytes. `name` is shown by clients that subscribe."""
    made = Calendar()
    made.add("prodid", _PRODUCT)
    made.add("version", "2.0")
    made.add("method", "PUBLISH")
    if name:
        made.add("x-wr-calname", name)
        made.add("x-wr-timezone", "Asia/Taipei")
    for entry in entries:
        made.add_component(_event(entry))
    return bytes(made.to_ical())


def _event(entry: Entry) -> Event:
    event = Event()
    event.add("uid", f"{entry.uid}@shouyuan")
    event.add("sequence", entry.sequence)
    event.add("dtstamp", entry.stamped_at.astimezone(UTC).replace(microsecond=0))
    event.add("dtstart", _moment(entry.begins))
    if entry.until is not None:
        event.add("dtend", _moment(entry.until))
    event.add("summary", " ".join(entry.summary.split()))
    for name, words in (("location", entry.place), ("description", entry.description)):
        if words:
            event.add(name, " ".join(words.split()))
    if entry.link:
        event.add("url", entry.link)
    event.add("class", "CONFIDENTIAL")
    # A day on which something is due keeps nobody busy.
    event.add("transp", "OPAQUE" if entry.until is not None else "TRANSPARENT")
    return event


def _moment(at: date | datetime) -> date | datetime:
    return at.astimezone(UTC).replace(microsecond=0) if isinstance(at, datetime) else at
