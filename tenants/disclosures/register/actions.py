"""Entering a line into the access register: the only way in, and nothing changes a line afterwards (KH-7-2)."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import func, select

from infra import clock
from infra.db import db
from tenants.actor import Actor
from tenants.audit import actions as audit
from tenants.audit.events import Event
from tenants.disclosures.models import Disclosure, DisclosureWindow
from tenants.disclosures.numbering import queue_up
from tenants.disclosures.register.models import RegisterEntry
from tenants.roc_dates import roc_year

_SUMMARY_LENGTH = 60  # KH-A2-06


@dataclass(frozen=True, kw_only=True)
class Line:
    """What a line says beside its number (KH-7-3): who, of which unit and title, when, why, and who operated."""

    name: str
    unit: str
    title: str
    started_at: datetime
    ended_at: datetime
    summary: str
    operator: str
    copied: bool
    in_person: bool = False


def enter(*, actor: Actor, disclosure: Disclosure, line: Line) -> RegisterEntry:
    """The register's next line, numbered without holes in its institution and 民國 year.

    One line is one act (KH-A2-08): who fetches a copy was not at the screen, and who was there has a line of that.
    """
    now = clock.now()
    year = roc_year(clock.civil_day(now))
    entry = RegisterEntry(
        tenant_id=disclosure.tenant_id,
        disclosure_id=disclosure.id,
        roc_year=year,
        number=_next_number(disclosure.tenant_id, year),
        accessed_from=line.started_at,
        accessed_until=line.ended_at,
        accessor_name=line.name.strip(),
        accessor_unit=line.unit,
        accessor_title=line.title.strip(),
        content=_content(disclosure),
        summary=line.summary[:_SUMMARY_LENGTH],
        operator_name=line.operator,
        viewed=not line.copied,
        copied=line.copied,
        in_person=line.in_person,
        entered_at=now,
    )
    db.session.add(entry)
    db.session.flush()
    audit.record(
        Event.REGISTER_ENTERED,
        tenant_id=disclosure.tenant_id,
        actor=actor,
        subject_id=disclosure.id,
        roc_year=entry.roc_year,
        number=entry.number,
        disclosure_id=str(disclosure.id),
    )
    return entry


def _next_number(tenant_id: UUID, year: int) -> int:
    queue_up("register", tenant_id)
    last = select(func.max(RegisterEntry.number)).where(
        RegisterEntry.tenant_id == tenant_id, RegisterEntry.roc_year == year
    )
    return (db.session.scalar(last) or 0) + 1


def _content(disclosure: Disclosure) -> list[dict[str, str]]:
    query = (
        select(DisclosureWindow)
        .where(
            DisclosureWindow.tenant_id == disclosure.tenant_id,
            DisclosureWindow.disclosure_id == disclosure.id,
            DisclosureWindow.approved_from.is_not(None),
        )
        .order_by(DisclosureWindow.approved_from)
    )
    return [
        {"camera": w.camera_name, "from": w.approved_from.isoformat(), "until": w.approved_until.isoformat()}
        for w in db.session.scalars(query)
        if w.approved_from is not None and w.approved_until is not None
    ]
