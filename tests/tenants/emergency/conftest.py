"""The people of the bureau beside one institution, and every job that they have sent."""

from typing import Any
from uuid import UUID

import pytest
from flask import Flask

from infra.db import db
from infra.queues import Job
from infra.tenancy import Binding, bind, bound
from tenants.actor import Actor
from tenants.audit.models import AuditEvent
from tenants.emergency import actions, queries
from tenants.emergency.models import EmergencyAccess, Scope
from tenants.people.models import User
from tenants.permissions import Role
from tests.factories import people as make
from tests.factories.registry import institution

REASON = "園長與副園長的帳號都被鎖定，電話聯繫確認無法登入。"


class Bureau:
    """The people of the bureau, and every job that was sent."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.sent: list[tuple[Job, dict[str, Any]]] = []
        monkeypatch.setattr("infra.queues.enqueue", lambda job, **named: self.sent.append((job, named)))
        self.of = institution("K1")
        self.operator = make.acting(make.operator(), Role.OPERATOR)
        self.second = make.acting(make.operator("second"), Role.OPERATOR)
        self.auditor = make.acting(make.auditor(), Role.AUDITOR)
        self.officer = make.acting(make.bureau_officer(), Role.BUREAU_OFFICER)
        self.head = make.acting(make.head(self.of.tenant_id), Role.HEAD)
        db.session.get_one(User, self.head.id).email = "head@k1.example"
        db.session.commit()
        bind(db.session, Binding(tenant_id=make.bureau()))

    def request(self, scope: Scope = Scope.TRAIL, *, hours: int = 2, by: Actor | None = None) -> EmergencyAccess:
        made = actions.request(
            actor=by or self.operator, tenant_id=self.of.tenant_id, scope=scope, hours=hours, reason=REASON
        )
        access_id = made.id
        db.session.commit()
        return self.again(access_id)

    def opened(self, scope: Scope = Scope.TRAIL, *, hours: int = 2) -> EmergencyAccess:
        made = self.request(scope, hours=hours)
        actions.approve(actor=self.auditor, tenant_id=self.of.tenant_id, access_id=made.id)
        db.session.commit()
        return self.again(made.id)

    def again(self, access_id: UUID) -> EmergencyAccess:
        bind(db.session, Binding(tenant_id=self.of.tenant_id))
        return queries.access(tenant_id=self.of.tenant_id, access_id=access_id)

    def chain(self, tenant_id: UUID | None = None) -> list[AuditEvent]:
        with bound(db.session, Binding(tenant_id=tenant_id or self.of.tenant_id)):
            return list(db.session.scalars(db.select(AuditEvent).order_by(AuditEvent.seq)))


@pytest.fixture
def bureau(domain: Flask, monkeypatch: pytest.MonkeyPatch) -> Bureau:
    assert domain
    return Bureau(monkeypatch)
