"""A meeting as a calendar file (RFC 5545), so that it stands in a telephone's calendar. It says nothing of the case."""

from collections.abc import Iterator
from datetime import datetime, timedelta

from infra import clock
from tenants.disclosures.insider.panel.models import PanelMeeting

MEDIA_TYPE = "text/calendar; charset=utf-8"
_LENGTH = timedelta(hours=1)
# Octets of a line without its end; a longer one goes on in the next after a space.
_LONGEST = 75


def calendar_file(meeting: PanelMeeting, *, serial: str) -> bytes:
    """One event of an hour. A meeting that was moved replaces the event of the file before."""
    lines = (
        "BEGIN:VCALENDAR",
        "VERSION:2.0",
        "PRODID:-//Shouyuan//Panel//ZH",
        "METHOD:PUBLISH",
        "BEGIN:VEVENT",
        f"UID:{meeting.id}@shouyuan",
        f"SEQUENCE:{meeting.moves}",
        f"DTSTAMP:{_instant(clock.now())}",
        f"DTSTART:{_instant(meeting.meets_at)}",
        f"DTEND:{_instant(meeting.meets_at + _LENGTH)}",
        f"SUMMARY:{_escaped(f'專案小組會議 {serial}')}",
        f"LOCATION:{_escaped(meeting.place)}",
        "CLASS:CONFIDENTIAL",
        "END:VEVENT",
        "END:VCALENDAR",
    )
    return b"".join(piece + b"\r\n" for line in lines for piece in _folded(line))


def _instant(at: datetime) -> str:
    return f"{at:%Y%m%dT%H%M%SZ}"


def _escaped(words: str) -> str:
    for each in ("\\", ";", ","):
        words = words.replace(each, f"\\{each}")
    return " ".join(words.split())


def _folded(line: str) -> Iterator[bytes]:
    """The line in pieces of at most 75 octets, none of which cuts a character apart."""
    piece = b""
    for character in line:
        octets = character.encode()
        if len(piece) + len(octets) > _LONGEST:
            yield piece
            piece = b" "
        piece += octets
    yield piece
