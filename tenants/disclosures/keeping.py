"""申請單與登記簿 are kept for a year at least; what is over it is proposed and never removed by us (KH-7-4, KH-7-5).

A form counts from the end of its case, a volume of the register from its last line. A public school destroys papers by
a list that the archives act has approved (Q-20), so nothing here deletes: there is no right in the database to do it.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sqlalchemy import func, select

from infra import clock
from infra.db import db
from tenants import periods
from tenants.actor import Actor
from tenants.audit import actions as audit
from tenants.audit import queries as chain
from tenants.audit.events import Event
from tenants.disclosures.insider.models import InsiderRequest
from tenants.disclosures.models import Disclosure, DisclosureState
from tenants.disclosures.register.models import RegisterEntry
from tenants.errors import HeldByLaw, NotFound
from tenants.permissions import Permission
from tenants.profiles import Clause
from tenants.registry.regulations import profile_version
from tenants.roc_dates import format_date, this_year


@dataclass(frozen=True, kw_only=True)
class KeptRecord:
    """A form or a volume: since which day its year counts, None while it is open, and the last day of that year."""

    name: str
    since: date | None
    through: date | None
    asked: bool = False

    def over(self, today: date) -> bool:
        """Whether its year is over, so that it may be proposed for destruction."""
        return self.through is not None and today > self.through


def forms(*, tenant_id: UUID, today: date) -> list[KeptRecord]:
    """The form of every case, of either door, the longest closed first and open ones last."""
    ended, asked = _withdrawn(tenant_id), _asked(tenant_id)
    rows = db.session.execute(
        select(Disclosure.id, Disclosure.serial, Disclosure.closed_at).where(Disclosure.tenant_id == tenant_id)
    )
    found = []
    for row in rows:
        since = clock.civil_day(row.closed_at) if row.closed_at is not None else ended.get(row.id)
        found.append(_record(row.serial, since, asked=row.id in asked))
    return sorted(found, key=lambda each: (each.since or today, each.name))


def volumes(*, tenant_id: UUID) -> list[KeptRecord]:
    """Every volume of the register, counted from its last line, so that no number ever goes before another."""
    query = (
        select(RegisterEntry.roc_year, func.max(RegisterEntry.entered_at))
        .where(RegisterEntry.tenant_id == tenant_id)
        .group_by(RegisterEntry.roc_year)
        .order_by(RegisterEntry.roc_year)
    )
    return [
        _record(f"登記簿 {year}年", clock.civil_day(last) if year < this_year() else None)
        for year, last in db.session.execute(query)
    ]


def ask_deletion(*, actor: Actor, tenant_id: UUID, disclosure_id: UUID) -> InsiderRequest:
    """Note that an applicant wants what they wrote removed, once its year is over; the institution decides by law.

    Raises `HeldByLaw` with the reason and the day within the year, and while the case is open (KH-7-4).
    """
    actor.require(Permission.APPLICATION_FILE)
    query = select(InsiderRequest).where(InsiderRequest.tenant_id == tenant_id, InsiderRequest.id == disclosure_id)
    found = db.session.scalar(query)
    if found is None:
        raise NotFound
    check_over(found, today=clock.today())
    audit.record(
        Event.APPLICATION_DELETION_ASKED, tenant_id=tenant_id, actor=actor, subject_id=found.id, serial=found.serial
    )
    return found


def check_over(found: InsiderRequest, *, today: date) -> None:
    """Raise `HeldByLaw` unless the form's year is over."""
    article = profile_version(found.profile, found.profile_version).article(Clause.RECORDS_KEPT)
    since = ended_on(found)
    if since is None:
        raise HeldByLaw(f"案件尚未結束，申請單不能刪除；結案後至少應保存一年（{article}）。")
    through = periods.one_year_through(since)
    if today <= through:
        raise HeldByLaw(
            f"申請單自案件結束（{format_date(since)}）起至少應保存一年（{article}），"
            f"{format_date(through)}以前不能刪除。期滿後可再提出，由機構依檔案法規辦理。"
        )


def ended_on(found: Disclosure) -> date | None:
    """The day on which a case ended: closed, or withdrawn; None while it is open."""
    if found.closed_at is not None:
        return clock.civil_day(found.closed_at)
    if found.state != DisclosureState.WITHDRAWN:
        return None
    return _withdrawn(found.tenant_id).get(found.id)


def proposals(found: Sequence[KeptRecord], *, today: date) -> list[KeptRecord]:
    """Those that may be put on a list for whoever approves it."""
    return [each for each in found if each.over(today)]


def _record(name: str, since: date | None, *, asked: bool = False) -> KeptRecord:
    return KeptRecord(
        name=name, since=since, through=periods.one_year_through(since) if since is not None else None, asked=asked
    )


def _withdrawn(tenant_id: UUID) -> dict[UUID, date]:
    """When each case that was withdrawn was: the chain says it."""
    return {
        each.subject_id: clock.civil_day(each.at)
        for each in chain.of_kinds(tenant_id=tenant_id, kinds=[Event.DISCLOSURE_WITHDRAWN])
        if each.subject_id is not None
    }


def _asked(tenant_id: UUID) -> set[UUID]:
    found = chain.of_kinds(tenant_id=tenant_id, kinds=[Event.APPLICATION_DELETION_ASKED])
    return {each.subject_id for each in found if each.subject_id is not None}
