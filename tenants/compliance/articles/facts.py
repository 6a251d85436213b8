"""What is known of one institution on one civil day: all that the rules of articles look at. Plain values, no rows."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from tenants.compliance.law import LateCopy
from tenants.compliance.rules import CameraFacts, Coverage, LawFacts
from tenants.notices.standing import NoticesStanding
from tenants.people.designations.standing import DesignationsStanding
from tenants.people.reviews.standing import ReviewsStanding
from tenants.people.undertakings.standing import UndertakingsStanding
from tenants.profiles import RuleProfile
from tenants.registry.assessments.standing import AssessmentStanding
from tenants.registry.hours.standing import HoursStanding
from tenants.upkeep.faults.kinds import FaultKind
from tenants.upkeep.faults.standing import FaultsStanding
from tenants.upkeep.inspections.standing import InspectionsStanding
from tenants.upkeep.property.standing import PropertyStanding


@dataclass(frozen=True, kw_only=True)
class SiteReading:
    """A place and the regulation in force there on the day. `passed_on`: when a meeting passed measures of its own.

    `heard`: whether a box of the place had ever spoken by the end of the day. What it said later changes no past day.
    """

    id: UUID
    name: str
    law: RuleProfile
    passed_on: date | None
    heard: bool


@dataclass(frozen=True, kw_only=True)
class CameraReading:
    """One camera's day. `owes` is how many days it should have and lacks, None where it has them."""

    id: UUID
    label: str
    site_id: UUID
    facts: CameraFacts
    coverage: Coverage
    silent: bool
    owes: int | None
    oldest_day: date | None
    unmet_functions: Sequence[str] | None


@dataclass(frozen=True, kw_only=True)
class Risk:
    """What will cost footage if nobody acts. `is_away`: the box itself is out of contact, and so are its cameras."""

    site_id: UUID
    label: str
    id: str
    why: str
    since: date
    is_away: bool = False


@dataclass(frozen=True, kw_only=True)
class OpenFault:
    """A fault as the bureau may know it: its number, what is wrong, which cameras, and since when."""

    id: UUID
    serial: str
    site_id: UUID
    kind: FaultKind
    cameras: Sequence[str]
    since: date


@dataclass(frozen=True, kw_only=True)
class Rooms:
    """What each room says of how its duty stands on the day (infra/decisions/0047)."""

    designations: DesignationsStanding
    undertakings: UndertakingsStanding
    reviews: ReviewsStanding
    hours: HoursStanding
    assessments: AssessmentStanding
    inspections: InspectionsStanding
    property: PropertyStanding
    faults: FaultsStanding
    open_faults: Sequence[OpenFault]
    notices: NoticesStanding


@dataclass(frozen=True, kw_only=True)
class Reading:
    """An institution on a day, told at `now`. `main` is the regulation it mostly stands under.

    `late_days` are the days' footage that should be gone, with the day it was due, and `late_copies` the copies of it;
    `late_requests` wait for an answer. `is_gone`: footage of the day was destroyed on its day, and with it the index.
    """

    day: date
    now: datetime
    main: RuleProfile
    sites: Sequence[SiteReading]
    cameras: Sequence[CameraReading]
    risks: Sequence[Risk]
    rooms: Rooms
    late_days: Sequence[tuple[date, date]]
    late_copies: Sequence[LateCopy]
    retention: LawFacts
    open_requests: int
    late_requests: int
    is_gone: bool = False
