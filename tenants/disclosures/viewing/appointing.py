"""約定時間: when somebody comes to look. Whoever asked is told; the appointment made last is the one that counts."""

from collections.abc import Iterator
from datetime import datetime
from uuid import UUID, uuid4

from sqlalchemy import select

from infra import clock
from infra.db import db
from tenants.actor import Actor, person
from tenants.disclosures.models import Disclosure, DisclosureState, HaltEnd
from tenants.disclosures.progress import record, start
from tenants.disclosures.register import queries as register
from tenants.disclosures.steps import Step
from tenants.disclosures.viewing.models import ViewingAppointment
from tenants.errors import Invalid, refuse


def appointment_faults(starts_at: datetime | None, place: str) -> Iterator[Invalid]:
    """What is wrong with a time and a place; nothing of a time that is not known yet."""
    if starts_at is not None and starts_at <= clock.now():
        yield Invalid("約定的時間應在現在之後。", field="time")
    if not place.strip():
        yield Invalid("請填寫地點，例如「行政辦公室」。", field="place")


def appoint(
    *, actor: Actor, tenant_id: UUID, disclosure_id: UUID, starts_at: datetime, place: str
) -> ViewingAppointment:
    """Say when and where a granted case can be looked at. Raises `Invalid` for the past or without a place."""
    disclosure = start(Disclosure, Step.APPOINT, actor=actor, tenant_id=tenant_id, disclosure_id=disclosure_id)
    refuse(appointment_faults(starts_at, place))
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
    record(Step.APPOINT, actor=actor, disclosure=disclosure, starts_at=starts_at.isoformat())
    return made


def agreed_time(*, tenant_id: UUID, disclosure_id: UUID) -> datetime | None:
    """The time agreed last, called off or not: what of the case is told must be told before somebody sets out."""
    query = select(ViewingAppointment.starts_at).where(
        ViewingAppointment.tenant_id == tenant_id, ViewingAppointment.disclosure_id == disclosure_id
    )
    return db.session.scalar(query.order_by(ViewingAppointment.made_at.desc()).limit(1))


def appointment(*, tenant_id: UUID, disclosure_id: UUID) -> ViewingAppointment | None:
    """The one that counts: made last, its day not over, not looked at since, and the case goes on."""
    of_case = (Disclosure.tenant_id == tenant_id) & (Disclosure.id == ViewingAppointment.disclosure_id)
    query = (
        select(ViewingAppointment)
        .join(Disclosure, of_case)
        .where(
            ViewingAppointment.tenant_id == tenant_id,
            ViewingAppointment.disclosure_id == disclosure_id,
            Disclosure.state != DisclosureState.WITHDRAWN,
            Disclosure.halt_end != HaltEnd.TAKEN_BACK,
        )
    )
    found = db.session.scalar(query.order_by(ViewingAppointment.made_at.desc()).limit(1))
    if found is None or clock.civil_day(found.starts_at) < clock.today():
        return None
    looked_at = register.viewed_at(tenant_id=tenant_id, disclosure_id=disclosure_id)
    return None if looked_at is not None and looked_at >= found.made_at else found
