"""Whether what an address names is the institution's at all, whoever asks.

A person who may not do a thing is told so only of things that are there: of everything else, there is nothing (DR-08).
"""

from collections.abc import Mapping
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import InstrumentedAttribute

from infra.db import db
from tenants.disclosures.insider.panel.models import PanelMeeting, PanelMember, PanelResolution
from tenants.disclosures.models import Disclosure
from tenants.disclosures.official.models import Letter, MediumHandover
from tenants.disclosures.packages.models import Package
from tenants.errors import NotFound
from tenants.footage.models import QuarantinedObject
from tenants.misuse.models import MisuseCase
from tenants.people.models import Membership
from tenants.registry.models import Camera, EdgeDevice, EnrolmentToken, SitePeriod
from tenants.retention.models import Destruction, DestructionStop, Hold
from tenants.rights.models import RightsRequest

_Column = InstrumentedAttribute[UUID] | InstrumentedAttribute[UUID | None]
# What an institution's addresses name, by the name in the route: the column of its institution, and its own.
NAMED: Mapping[str, tuple[_Column, _Column]] = {
    "camera_id": (Camera.tenant_id, Camera.id),
    "destruction_id": (Destruction.tenant_id, Destruction.id),
    "device_id": (EdgeDevice.tenant_id, EdgeDevice.id),
    "disclosure_id": (Disclosure.tenant_id, Disclosure.id),
    "handover_id": (MediumHandover.tenant_id, MediumHandover.id),
    "hold_id": (Hold.tenant_id, Hold.id),
    "letter_id": (Letter.tenant_id, Letter.id),
    "meeting_id": (PanelMeeting.tenant_id, PanelMeeting.id),
    "member_id": (PanelMember.tenant_id, PanelMember.id),
    "misuse_id": (MisuseCase.tenant_id, MisuseCase.id),
    "package_id": (Package.tenant_id, Package.id),
    "period_id": (SitePeriod.tenant_id, SitePeriod.id),
    "resolution_id": (PanelResolution.tenant_id, PanelResolution.id),
    "rights_id": (RightsRequest.tenant_id, RightsRequest.id),
    "stop_id": (DestructionStop.tenant_id, DestructionStop.id),
    "stray_id": (QuarantinedObject.tenant_id, QuarantinedObject.id),
    "token_id": (EnrolmentToken.tenant_id, EnrolmentToken.id),
    "user_id": (Membership.tenant_id, Membership.user_id),
}


def check(*, tenant_id: UUID, ids: Mapping[str, UUID]) -> None:
    """Raise `NotFound` unless each of these is the institution's. The session is bound to it."""
    for name, value in ids.items():
        owner, key = NAMED[name]
        if db.session.scalar(select(key).where(owner == tenant_id, key == value).limit(1)) is None:
            raise NotFound
