"""Exactly the roster that was looked at is confirmed: once, in time, and beside the same directory."""

from datetime import timedelta
from typing import Any

import pytest

from infra import clock
from infra.db import db
from infra.tenancy import Binding, bound
from tenants.actor import Actor
from tenants.errors import Invalid, InvalidTransition
from tenants.onboarding import actions, carrying, queries
from tenants.onboarding import columns as c
from tenants.onboarding.models import RosterState
from tenants.registry import queries as registry
from tests.factories.registry import Institution
from tests.tenants.onboarding.conftest import OLD, SERVICE, fresh, keep

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
        carrying.begin(actor=SERVICE, tenant_id=made.tenant_id, roster_id=made.id)
        assert (made.state, made.content) == (RosterState.EXPIRED, "")
    else:
        actions.confirm(**named, sha256=made.sha256)
        with pytest.raises(InvalidTransition):
            actions.confirm(**named, sha256=made.sha256)
    assert registry.tenant_by_code(code="N1") is None


def test_a_directory_that_changed_since_the_dry_run_stops_the_confirmation(operator: Actor, k1: Institution) -> None:
    made = keep(operator, {**OLD, c.PHONE: "07-555-0101"}, fresh(1))
    with bound(db.session, Binding(tenant_id=k1.tenant_id)):
        registry.tenant(tenant_id=k1.tenant_id).phone = "07-555-0101"
    db.session.commit()
    with pytest.raises(Invalid, match="已有變動"):
        actions.confirm(actor=operator, tenant_id=made.tenant_id, roster_id=made.id, sha256=made.sha256)
    assert registry.tenant_by_code(code="N1") is None
