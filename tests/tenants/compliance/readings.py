"""Readings of an institution with which all is well, but for what a test says."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from uuid import UUID

from tenants.compliance.articles.facts import CameraReading, Reading, Rooms, SiteReading
from tenants.compliance.rules import CameraFacts, Coverage, LawFacts
from tenants.notices.standing import NoticesStanding
from tenants.people.designations.standing import DesignationsStanding
from tenants.people.reviews.standing import ReviewsStanding
from tenants.people.undertakings.standing import UndertakingsStanding
from tenants.profiles import profile
from tenants.registry.assessments.standing import AssessmentStanding
from tenants.registry.hours.standing import HoursStanding
from tenants.upkeep.faults.standing import FaultsStanding
from tenants.upkeep.inspections.intervals import Due, DueState
from tenants.upkeep.inspections.standing import InspectionsStanding
from tenants.upkeep.property.standing import PropertyStanding

DAY = date(2026, 11, 20)
NOW = datetime(2026, 11, 20, 16, 5, tzinfo=UTC)
KH, TY = profile("KH_PRESCHOOL", DAY), profile("TY_ELEMENTARY", DAY)
K1, E1 = UUID(int=1), UUID(int=2)


def camera(number: int = 1, site_id: UUID = K1, **said: object) -> CameraReading:
    """A camera with which all is well, but for what is said."""
    fine = CameraReading(
        id=UUID(int=100 + number),
        label=f"C-{number}",
        site_id=site_id,
        facts=CameraFacts(36_000, 36_000, 0),
        coverage=Coverage.KNOWN,
        silent=False,
        owes=None,
        oldest_day=DAY - timedelta(days=15),
        unmet_functions=(),
    )
    return replace(fine, **said)  # type: ignore[arg-type]


DESIGNATED = DesignationsStanding(
    day=DAY, designated=True, designation_id=None, active=(UUID(int=9),), undesignated_since=None
)
NO_PROPERTY = PropertyStanding(assets=1, unlisted=(), unseen=(), orphaned=(), controlled=(), unnoted=(), to_replace=())

NO_FAULT = FaultsStanding(
    day=DAY,
    opened=0,
    open=(),
    unassigned=(),
    unreported=(),
    unrepaired=(),
    unchecked=(),
    unexplained=(),
    gaps_owed=0,
)


def inspected(**said: object) -> InspectionsStanding:
    """Both sites looked through in time, drilled, and calibrated, but for what is said."""
    in_time = Due(on=DAY + timedelta(days=9), last=DAY, months=1, state=DueState.CURRENT)
    fine = InspectionsStanding(
        due={K1: in_time, E1: in_time},
        overdue=(),
        drills_done=2,
        drills_ok=2,
        drills_failing=(),
        never_drilled=(),
        cameras_to_calibrate=1,
        calibration_due=(),
        calibration_overdue=(),
        calibration_unknown=(),
    )
    return replace(fine, **said)  # type: ignore[arg-type]


def rooms(**said: object) -> Rooms:
    """Every room in order, but for what is said."""
    fine = Rooms(
        designations=DESIGNATED,
        undertakings=UndertakingsStanding(day=DAY, bound=1, unsigned=(), left_unsigned=()),
        reviews=ReviewsStanding(day=DAY, last_completed=DAY, due_on=DAY + timedelta(days=365)),
        hours=HoursStanding(sites=2, unstated=(), late=()),
        assessments=AssessmentStanding(cameras=1, lines=(), omitted=(), attempts=0),
        inspections=inspected(),
        property=NO_PROPERTY,
        faults=NO_FAULT,
        open_faults=(),
        notices=NoticesStanding(people=1, unreached=(), risen=()),
    )
    return replace(fine, **said)  # type: ignore[arg-type]


def reading(*cameras: CameraReading, **said: object) -> Reading:
    """K1's day with these cameras."""
    fine = Reading(
        day=DAY,
        now=NOW,
        main=KH,
        sites=[
            SiteReading(id=K1, name="晨光幼兒園", law=KH, passed_on=DAY, heard=True),
            SiteReading(id=E1, name="向陽國小", law=TY, passed_on=None, heard=True),
        ],
        cameras=cameras or (camera(),),
        risks=(),
        rooms=rooms(),
        late_days=(),
        late_copies=(),
        retention=LawFacts(computed_at=NOW),
        open_requests=0,
        late_requests=0,
    )
    return replace(fine, **said)  # type: ignore[arg-type]
