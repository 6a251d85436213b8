"""Exactly the roster that was looked at is carried out: once, in time, beside the same directory, and all of it."""

from datetime import timedelta
from typing import Any

import pytest

from infra import clock
from infra.db import db
from infra.tenancy import Binding, bound
from tenants.actor import Actor, system
from tenants.errors import Invalid, InvalidTransition
from tenants.onboarding import actions, queries
from tenants.onboarding import columns as c
from tenants.onboarding.models import RosterState
from tenants.people import actions as accounts
from tenants.registry import queries as registry
from tests.factories.registry import Institution
from tests.tenants.onboarding.conftest import OLD, Outside, fresh, keep

pytestmark = pytest.mark.req("DR-33")


@pytest.mark.parametrize("why", ["another file", "late", "twice"])
def test_only_exactly_that_file_is_confirmed_once_and_in_time(
    operator: Actor, monkeypatch: pytest.MonkeyPatch, why: str
) -> None:
    made = keep(operator, fresh(1))
    named: dict[str, Any] = {"actor": operator, "tenant_id": made.tenant_id, "roster_id": made.id}
    if why == "another file":
        with pytest.raises(Invalid, match="不同"):
            actions.confirm(**named, sha256="0" * 64)
    elif why == "late":
        then = clock.now() + timedelta(hours=1, seconds=1)
        monkeypatch.setattr(clock, "now", lambda: then)
        with pytest.raises(Invalid, match="逾一小時"):
            actions.confirm(**named, sha256=made.sha256)
        assert list(queries.waiting(tenant_id=made.tenant_id, now=clock.now())) == [made.id]
        assert actions.carry_out(actor=system("x"), tenant_id=made.tenant_id, roster_id=made.id).content == ""
        assert made.state == RosterState.EXPIRED
    else:
        actions.confirm(**named, sha256=made.sha256)
        with pytest.raises(InvalidTransition):
            actions.confirm(**named, sha256=made.sha256)
    assert registry.tenant_by_code(code="N1") is None


@pytest.mark.parametrize("when", ["before confirming", "before carrying out"])
def test_a_directory_that_changed_meanwhile_stops_it(operator: Actor, k1: Institution, when: str) -> None:
    made = keep(operator, {**OLD, c.PHONE: "07-555-0101"}, fresh(1))
    named: dict[str, Any] = {"actor": operator, "tenant_id": made.tenant_id, "roster_id": made.id}
    if when == "before carrying out":
        actions.confirm(**named, sha256=made.sha256)
        db.session.commit()
    with bound(db.session, Binding(tenant_id=k1.tenant_id)):
        registry.tenant(tenant_id=k1.tenant_id).phone = "07-555-0101"
    db.session.commit()
    if when == "before confirming":
        with pytest.raises(Invalid, match="已有變動"):
            actions.confirm(**named, sha256=made.sha256)
    else:
        done = actions.carry_out(actor=system("x"), tenant_id=made.tenant_id, roster_id=made.id)
        assert (done.state, done.content) == (RosterState.STALE, "")
    assert registry.tenant_by_code(code="N1") is None


def test_one_that_fails_in_the_middle_leaves_nothing(
    operator: Actor, outside: Outside, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = keep(operator, fresh(1), fresh(2))
    actions.confirm(actor=operator, tenant_id=made.tenant_id, roster_id=made.id, sha256=made.sha256)
    db.session.commit()
    before, real, calls = outside.everything(), accounts.create_invited, []

    def failing(**said: Any) -> Any:  # noqa: ANN401 - as the action's
        calls.append(1)
        if len(calls) > 1:
            raise RuntimeError
        return real(**said)

    monkeypatch.setattr(accounts, "create_invited", failing)
    with pytest.raises(RuntimeError):
        actions.carry_out(actor=system("x"), tenant_id=made.tenant_id, roster_id=made.id)
    db.session.rollback()
    assert outside.everything() == before
    assert list(queries.waiting(tenant_id=made.tenant_id, now=clock.now())) == [made.id], "the sweep finds it"
