"""Entering a line into the access register: the only way in, and nothing changes a line afterwards (KH-7-2)."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import func, select

from infra import clock
from infra.db import db
from infra.queues import Job, enqueue_after_commit
from infra.turns import queue_up
from tenants.actor import Actor
from tenants.audit import actions as audit
from tenants.audit.events import Event
from tenants.disclosures.models import Disclosure, DisclosureWindow
from tenants.disclosures.register.checking import digest_of
from tenants.disclosures.register.models import RegisterEntry
from tenants.disclosures.register.rules import LONGEST_SUMMARY
from tenants.roc_dates import roc_year

SERIES = "register"  # whose numbers have no holes


@dataclass(frozen=True, kw_only=True)
class Typed:
    """What a line has besides where a person enters it: 補登 of a paper, or the correction of an earlier line.

    `content` is what was seen, as the register keeps it; a line of the system's own has the approved windows.
    """

    by: UUID
    content: list[dict[str, str]]
    paper_number: str = ""
    corrects: RegisterEntry | None = None
    reason: str = ""


@dataclass(frozen=True, kw_only=True)
class Line:
    """What a line says beside its number (KH-7-3): who, of which unit and title, when, why, and who operated.

    `companions` are those who looked as well, as name, unit and title (KH-A2-03). `viewed` beside `copied` only where a
    paper has both ticks: one line is one act (KH-A2-08), and who fetches a copy was not at the screen.
    `windows` are the ids of those that were looked at; None for everything that was approved. `accompanied_by` names
    who of the institution was with those who looked (KH-7-1).
    """

    name: str
    unit: str
    title: str
    started_at: datetime
    ended_at: datetime
    summary: str
    operator: str
    copied: bool
    viewed: bool | None = None
    companions: tuple[dict[str, str], ...] = ()
    windows: Collection[UUID] | None = None
    in_person: bool = False
    accompanied_by: str = ""


def enter(*, actor: Actor, disclosure: Disclosure, line: Line, typed: Typed | None = None) -> RegisterEntry:
    """The register's next line, numbered without holes in its institution and 民國 year of its entry (KH-7-2).

    From then on the case was carried out, and a worker makes its copy for reference (KH-6-4a, TY-5-3a).
    """
    year = roc_year(clock.civil_day(now := clock.now()))
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
        companions=list(line.companions),
        content=typed.content if typed is not None else _content(disclosure, line.windows),
        summary=line.summary[:LONGEST_SUMMARY],
        operator_name=line.operator,
        accompanied_by=line.accompanied_by,
        viewed=not line.copied if line.viewed is None else line.viewed,
        copied=line.copied,
        in_person=line.in_person,
        entered_at=now,
        **_typed(typed),
    )
    db.session.add(entry)
    if entry.viewed and disclosure.viewed_at is None:
        disclosure.viewed_at = line.ended_at
    _record(entry, actor, typed)
    of = {"tenant_id": disclosure.tenant_id, "disclosure_id": disclosure.id}
    enqueue_after_commit(db.session, Job.MAKE_RETAINED_COPY, **of)
    return entry


def _typed(typed: Typed | None) -> dict[str, Any]:
    """The columns of a line that a person entered; none for one of the system's own."""
    if typed is None:
        return {}
    return {
        "entered_by": typed.by,
        "paper_number": typed.paper_number,
        "corrects_year": typed.corrects.roc_year if typed.corrects else None,
        "corrects_number": typed.corrects.number if typed.corrects else None,
        "correction_reason": typed.reason,
    }


def _record(entry: RegisterEntry, actor: Actor, typed: Typed | None) -> None:
    db.session.flush()  # what the database fills in is part of the line
    by_hand = Event.REGISTER_CORRECTED if typed is not None and typed.corrects else Event.REGISTER_PAPER_ENTERED
    audit.record(
        Event.REGISTER_ENTERED if typed is None else by_hand,
        tenant_id=entry.tenant_id,
        actor=actor,
        subject_id=entry.disclosure_id,
        roc_year=entry.roc_year,
        number=entry.number,
        disclosure_id=str(entry.disclosure_id),
        sha256=digest_of(entry),
    )


def _next_number(tenant_id: UUID, year: int) -> int:
    queue_up(SERIES, tenant_id)
    last = select(func.max(RegisterEntry.number)).where(
        RegisterEntry.tenant_id == tenant_id, RegisterEntry.roc_year == year
    )
    return (db.session.scalar(last) or 0) + 1


def _content(disclosure: Disclosure, windows: Collection[UUID] | None) -> list[dict[str, str]]:
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
        if w.approved_from is not None and w.approved_until is not None and (windows is None or w.id in windows)
    ]
