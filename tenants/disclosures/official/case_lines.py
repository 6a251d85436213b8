"""Cases as lines of a list, for either side, and the number under which an agency knows one."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Date, Select, cast, func, select

from infra.clock import civil_day
from infra.db import db
from tenants.disclosures import halts
from tenants.disclosures.lifecycle import FINAL
from tenants.disclosures.models import Disclosure, DisclosureState, DisclosureWindow
from tenants.disclosures.official import documents
from tenants.disclosures.official.documents import Element
from tenants.disclosures.official.finished_copies import ITS_PACKAGE
from tenants.disclosures.official.models import OfficialRequest
from tenants.disclosures.official.rules import Punctuality, answer_by, punctuality
from tenants.disclosures.packages.models import Package, PackageState
from tenants.disclosures.steps import Step
from tenants.registry import names
from tenants.registry.models import Agency, Tenant

Lines = Select[OfficialRequest, str, str, str, int, bool, bool, bool, bool, bool]


@dataclass(frozen=True, kw_only=True)
class CaseLine:
    """One line of a list of cases, for either side. `reference` is the serial as an agency reads it.

    `copy_waits`: a finished copy may be fetched; `reopened`: for another time; `revoked`: it was taken back.
    `viewed`: somebody came and looked. `asked_again`: the officer who signed asks to open the copy again, and
    that is not out of the question.
    `copy_outside`: the agency has a copy, until `return_by`. `halted`: it waits for the head after a breach;
    `taken_back`: nothing of it is given any more. `missing`: what the letter fails to state.
    """

    id: UUID
    tenant_id: UUID
    institution: str
    agency: str
    serial: str
    reference: str
    state: DisclosureState
    document_number: str
    parent_number: str
    urgency: str
    profile: str
    profile_version: str
    filed_at: datetime
    wants_copy: bool
    copy_approved: bool
    replied: bool
    windows: int
    copy_waits: bool
    reopened: bool
    revoked: bool
    viewed: bool
    asked_again: bool
    copy_outside: bool
    halted: bool
    taken_back: bool
    return_by: date | None
    missing: tuple[Element, ...]

    @property
    def carried_out(self) -> bool:
        """Whether what was granted has happened, or will not: looked at, collected, or taken back."""
        if self.revoked or self.taken_back:
            return True
        return self.state is DisclosureState.EXPORTED or (self.viewed and not self.copy_approved)

    @property
    def due(self) -> date:
        """The day by which the institution should answer."""
        return answer_by(civil_day(self.filed_at), self.urgency)

    def punctuality(self, *, today: date) -> Punctuality | None:
        """How the answer stands to its target; None once it was given, or is the agency's own turn."""
        waits_elsewhere = {*FINAL, DisclosureState.RETURNED}
        return None if self.replied or self.state in waits_elsewhere else punctuality(self.due, today=today)


def reference_of(disclosure: Disclosure) -> str:
    """The serial as an agency reads it: each institution counts from 1, so its code stands before the number."""
    return _reference(db.session.get_one(Tenant, disclosure.tenant_id).code, disclosure.serial)


def lines() -> Lines:
    """The query of all cases that the session may see, newest first, to be narrowed and read."""
    windows = (
        select(func.count())
        .where(
            DisclosureWindow.tenant_id == OfficialRequest.tenant_id,
            DisclosureWindow.disclosure_id == OfficialRequest.id,
        )
        .scalar_subquery()
    )
    # As `rules.is_open`, `rules.is_revoked` and `rules.is_asked_again` say of one package.
    shut = func.greatest(Package.collected_at, Package.revoked_at)
    opened = func.coalesce(Package.reopened_at > shut, False)
    waits = OfficialRequest.copy_approved & (Package.state == PackageState.READY) & (shut.is_(None) | opened)
    revoked = Package.revoked_at.is_not(None) & ~opened & (Package.revoked_at == shut)
    asked_again = Package.reopening_asked_at.is_not(None) & func.coalesce(
        Package.reopened_at < Package.reopening_asked_at, True
    )
    return (
        select(
            OfficialRequest,
            Tenant.code,
            names.name_then(_filed_on()),
            Agency.name,
            windows,
            func.coalesce(waits, False).label("copy_waits"),
            (opened & Package.collected_at.is_not(None)).label("reopened"),
            func.coalesce(revoked, False).label("revoked"),
            func.coalesce(asked_again, False).label("asked_again"),
            (Package.collected_at.is_not(None) & (OfficialRequest.copy_ended == "")).label("copy_outside"),
        )
        .join(Tenant, Tenant.id == OfficialRequest.tenant_id)
        .join(Agency, Agency.id == OfficialRequest.agency_id)
        .outerjoin(Package, ITS_PACKAGE)
        .order_by(OfficialRequest.filed_at.desc())
    )


def read(query: Lines, values: Mapping[str, Any] | None = None) -> list[CaseLine]:
    """The lines that a query of `lines` finds, with what its places hold."""
    return [
        CaseLine(
            id=row.id,
            tenant_id=row.tenant_id,
            institution=institution,
            agency=agency,
            serial=row.serial,
            reference=_reference(code, row.serial),
            state=DisclosureState(row.state),
            document_number=row.document_number,
            parent_number=row.parent_number,
            urgency=row.urgency,
            profile=row.profile,
            profile_version=row.profile_version,
            filed_at=row.filed_at,
            wants_copy=row.wants_copy,
            copy_approved=row.copy_approved,
            replied=row.replied_at is not None,
            windows=windows,
            copy_waits=copy_waits and not halts.holds_back(row, Step.COLLECT),
            reopened=reopened,
            revoked=revoked,
            viewed=row.viewed_at is not None,
            asked_again=asked_again and not revoked and not halts.holds_back(row, Step.REOPEN),
            copy_outside=copy_outside,
            halted=halts.waits(row),
            taken_back=halts.taken_back(row),
            return_by=row.return_by,
            missing=documents.missing(row),
        )
        for row, code, institution, agency, windows, copy_waits, reopened, revoked, asked_again, copy_outside in (
            db.session.execute(query, values)
        )
    ]


def _filed_on() -> ColumnElement[date]:
    """The Taipei day on which a case was filed: a case is called by the institution's name of that day (DR-33)."""
    return cast(func.timezone("Asia/Taipei", OfficialRequest.filed_at), Date)


def _reference(code: str, serial: str) -> str:
    return f"{code} {serial}"
