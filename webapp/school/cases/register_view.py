"""The register's lines as its page shows them, and the cases about which a paper can be entered."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from infra import clock
from tenants.actor import Actor
from tenants.disclosures.insider import queries as applications
from tenants.disclosures.insider.rules import SEALED
from tenants.disclosures.official import queries as official
from tenants.disclosures.register.reading import ShownLine
from tenants.disclosures.register.rules import Seen
from tenants.profiles import RuleProfile
from tenants.registry import queries as registry
from tenants.registry.regulations import profile
from tenants.roc_dates import format_date, format_span, format_time
from webapp import addresses


@dataclass(frozen=True, kw_only=True)
class RegisterLine:
    """One line of 附件2. Title and clock times are printed inside the form's own columns (KH-7-3, KH-A2-02)."""

    id: UUID
    number: int
    day: str
    hours: str
    names: Sequence[str]
    units: Sequence[str]
    content: Sequence[str]
    summary: str
    operator: str
    accompanied_by: str
    online: bool
    viewed: bool
    copied: bool
    paper_number: str
    scan: str
    entered: str
    corrects: str
    corrected_by: str
    reason: str


@dataclass(frozen=True, kw_only=True)
class CaseToEnter:
    """A case of which a paper line may tell; a sealed one by its number only (DR-37)."""

    id: UUID
    words: str


@dataclass(frozen=True, kw_only=True)
class Form:
    """A regulation on whose form the volume can be printed, and the places whose lines stand on it."""

    rule: RuleProfile
    places: str


def forms(found: Iterable[ShownLine], *, tenant_id: UUID) -> Sequence[Form]:
    """One for each regulation of the institution's sites and of the volume's lines (DR-11)."""
    places: dict[str, list[str]] = {}
    for site in registry.sites(tenant_id=tenant_id):
        places.setdefault(site.profile, []).append(site.name)
    for line in found:
        places.setdefault(line.profile, [line.place])
    today = clock.today()
    return [Form(rule=profile(code, today), places="、".join(named)) for code, named in places.items()]


def register_lines(found: Iterable[ShownLine]) -> Sequence[RegisterLine]:
    """The volume's lines in order."""
    return [_line(each) for each in found]


def cases_to_enter(*, tenant_id: UUID, actor: Actor) -> Sequence[CaseToEnter]:
    """The institution's cases, the newest first, without those that concern the actor."""
    asked = applications.inbox(tenant_id=tenant_id, actor=actor, include_closed=True)
    letters = official.inbox(tenant_id=tenant_id, include_closed=True)
    return [
        *(CaseToEnter(id=each.id, words=f"{each.serial}　{each.name or SEALED}") for each in asked),
        *(CaseToEnter(id=each.id, words=f"{each.serial}　{each.agency}") for each in letters),
    ]


def _line(line: ShownLine) -> RegisterLine:
    return RegisterLine(
        id=line.id,
        number=line.number,
        day=format_date(clock.civil_day(line.accessed_from)),
        hours="–".join(dict.fromkeys((_minute(line.accessed_from), _until(line)))),
        names=[each.name for each in line.people],
        units=list(dict.fromkeys(f"{each.unit} {each.title}" for each in line.people)),
        content=[_content(part) for part in line.seen],
        summary=line.summary,
        operator=line.operator,
        accompanied_by=line.accompanied_by,
        online=line.online,
        viewed=line.viewed,
        copied=line.copied,
        paper_number=line.paper_number,
        scan=addresses.paper(scan_id=line.scan_id, tenant_id=line.tenant_id) if line.scan_id else "",
        entered=f"{format_date(clock.civil_day(line.entered_at))}由{line.entered_by}登載" if line.entered_by else "",
        corrects=_named([line.corrects] if line.corrects else [], line.roc_year),
        corrected_by=_named(line.corrected_by, line.roc_year),
        reason=line.correction_reason,
    )


def _named(numbers: Iterable[tuple[int, int]], in_year: int) -> str:
    return "、".join(f"第{n}號" if year == in_year else f"{year}年第{n}號" for year, n in numbers)


def _content(part: Seen) -> str:
    return f"{part.camera} {format_span(part.started_at, part.ended_at)}"


def _until(line: ShownLine) -> str:
    same_day = clock.civil_day(line.accessed_from) == clock.civil_day(line.accessed_until)
    end = _minute(line.accessed_until)
    return end if same_day else f"{format_date(clock.civil_day(line.accessed_until))} {end}"


def _minute(instant: datetime) -> str:
    return format_time(instant.replace(second=0, microsecond=0))
