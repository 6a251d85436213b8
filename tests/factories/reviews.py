"""The institution's own looks at finished packages, as events. To watch one, use the media process."""

from uuid import UUID

from infra.db import db
from tenants.actor import Actor
from tenants.audit.actions import record
from tenants.audit.events import Event
from tenants.audit.rules import Link
from tenants.disclosures.models import Disclosure
from tenants.disclosures.packages.models import Package


def review(actor: Actor, *, disclosure_id: UUID, subject_id: UUID | None = None) -> Link:
    """Somebody opened a part of a case's package; the event. Bind to the institution before."""
    package = db.session.scalars(db.select(Package).where(Package.disclosure_id == disclosure_id)).one()
    link = record(
        Event.PACKAGE_WATCHED,
        tenant_id=package.tenant_id,
        actor=actor,
        subject_id=subject_id or disclosure_id,
        package_id=str(package.id),
        serial=db.session.get_one(Disclosure, disclosure_id).serial,
        part=1,
    )
    db.session.commit()
    return link
