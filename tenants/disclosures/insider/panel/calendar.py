"""A meeting as a calendar file, so that it stands in a telephone's calendar. It says nothing of the case."""

from datetime import timedelta

from infra import calendars, clock
from infra.calendars import Entry
from tenants.disclosures.insider.panel.models import PanelMeeting

_LENGTH = timedelta(hours=1)


def calendar_file(meeting: PanelMeeting, *, serial: str) -> bytes:
    """One event of an hour. A meeting that was moved replaces the event of the file before."""
    entry = Entry(
        uid=str(meeting.id),
        begins=meeting.meets_at,
        until=meeting.meets_at + _LENGTH,
        summary=f"專案小組會議 {serial}",
        place=meeting.place,
        sequence=meeting.moves,
        stamped_at=clock.now(),
    )
    return calendars.calendar_file([entry])
