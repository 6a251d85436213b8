"""One institution with a head and a handler who work there."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

import pytest
from flask import Flask

from infra.db import db
from infra.tenancy import Binding, bind
from tenants.actor import Actor
from tenants.permissions import Role
from tests.factories import people
from tests.factories.registry import Institution, institution


@dataclass(frozen=True)
class School:
    """K1 and its people; the session is bound to it."""

    of: Institution
    head: Actor
    handler: Actor

    @property
    def tenant_id(self) -> UUID:
        """Its id."""
        return self.of.tenant_id

    @property
    def staff(self) -> Sequence[UUID]:
        """The accounts of both."""
        return [each.id for each in (self.head, self.handler) if each.id is not None]


@pytest.fixture
def school(domain: Flask) -> School:
    assert domain
    of = institution("K1")
    actors = []
    for role, name in ((Role.HEAD, "王園長"), (Role.HANDLER, "林組長")):
        user_id = people.person(name=name)
        people.membership(user_id, role, tenant_id=of.tenant_id)
        actors.append(people.acting(user_id, role))
    bind(db.session, Binding(tenant_id=of.tenant_id))
    return School(of, *actors)
