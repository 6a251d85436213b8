"""K1's people, and a granted case of an agency in which footage was looked at."""

from dataclasses import dataclass
from uuid import UUID

import pytest

from infra.db import db
from infra.tenancy import Binding, bind
from tenants.actor import Actor, ActorKind
from tenants.audit.actions import record
from tenants.audit.events import Event
from tenants.disclosures.models import DisclosureWindow
from tenants.misuse import actions
from tenants.misuse.models import MisuseCase
from tenants.permissions import Role
from tenants.retention.rules import CameraWindow
from tests.factories import disclosures, misuse, people, viewings
from tests.factories.registry import Institution


@dataclass(frozen=True)
class Seen:
    """A viewing session (codes S9F2QX and V7K3M2), its case, and the head and staff member who accompanied."""

    viewing_id: UUID
    disclosure_id: UUID
    companion: Actor


@pytest.fixture
def head(k1: Institution) -> Actor:
    return person(people.head(k1.tenant_id, "k1-head"), Role.HEAD, k1)


@pytest.fixture
def handler(k1: Institution) -> Actor:
    return person(people.handler(k1.tenant_id, "k1-handler"), Role.HANDLER, k1)


@pytest.fixture
def seen(k1: Institution, handler: Actor) -> Seen:
    people.bureau()
    agency_id, officer, helper = people.agency(), people.person(), people.person(name="張老師")
    people.membership(helper, Role.HANDLER, tenant_id=k1.tenant_id)
    bind(db.session, Binding(tenant_id=k1.tenant_id, agency_id=agency_id))
    case = disclosures.case(k1, agency_id=agency_id, filed_by=officer)
    row = db.session.get_one(DisclosureWindow, case.window_id)
    row.approved_from, row.approved_until = row.started_at, row.ended_at
    assert handler.id is not None
    viewing_id = viewings.viewing(
        k1,
        disclosure_id=case.disclosure_id,
        window_id=case.window_id,
        operator_id=handler.id,
        companion_id=helper,
    )
    return Seen(viewing_id, case.disclosure_id, person(helper, Role.HANDLER, k1))


def person(user_id: UUID, role: Role, k1: Institution) -> Actor:
    bind(db.session, Binding(tenant_id=k1.tenant_id))
    return Actor(kind=ActorKind.PERSON, id=user_id, name="王小明", roles=frozenset({role}))


def reported(k1: Institution, head: Actor, *, window: CameraWindow | None = None, **changes: object) -> MisuseCase:
    """A case that the head opened, about this footage if any."""
    said = misuse.report(windows=(window,) if window is not None else (), **changes)
    return actions.report(actor=head, tenant_id=k1.tenant_id, said=said)


def looked(k1: Institution, disclosure_id: UUID, actor: Actor, *, viewing_id: str = "x") -> None:
    """Somebody looked, as the chain has it."""
    record(
        Event.DISCLOSURE_VIEWED,
        tenant_id=k1.tenant_id,
        actor=actor,
        subject_id=disclosure_id,
        serial="調閱-115-0001",
        viewing_id=viewing_id,
    )
