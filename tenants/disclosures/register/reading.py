"""The register's lines as anybody may see them, on a page, on paper or in a file: of a sealed case the code only.

Who looked is named also there, since the article asks for it (KH-7-3); why is not, so that no victim of a gender
incident stands in a book that inspectors leaf through (DR-37, KH-A2-06).
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import Row, select

from infra import clock
from infra.db import db
from tenants.disclosures.insider.models import InsiderRequest
from tenants.disclosures.insider.rules import SEALED
from tenants.disclosures.models import Disclosure
from tenants.disclosures.papers import scans
from tenants.disclosures.register import queries
from tenants.disclosures.register.models import RegisterEntry
from tenants.disclosures.register.rules import Accessor, Seen
from tenants.people.models import User
from tenants.registry.models import Site


@dataclass(frozen=True, kw_only=True)
class ShownLine:
    """One line, of a case of the site `place` under the regulation `profile`.

    `corrects` is the line that it corrects, as year and number; `corrected_by` those that correct it. `entered_by` is
    who entered a paper or a correction, empty for the system's own lines. `scan_id` is None where the paper is
    待補掃描, and where there is no paper.
    """

    id: UUID
    tenant_id: UUID
    disclosure_id: UUID
    serial: str
    profile: str
    place: str
    roc_year: int
    number: int
    accessed_from: datetime
    accessed_until: datetime
    people: tuple[Accessor, ...]
    seen: tuple[Seen, ...]
    summary: str
    operator: str
    accompanied_by: str
    viewed: bool
    copied: bool
    online: bool
    entered_at: datetime
    entered_by: str
    paper_number: str
    scan_id: UUID | None
    corrects: tuple[int, int] | None
    corrected_by: tuple[tuple[int, int], ...]
    correction_reason: str


def lines(*, tenant_id: UUID, roc_year: int) -> list[ShownLine]:
    """The volume of one 民國 year, by number."""
    return shown(queries.volume(tenant_id=tenant_id, roc_year=roc_year), tenant_id=tenant_id)


def shown(entries: Sequence[RegisterEntry], *, tenant_id: UUID) -> list[ShownLine]:
    """These lines as they may be seen."""
    cases, sealed = _cases(tenant_id, {each.disclosure_id for each in entries})
    names = _names({each.entered_by for each in entries})
    papers = scans.of_entries(tenant_id=tenant_id, entry_ids=[each.id for each in entries])
    corrections = queries.corrections(tenant_id=tenant_id)
    return [
        ShownLine(
            id=each.id,
            tenant_id=each.tenant_id,
            disclosure_id=each.disclosure_id,
            serial=cases[each.disclosure_id].serial,
            profile=cases[each.disclosure_id].profile,
            place=cases[each.disclosure_id].name,
            roc_year=each.roc_year,
            number=each.number,
            accessed_from=each.accessed_from,
            accessed_until=each.accessed_until,
            people=people_of(each),
            seen=seen_of(each),
            summary=f"{cases[each.disclosure_id].serial} {SEALED}" if each.disclosure_id in sealed else each.summary,
            operator=each.operator_name,
            accompanied_by=each.accompanied_by,
            viewed=each.viewed,
            copied=each.copied,
            online=each.online,
            entered_at=each.entered_at,
            entered_by=names.get(each.entered_by, ""),
            paper_number=each.paper_number,
            scan_id=papers.get(each.id),
            corrects=_corrected(each),
            corrected_by=tuple(corrections.get((each.roc_year, each.number), ())),
            correction_reason=each.correction_reason,
        )
        for each in entries
    ]


def people_of(entry: RegisterEntry) -> tuple[Accessor, ...]:
    """Everybody who looked, whoever signed first."""
    first = Accessor(name=entry.accessor_name, unit=entry.accessor_unit, title=entry.accessor_title)
    return (first, *(Accessor(name=each["name"], unit=each["unit"], title=each["title"]) for each in entry.companions))


def seen_of(entry: RegisterEntry) -> tuple[Seen, ...]:
    """What was looked at."""
    return tuple(
        Seen(
            camera=part["camera"],
            started_at=datetime.fromisoformat(part["from"]),
            ended_at=datetime.fromisoformat(part["until"]),
        )
        for part in entry.content
    )


def of_period(found: Sequence[ShownLine], *, first: date | None, last: date | None) -> list[ShownLine]:
    """The lines of a viewing or an entry within these days, the ends included; a paper entered later is in both."""
    return [
        each
        for each in found
        if any(
            (first is None or day >= first) and (last is None or day <= last)
            for day in (clock.civil_day(each.accessed_from), clock.civil_day(each.entered_at))
        )
    ]


def _corrected(entry: RegisterEntry) -> tuple[int, int] | None:
    if entry.corrects_year is None or entry.corrects_number is None:
        return None
    return entry.corrects_year, entry.corrects_number


def _cases(tenant_id: UUID, ids: set[UUID]) -> tuple[dict[UUID, Row[UUID, str, str, str]], set[UUID]]:
    """Number, regulation and site of each case, and those that are sealed."""
    query = select(Disclosure.id, Disclosure.serial, Disclosure.profile, Site.name).join(
        Site, (Site.tenant_id == Disclosure.tenant_id) & (Site.id == Disclosure.site_id)
    )
    rows = db.session.execute(query.where(Disclosure.tenant_id == tenant_id, Disclosure.id.in_(ids)))
    sealed = db.session.scalars(
        select(InsiderRequest.id).where(
            InsiderRequest.tenant_id == tenant_id, InsiderRequest.id.in_(ids), InsiderRequest.sealed
        )
    )
    return {row.id: row for row in rows}, set(sealed)


def _names(ids: Iterable[UUID | None]) -> dict[UUID | None, str]:
    rows = db.session.execute(select(User.id, User.name).where(User.id.in_([each for each in ids if each is not None])))
    return {row.id: row.name for row in rows}
