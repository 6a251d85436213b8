"""What a day brings: a name, a closing, and the end of boxes; found by the sweep, done by one job (DR-33)."""

from datetime import timedelta

import pytest

from infra import clock
from infra.db import db
from infra.queues import Job
from infra.tenancy import Binding, bind
from tenants.actor import Actor, ActorKind
from tenants.closing import actions
from tenants.closing.models import ClosingKind
from tenants.closing.rules import Decision
from tenants.footage.models import DayKey
from tenants.people import queries as people
from tenants.permissions import Role
from tenants.registry import queries as registry
from tenants.registry import renaming
from tenants.registry.name_rules import Naming
from tests.factories import people as make
from tests.factories.evidence import Archive
from workers import footage_jobs, registry_jobs, sweep_jobs

pytestmark = pytest.mark.req("DR-33")


def test_a_new_name_and_a_closing_come_with_their_day(archive: Archive, monkeypatch: pytest.MonkeyPatch) -> None:
    of, tomorrow = archive.of, clock.today() + timedelta(days=1)
    bureau = make.bureau()
    operator = Actor(kind=ActorKind.PERSON, id=make.operator(), name="周工程師", roles=frozenset({Role.OPERATOR}))
    make.head(of.tenant_id, "k1-head")
    bind(db.session, Binding(tenant_id=bureau))
    naming = Naming(name="曙光幼兒園", short_name="", district="左營區")
    renaming.rename(tenant_id=of.tenant_id, to=naming, effective_from=tomorrow, document="府1", actor=operator)
    decision = Decision(
        kind=ClosingKind.CLOSED,
        effective_from=tomorrow + timedelta(days=1),
        document="府2",
        document_date=clock.today(),
        keeper="守園市政府教育局",
        custodian_id=make.person("keeper"),
    )
    actions.schedule_closing(tenant_id=of.tenant_id, decision=decision, actor=operator)
    db.session.commit()
    bind(db.session, Binding(tenant_id=of.tenant_id))
    footage_jobs.make_keys(tenant_id=str(of.tenant_id))
    assert max(db.session.scalars(db.select(DayKey.civil_day))) == tomorrow, "no key for a day on which it is closed"
    assert Job.MAKE_KEYS not in {job for job, _ in sweep_jobs.waiting(tenant_id=of.tenant_id, today=clock.today())}
    assert not registry_jobs.is_waiting(tenant_id=of.tenant_id, today=clock.today())

    for days, name, roles in ((1, "曙光幼兒園", {Role.HEAD}), (2, "曙光幼兒園", {Role.CUSTODIAN})):
        today = clock.civil_day(clock.now()) + timedelta(days=days)
        monkeypatch.setattr(registry_jobs.clock, "today", lambda today=today: today)
        assert (Job.CARRY_OUT_CHANGES, {}) in list(sweep_jobs.waiting(tenant_id=of.tenant_id, today=today))
        registry_jobs.carry_out_changes(tenant_id=str(of.tenant_id))
        db.session.commit()
        assert registry.tenant(tenant_id=of.tenant_id).name == name
        assert {held.role for held, _ in people.staff(tenant_id=of.tenant_id)} == roles
        assert not registry_jobs.is_waiting(tenant_id=of.tenant_id, today=today)
