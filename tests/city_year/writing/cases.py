"""What is asked of an institution's footage and kept back, as rows; and what ends it."""

from collections.abc import Iterator
from datetime import timedelta
from functools import partial
from uuid import UUID, uuid4

from infra import clock
from infra.db import db
from infra.tenancy import Binding, bind
from tenants.actor import system
from tenants.disclosures.official.models import OfficialRequest
from tenants.people import roles
from tenants.permissions import Role
from tenants.registry.models import Tenant
from tenants.retention.models import Hold
from tests.city_year import events
from tests.city_year.days import at
from tests.city_year.writing.acts import Step, Steps
from tests.city_year.writing.founding import Settled
from tests.factories import disclosures, people


class Cases:
    """The holds and letters of a year, by event."""

    def __init__(self) -> None:
        self._holds: dict[object, UUID] = {}
        self._letters: dict[object, UUID] = {}
        self._agency: tuple[UUID, UUID] | None = None

    @property
    def steps(self) -> Steps:
        """As the table of `acts`."""
        return {events.Hold: self._hold, events.Letter: self._letter, events.Closed: self._closed}

    def _hold(self, event: events.Hold) -> Iterator[Step]:
        yield event.placed, partial(self._places, event)
        if event.released is not None:
            yield event.released, partial(self._releases, event)

    def _places(self, event: events.Hold, settled: Settled) -> None:
        made = Hold(id=uuid4(), tenant_id=settled.of.tenant_id, basis="other_law", reference="保全-1", necessity="")
        made.document, made.placed_at, made.review_on = "府教字第1150000003號", clock.now(), event.review_on
        db.session.add(made)
        db.session.flush()
        self._holds[event] = made.id

    def _releases(self, event: object, _settled: Settled) -> None:
        found = db.session.get_one(Hold, self._holds[event])
        found.released_at = found.destroyed_at = clock.now()
        found.release_reason = "不再需要"

    def _letter(self, event: events.Letter) -> Iterator[Step]:
        yield event.filed, partial(self._files, event)
        if event.replied is not None:
            yield event.replied, partial(self._answers, event)

    def _files(self, event: events.Letter, settled: Settled) -> None:
        if self._agency is None:
            agency = people.agency()
            self._agency = agency, people.agency_officer(agency)
        agency_id, officer_id = self._agency
        bind(db.session, Binding(tenant_id=settled.of.tenant_id, agency_id=agency_id))
        made = disclosures.case(settled.of, agency_id=agency_id, filed_by=officer_id, camera="C-1")
        self._letters[event] = made.disclosure_id
        self._holds[event] = db.session.get_one(OfficialRequest, made.disclosure_id).hold_id
        db.session.commit()
        bind(db.session, Binding(tenant_id=settled.of.tenant_id))

    def _answers(self, event: events.Letter, settled: Settled) -> None:
        found = db.session.get_one(OfficialRequest, self._letters[event])
        found.state, found.replied_at, found.replied_by = "closed", clock.now(), settled.head
        self._releases(event, settled)

    def _closed(self, event: events.Closed) -> Iterator[Step]:
        yield at(event.since - timedelta(days=30), "09:00"), partial(self._is_to_close, event)
        yield at(event.since, "00:30"), self._is_closed  # after the night took the day before

    def _is_to_close(self, event: events.Closed, settled: Settled) -> None:
        tenant = db.session.get_one(Tenant, settled.of.tenant_id)
        tenant.closed_from, tenant.keeper = event.since, "守園市政府教育局"
        tenant.filmed_until = at(event.since, "00:00")

    def _is_closed(self, settled: Settled) -> None:
        """Every role ends, and the former head keeps the papers."""
        roles.end_everybody(tenant_id=settled.of.tenant_id, actor=system("city"))
        people.membership(settled.head, Role.CUSTODIAN, tenant_id=settled.of.tenant_id)
