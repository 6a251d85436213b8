"""Two institutions, the bureau, and a closing as the operator enters it."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from uuid import UUID

import pytest
from flask import Flask

from infra import clock
from infra.db import db
from infra.tenancy import Binding, bind
from tenants.actor import Actor, ActorKind
from tenants.audit import queries as audit
from tenants.closing import actions
from tenants.closing.models import Closing, ClosingKind
from tenants.closing.rules import Decision
from tenants.people import queries as held
from tenants.permissions import Role
from tests.factories import people
from tests.factories.registry import Institution, institution


@dataclass
class Scene:
    """K1 is to close; E1 stays. People by sign-in name."""

    k1: Institution
    e1: Institution
    bureau_id: UUID
    operator: Actor
    ids: dict[str, UUID] = field(default_factory=dict)

    def decision(self, begins: date | None = None, **changes: object) -> Decision:
        """A preschool that closes today, with a custodian whom the bureau named."""
        told: dict[str, object] = {
            "kind": ClosingKind.CLOSED,
            "effective_from": begins or clock.today(),
            "document": "府教幼字第1150000009號",
            "document_date": clock.today(),
            "keeper": "守園市政府教育局",
            "custodian_id": self.ids["custodian"],
        }
        return Decision(**(told | changes))  # type: ignore[arg-type]

    def merger(self, begins: date | None = None) -> Decision:
        """K1 goes into E1, whose head keeps what is left."""
        changes = {"kind": ClosingKind.MERGED, "keeper": "", "successor_id": self.e1.tenant_id}
        return self.decision(begins, custodian_id=self.ids["e1-head"], **changes)

    def close(self, decision: Decision | None = None, of: Institution | None = None) -> Closing:
        """Enter it, as the operator."""
        bind(db.session, Binding(tenant_id=self.bureau_id))
        of = of or self.k1
        made = actions.schedule_closing(
            tenant_id=of.tenant_id, decision=decision or self.decision(), actor=self.operator
        )
        db.session.commit()
        self.enter(of)
        return made

    def enter(self, of: Institution) -> None:
        """Bind the session to an institution."""
        bind(db.session, Binding(tenant_id=of.tenant_id))

    def custodian(self, login: str = "custodian") -> Actor:
        """The person as custodian."""
        return Actor(kind=ActorKind.PERSON, id=self.ids[login], name="保管人", roles=frozenset({Role.CUSTODIAN}))


def roles_at(tenant_id: UUID) -> set[tuple[UUID, str]]:
    """Who holds what at an institution now."""
    return {(role.user_id, role.role) for role, _ in held.staff(tenant_id=tenant_id)}


def events(tenant_id: UUID, *keys: str) -> list[audit.AuditEvent]:
    """The events of these kinds in a chain, oldest first."""
    return [each for each in reversed(audit.latest(tenant_id=tenant_id, limit=100)) if each.event in keys]


@pytest.fixture
def scene(domain: Flask) -> Iterator[Scene]:
    assert domain
    bureau_id, k1 = people.bureau(), institution("K1")
    e1 = institution("E1", kind="elementary_school", name="向陽國小", profile="TY_ELEMENTARY", cameras=("E-GATE",))
    operator = people.operator()
    who = Actor(kind=ActorKind.PERSON, id=operator, name="周工程師", roles=frozenset({Role.OPERATOR}))
    made = Scene(k1, e1, bureau_id, who)
    made.ids = {
        "k1-head": people.head(k1.tenant_id, "k1-head"),
        "k1-handler": people.handler(k1.tenant_id, "k1-handler"),
        "e1-head": people.head(e1.tenant_id, "e1-head"),
        "e1-handler": people.handler(e1.tenant_id, "e1-handler"),
        "custodian": people.person("custodian", name="保管人"),
        "bureau": people.bureau_officer("bureau"),
    }
    made.enter(k1)
    yield made
    db.session.rollback()
