"""約定時間: when somebody comes to look. Whoever asked reads it; the appointment made last is the one that counts."""

from datetime import datetime
from uuid import UUID, uuid4

from sqlalchemy import select

from infra import clock
from infra.db import db
from tenants.actor import Actor, person
from tenants.audit import actions as audit
from tenants.audit.events import Event
from tenants.disclosures.models import Disclosure
from tenants.disclosures.progress import start
from tenants.disclosures.steps import Step
from tenants.disclosures.viewing.models import ViewingAppointment
from tenants.errors import Invalid


def appoint(
    *, actor: Actor, tenant_id: UUID, disclosure_id: UUID, starts_at: datetime, place: str
) -> ViewingAppointment:
    """Say when and where a granted case can be looked at. Raises `Invalid` for the past or without a place."""
    disclosure = start(Disclosure, Step.RECORD_VIEWING, actor=actor, tenant_id=tenant_id, disclosure_id=disclosure_id)
    if starts_at <= clock.now():
        raise Invalid("約定的時間應在現在之後。", field="time")
    if not place.strip():
        raise Invalid("請填寫地點，例如「行政辦公室」。", field="place")
    made = ViewingAppointment(
        id=uuid4(),
        tenant_id=tenant_id,
        disclosure_id=disclosure_id,
        starts_at=starts_at,
        place=place.strip(),
        made_at=clock.now(),
        made_by=person(actor),
    )
    db.session.add(made)
    audit.record(
        Event.VIEWING_APPOINTED,
        tenant_id=tenant_id,
        actor=actor,
        subject_id=disclosure.id,
        serial=disclosure.serial,
        starts_at=starts_at.isoformat(),
    )
    return made


def appointment(disclosure: Disclosure) -> ViewingAppointment | None:
    """The appointment of a case that counts: the one that was made last, unless its day is over."""
    query = select(ViewingAppointment).where(
        ViewingAppointment.tenant_id == disclosure.tenant_id, ViewingAppointment.disclosure_id == disclosure.id
    )
    found = db.session.scalar(query.order_by(ViewingAppointment.made_at.desc()).limit(1))
    return found if found is not None and clock.civil_day(found.starts_at) >= clock.today() else None
