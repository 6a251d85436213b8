"""The register's lines as its page shows them."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from infra import clock
from tenants.disclosures.register.models import RegisterEntry
from tenants.roc_dates import format_date, format_span, format_time


@dataclass(frozen=True, kw_only=True)
class RegisterLine:
    """One line of 附件2. Title and clock times are printed inside the form's own columns (KH-7-3, KH-A2-02)."""

    number: int
    day: str
    hours: str
    name: str
    unit: str
    content: Sequence[str]
    summary: str
    operator: str
    online: bool
    viewed: bool
    copied: bool


def register_lines(entries: Iterable[RegisterEntry]) -> Sequence[RegisterLine]:
    """The volume's lines in order."""
    return [
        RegisterLine(
            number=entry.number,
            day=format_date(clock.civil_day(entry.accessed_from)),
            hours="–".join(dict.fromkeys((_minute(entry.accessed_from), _minute(entry.accessed_until)))),
            name=entry.accessor_name,
            unit=f"{entry.accessor_unit} {entry.accessor_title}",
            content=[_content(part) for part in entry.content],
            summary=entry.summary,
            operator=entry.operator_name,
            online=entry.online,
            viewed=entry.viewed,
            copied=entry.copied,
        )
        for entry in entries
    ]


def _content(part: dict[str, str]) -> str:
    start, end = datetime.fromisoformat(part["from"]), datetime.fromisoformat(part["until"])
    return f"{part['camera']} {format_span(start, end)}"


def _minute(instant: datetime) -> str:
    return format_time(instant.replace(second=0, microsecond=0))
