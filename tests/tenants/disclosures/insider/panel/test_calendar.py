"""The meeting as a calendar file."""

from datetime import UTC, datetime
from uuid import UUID

from tenants.disclosures.insider.panel.calendar import calendar_file
from tenants.disclosures.insider.panel.models import PanelMeeting


def _file(place: str = "園長室", moves: int = 0) -> bytes:
    meeting = PanelMeeting(
        id=UUID(int=7), meets_at=datetime(2026, 11, 20, 8, 0, tzinfo=UTC), place=place, moves=moves, voting_rule=""
    )
    return calendar_file(meeting, serial="調閱-115-0031")


def test_it_says_when_and_where_and_nothing_of_the_case() -> None:
    lines = _file().decode().split("\r\n")
    assert "DTSTART:20261120T080000Z" in lines
    assert "DTEND:20261120T090000Z" in lines
    assert "LOCATION:園長室" in lines
    assert "SUMMARY:專案小組會議 調閱-115-0031" in lines
    assert lines[-1] == "", "every line ends"


def test_a_moved_meeting_replaces_the_one_before() -> None:
    assert b"SEQUENCE:2" in _file(moves=2)
    assert b"UID:00000000-0000-0000-0000-000000000007@shouyuan" in _file()


def test_signs_with_a_meaning_are_escaped_and_long_lines_are_folded_between_characters() -> None:
    made = _file(place="一樓;會議室,A棟\\" + "很長的地點" * 20)
    assert max(len(line) for line in made.split(b"\r\n")) <= 75
    assert "一樓\\;會議室\\,A棟\\\\" in made.replace(b"\r\n ", b"").decode()
    assert "很長的地點" * 20 in made.replace(b"\r\n ", b"").decode()
