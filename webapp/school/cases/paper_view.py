"""What the forms for paper lines and corrections are filled with before anybody types."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any
from uuid import UUID

from infra.clock import civil_day
from tenants.actor import Actor
from tenants.disclosures import queries as disclosures
from tenants.disclosures.insider import queries as applications
from tenants.disclosures.insider.models import InsiderRequest
from tenants.disclosures.insider.rules import SEALED
from tenants.disclosures.models import Disclosure, DisclosureWindow
from tenants.disclosures.official import queries as official
from tenants.disclosures.register import reading
from tenants.disclosures.register.models import RegisterEntry
from tenants.disclosures.register.rules import LONGEST_SUMMARY, Seen
from tenants.people import queries as people
from webapp.school.cases.paper_forms import COPIED, VIEWED, Offered


@dataclass(frozen=True, kw_only=True)
class PaperCase:
    """The case of a paper: its number, what it asked for, and what the form offers."""

    id: UUID
    tenant_id: UUID
    serial: str
    windows: Sequence[Seen]
    summary: str
    offered: Offered


def case(*, tenant_id: UUID, disclosure_id: UUID, actor: Actor) -> PaperCase:
    """Of either door. Raises `NotFound`, also for somebody whom it concerns."""
    if isinstance(disclosures.found(tenant_id=tenant_id, disclosure_id=disclosure_id), InsiderRequest):
        asked = applications.case(tenant_id=tenant_id, disclosure_id=disclosure_id, actor=actor)
        ground = SEALED if asked.disclosure.sealed else asked.ground
        return _case(asked.disclosure, [view.window for view in asked.windows], ground, may_copy=False)
    letter = official.case(tenant_id=tenant_id, disclosure_id=disclosure_id)
    reason = letter.disclosure.purpose or letter.disclosure.duty or ""
    return _case(letter.disclosure, [view.window for view in letter.windows], reason, may_copy=True)


def with_cameras_of(found: PaperCase, entry: RegisterEntry) -> PaperCase:
    """The same, that offers the cameras of a line as well."""
    named = dict.fromkeys([*found.offered.cameras, *(each.camera for each in reading.seen_of(entry))])
    return replace(found, offered=replace(found.offered, cameras=tuple(named)))


def as_it_stands(entry: RegisterEntry) -> dict[str, Any]:
    """The fields of a line that is corrected, but for its rows."""
    return {
        "day": civil_day(entry.accessed_from),
        "started_at": entry.accessed_from,
        "until_day": civil_day(entry.accessed_until),
        "ended_at": entry.accessed_until,
        "summary": entry.summary,
        "accompanied_by": entry.accompanied_by,
        "handling": [name for name, ticked in ((VIEWED, entry.viewed), (COPIED, entry.copied)) if ticked],
    }


def _case(found: Disclosure, windows: Sequence[DisclosureWindow], reason: str, *, may_copy: bool) -> PaperCase:
    return PaperCase(
        id=found.id,
        tenant_id=found.tenant_id,
        serial=found.serial,
        windows=[_seen(each) for each in windows],
        summary=f"{found.serial} {reason}"[:LONGEST_SUMMARY],
        offered=Offered(
            cameras=tuple(dict.fromkeys(each.camera_name for each in windows)),
            operators=tuple(
                {str(user.id): user.name for _held, user in people.staff(tenant_id=found.tenant_id)}.items()
            ),
            may_copy=may_copy,
        ),
    )


def _seen(window: DisclosureWindow) -> Seen:
    """What was approved, or else asked for: to be narrowed to what was looked at."""
    return Seen(
        camera=window.camera_name,
        started_at=window.approved_from or window.started_at,
        ended_at=window.approved_until or window.ended_at,
    )
