"""Whether what an address names is the institution's at all, whoever asks.

A person who may not do a thing is told so only of things that are there: of everything else, there is nothing (DR-08).
"""

from collections.abc import Mapping
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import InstrumentedAttribute

from infra.db import db
from tenants.disclosures.insider.panel.models import PanelMeeting, PanelMember, PanelResolution
from tenants.disclosures.models import Disclosure, DisclosureWindow
from tenants.disclosures.official.models import Letter, MediumHandover
from tenants.disclosures.packages.models import Package
from tenants.disclosures.papers.models import PaperScan
from tenants.disclosures.register.models import RegisterEntry
from tenants.disclosures.retained.models import RetainedCopy
from tenants.disclosures.viewing.models import ViewingMark, ViewingSession
from tenants.emergency.models import EmergencyAccess
from tenants.errors import NotFound
from tenants.footage.models import QuarantinedObject
from tenants.improvements.models import Improvement
from tenants.leaving.models import Departure
from tenants.misuse.models import MisuseCase
from tenants.people.designations.models import Designation
from tenants.people.models import Deputy, Membership
from tenants.registry.assessments.models import ZoneAssessment
from tenants.registry.hours.models import SiteDay, SiteHours
from tenants.registry.models import Camera, EdgeDevice, EnrolmentToken, Site, SitePeriod
from tenants.retention.models import Destruction, DestructionStop, Hold
from tenants.rights.models import RightsCopy, RightsRequest
from tenants.upkeep.faults.models import Fault, MaintenanceWindow
from tenants.upkeep.inspections.models import Inspection, MaintenanceEntry
from tenants.upkeep.property.models import Asset

_Column = InstrumentedAttribute[UUID] | InstrumentedAttribute[UUID | None]
# What an institution's addresses name, by the name in the route: the column of its institution, and its own.
NAMED: Mapping[str, tuple[_Column, _Column]] = {
    "access_id": (EmergencyAccess.tenant_id, EmergencyAccess.id),
    "assessment_id": (ZoneAssessment.tenant_id, ZoneAssessment.id),
    "asset_id": (Asset.tenant_id, Asset.id),
    "camera_id": (Camera.tenant_id, Camera.id),
    "day_id": (SiteDay.tenant_id, SiteDay.id),
    "departure_id": (Departure.tenant_id, Departure.id),
    "deputy_id": (Deputy.tenant_id, Deputy.id),
    "designation_id": (Designation.tenant_id, Designation.id),
    "copy_id": (RetainedCopy.tenant_id, RetainedCopy.id),
    "destruction_id": (Destruction.tenant_id, Destruction.id),
    "device_id": (EdgeDevice.tenant_id, EdgeDevice.id),
    "disclosure_id": (Disclosure.tenant_id, Disclosure.id),
    "entry_id": (RegisterEntry.tenant_id, RegisterEntry.id),
    "fault_id": (Fault.tenant_id, Fault.id),
    "handover_id": (MediumHandover.tenant_id, MediumHandover.id),
    "hold_id": (Hold.tenant_id, Hold.id),
    "improvement_id": (Improvement.tenant_id, Improvement.id),
    "inspection_id": (Inspection.tenant_id, Inspection.id),
    "letter_id": (Letter.tenant_id, Letter.id),
    "maintenance_entry_id": (MaintenanceEntry.tenant_id, MaintenanceEntry.id),
    "mark_id": (ViewingMark.tenant_id, ViewingMark.id),
    "maintenance_id": (MaintenanceWindow.tenant_id, MaintenanceWindow.id),
    "masked_id": (RightsCopy.tenant_id, RightsCopy.id),
    "meeting_id": (PanelMeeting.tenant_id, PanelMeeting.id),
    "member_id": (PanelMember.tenant_id, PanelMember.id),
    "misuse_id": (MisuseCase.tenant_id, MisuseCase.id),
    "package_id": (Package.tenant_id, Package.id),
    "period_id": (SitePeriod.tenant_id, SitePeriod.id),
    "resolution_id": (PanelResolution.tenant_id, PanelResolution.id),
    "rights_id": (RightsRequest.tenant_id, RightsRequest.id),
    "scan_id": (PaperScan.tenant_id, PaperScan.id),
    "site_id": (Site.tenant_id, Site.id),
    "stop_id": (DestructionStop.tenant_id, DestructionStop.id),
    "stray_id": (QuarantinedObject.tenant_id, QuarantinedObject.id),
    "token_id": (EnrolmentToken.tenant_id, EnrolmentToken.id),
    "version_id": (SiteHours.tenant_id, SiteHours.id),
    "viewing_id": (ViewingSession.tenant_id, ViewingSession.id),
    "window_id": (DisclosureWindow.tenant_id, DisclosureWindow.id),
    "user_id": (Membership.tenant_id, Membership.user_id),
}


def check(*, tenant_id: UUID, ids: Mapping[str, UUID]) -> None:
    """Raise `NotFound` unless each of these is the institution's. The session is bound to it."""
    for name, value in ids.items():
        owner, key = NAMED[name]
        if db.session.scalar(select(key).where(owner == tenant_id, key == value).limit(1)) is None:
            raise NotFound
