"""Calendar files as any calendar reads them."""

from datetime import UTC, date, datetime, timedelta

from icalendar import Calendar

from infra.calendars import Entry, calendar_file

AT = datetime(2026, 11, 30, 1, 30, tzinfo=UTC)


def entry(
    begins: date | datetime = date(2026, 12, 5), *, until: datetime | None = None, summary: str = "檢查"
) -> Entry:
    return Entry(uid="one", begins=begins, until=until, summary=summary, stamped_at=AT, link="https://shouyuan.test/")


def test_a_due_day_lasts_all_day_and_keeps_nobody_busy() -> None:
    (event,) = Calendar.from_ical(calendar_file([entry()], name="守園 期限")).walk("VEVENT")
    assert event["DTSTART"].dt == date(2026, 12, 5)
    assert "DTEND" not in event
    assert (event["TRANSP"], event["UID"]) == ("TRANSPARENT", "one@shouyuan")


def test_a_meeting_has_its_hours_in_utc() -> None:
    (event,) = Calendar.from_ical(calendar_file([entry(AT, until=AT + timedelta(hours=1))])).walk("VEVENT")
    assert (event["DTSTART"].dt, event["DTEND"].dt) == (AT, AT + timedelta(hours=1))
    assert event["TRANSP"] == "OPAQUE"


def test_words_cannot_end_their_line_and_begin_another_event() -> None:
    made = calendar_file([entry(summary="檢查\r\nEND:VEVENT\r\nBEGIN:VEVENT\r\nSUMMARY:別的")])
    (event,) = Calendar.from_ical(made).walk("VEVENT")
    assert "別的" in event["SUMMARY"]


def test_the_same_entries_make_the_same_bytes() -> None:
    assert calendar_file([entry()]) == calendar_file([entry()])
