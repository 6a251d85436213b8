"""Reads about requests: the institution's inbox and case, the agency's own cases, the register."""

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from tenants.disclosures.documents import Element
from tenants.disclosures.models import Disclosure, DisclosureState, DisclosureWindow, Letter, Package, RegisterEntry
from tenants.disclosures.rules import Caution


@dataclass(frozen=True, kw_only=True)
class CaseLine:
    """One line of a list of cases, for either side."""

    id: UUID
    tenant_id: UUID
    institution: str
    agency: str
    serial: str
    state: DisclosureState
    document_number: str
    filed_at: datetime
    wants_copy: bool
    replied: bool
    windows: int


@dataclass(frozen=True, kw_only=True)
class WindowView:
    """A window and what is known of it: milliseconds still held, and the certificates of what was destroyed."""

    window: DisclosureWindow
    recorded_ms: int
    asked_ms: int
    destroyed: bool
    certificates: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class Person:
    """Someone of the institution who can be named."""

    id: UUID
    name: str
    title: str


@dataclass(frozen=True, kw_only=True)
class Case:
    """Everything a case page shows. `letters` is newest first; `steps` are the verbs possible in this state."""

    disclosure: Disclosure
    state: DisclosureState
    institution: str
    site: str
    profile: str
    agency: str
    windows: tuple[WindowView, ...]
    letters: tuple[Letter, ...]
    package: Package | None
    missing: tuple[Element, ...]
    cautions: tuple[Caution, ...]
    linked: tuple[CaseLine, ...]
    register: tuple[RegisterEntry, ...]
    escort: Person | None
    escort_candidates: tuple[Person, ...]
    hold_copied: bool
    hold_released_at: datetime | None
    hold_review_on: date
    steps: frozenset[str]


def inbox(*, tenant_id: UUID, include_closed: bool = False) -> list[CaseLine]:
    """The institution's cases, those that wait for it first, then newest first."""
    raise NotImplementedError


def case(*, tenant_id: UUID, disclosure_id: UUID) -> Case:
    """One case for the institution that decides it. Raises `NotFound`."""
    raise NotImplementedError


def agency_cases(*, agency_id: UUID) -> list[CaseLine]:
    """The agency's own cases at every institution, newest first."""
    raise NotImplementedError


def agency_case(*, agency_id: UUID, tenant_id: UUID, disclosure_id: UUID) -> Case:
    """One case for the agency that asks: no escort candidates. Raises `NotFound`."""
    raise NotImplementedError


def register(*, tenant_id: UUID, roc_year: int) -> list[RegisterEntry]:
    """The register's volume of one 民國 year, by number."""
    raise NotImplementedError


def register_years(*, tenant_id: UUID) -> list[int]:
    """The 民國 years that have a volume, newest first."""
    raise NotImplementedError


def open_count(*, tenant_id: UUID) -> int:
    """How many cases wait for the institution: to be decided, replied to, handed over or closed."""
    raise NotImplementedError
