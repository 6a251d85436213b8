"""Designations, undertakings, reviews of accounts and departures, as rows. Bind to the institution before."""

from datetime import date, timedelta
from uuid import UUID, uuid4

from infra import clock
from infra.db import db
from infra.tenancy import Binding, bind, binding_of
from tenants.leaving.models import Departure, Way
from tenants.people.designations.models import Designation, Kind
from tenants.people.reviews.models import AccountReview, AccountVerdict, Verdict
from tenants.people.undertakings import texts
from tenants.people.undertakings.models import Occasion, Undertaking

# A day before anything that a test makes.
LONG_AGO = timedelta(days=400)


def designation(tenant_id: UUID, *, contact_id: UUID, office: str = "事務組", from_on: date | None = None) -> UUID:
    """An office, or with an empty name a person, designated for long and without an end. Any binding will do."""
    held, made_id = binding_of(db.session), uuid4()
    bind(db.session, Binding(tenant_id=tenant_id))
    made = Designation(id=made_id, tenant_id=tenant_id, office=office, contact_id=contact_id)
    made.kind = Kind.OFFICE if office else Kind.PERSON
    made.from_on = from_on or clock.today() - LONG_AGO
    made.made_at, made.made_by = clock.now() - LONG_AGO, contact_id
    db.session.add(made)
    db.session.commit()
    bind(db.session, held)
    return made_id


def undertaking(
    tenant_id: UUID, *, user_id: UUID, occasion: Occasion = Occasion.DESIGNATED, on: date | None = None
) -> None:
    """A signature by PIN. Any binding will do."""
    held, day = binding_of(db.session), on or clock.today()
    bind(db.session, Binding(tenant_id=tenant_id))
    made = Undertaking(tenant_id=tenant_id, user_id=user_id, occasion=occasion, version=texts.NEWEST, signed_on=day)
    made.noted_at, made.noted_by = clock.day_start(day), user_id
    db.session.add(made)
    db.session.commit()
    bind(db.session, held)


def review(tenant_id: UUID, *, user_id: UUID, by: UUID) -> UUID:
    """A review that is under way, with one account confirmed."""
    made = AccountReview(id=uuid4(), tenant_id=tenant_id, begun_at=clock.now(), begun_by=by)
    db.session.add(made)
    db.session.flush()
    line = AccountVerdict(tenant_id=tenant_id, review_id=made.id, user_id=user_id, verdict=Verdict.CONFIRMED)
    line.said_at, line.said_by = clock.now(), by
    db.session.add(line)
    db.session.commit()
    return made.id


def departure(tenant_id: UUID, *, user_id: UUID, by: UUID, days: int = 30) -> UUID:
    """Somebody who leaves in so many days."""
    made = Departure(id=uuid4(), tenant_id=tenant_id, user_id=user_id, way=Way.LEFT, handed=[])
    made.gone_on, made.opened_at, made.opened_by = clock.today() + timedelta(days=days), clock.now(), by
    db.session.add(made)
    db.session.commit()
    return made.id
