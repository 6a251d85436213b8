"""The chain of acts."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from flask import Flask
from sqlalchemy import select, text
from sqlalchemy.exc import OperationalError

from infra.db import db
from infra.tenancy import Binding, bind
from tenants.actor import system
from tenants.audit import actions, queries
from tenants.audit.events import Event
from tenants.audit.models import AuditHead
from tenants.registry.models import Site
from tests.factories.registry import Institution, institution
from tests.tenants.audit.conftest import Tamper, go_on

pytestmark = pytest.mark.req("DR-06")

# What somebody changes, and the number of the link that is named.
CHANGES = {
    "update audit_events set actor_name = 'somebody else' where seq = 2": 2,
    """update audit_events set fields = '{"agency_id": "X"}' where seq = 3""": 3,
    "delete from audit_events where seq = 1": 1,
    "delete from audit_events where seq = 3": 3,
    "delete from audit_events where seq = 4": 4,
    "delete from audit_events": 1,
    "delete from audit_heads": 1,
    "update audit_events set seq = seq + 10 where seq = 2": 2,
    "update audit_heads set seq = 3, hash = (select hash from audit_events where seq = 3)": 5,
    "update audit_heads set hash = repeat('0', 64)": 5,
}


def test_a_whole_chain_verifies(k1: Institution) -> None:
    assert queries.verify(tenant_id=k1.tenant_id) is None


def test_verification_names_the_first_link_that_was_changed(k1: Institution, tamper: Tamper) -> None:
    found = {}
    for statement in CHANGES:
        with tamper.undone(statement):
            broken = queries.verify(tenant_id=k1.tenant_id)
            found[statement] = broken and broken.seq
    assert found == CHANGES
    assert queries.verify(tenant_id=k1.tenant_id) is None, "and all is undone again"


def test_two_events_that_changed_places_are_found(k1: Institution, tamper: Tamper) -> None:
    tamper("update audit_events set seq = -seq where seq in (2, 3)")
    tamper("update audit_events set seq = 5 + seq where seq < 0")
    broken = queries.verify(tenant_id=k1.tenant_id)
    assert broken is not None
    assert (broken.seq, broken.reason) == (2, "第 2 筆沒有接上前一筆")


def test_the_chain_of_one_says_nothing_of_anothers(k1: Institution, tamper: Tamper) -> None:
    k2 = institution("K2", name="第二幼兒園")
    tamper("update audit_events set actor_name = 'x' where seq = 1 and tenant_id = :id", id=k2.tenant_id)
    assert queries.verify(tenant_id=k1.tenant_id) is None
    bind(db.session, Binding(tenant_id=k2.tenant_id))
    assert queries.verify(tenant_id=k2.tenant_id) is not None


def test_an_event_with_a_missing_field_is_refused(k1: Institution) -> None:
    with pytest.raises(ValueError, match="takes exactly"):
        actions.record(Event.AGENCY_VERIFIED, tenant_id=k1.tenant_id, actor=system("test"))


def test_a_clock_that_went_back_leaves_the_order_strict(k1: Institution, monkeypatch: pytest.MonkeyPatch) -> None:
    earlier = queries.latest(tenant_id=k1.tenant_id)[-1].at
    monkeypatch.setattr("infra.clock.now", lambda: earlier)
    go_on(k1)
    newest = queries.latest(tenant_id=k1.tenant_id)[0]
    assert (newest.seq, newest.at) == (5, earlier)
    assert queries.verify(tenant_id=k1.tenant_id) is None


def test_an_act_that_does_not_come_to_the_chains_end_does_not_happen(k1: Institution) -> None:
    """Somebody holds the end of the chain and does not let go."""
    with db.engine.connect() as holder:
        holder.exec_driver_sql("select set_config('shouyuan.tenant_id', %s, true)", (str(k1.tenant_id),))
        holder.execute(select(AuditHead).with_for_update())
        db.session.execute(text("set local lock_timeout = '50ms'"))
        db.session.scalars(select(Site)).one().name = "改了名"
        with pytest.raises(OperationalError, match="lock timeout"):
            go_on(k1)
        db.session.rollback()
    assert db.session.scalars(select(Site.name)).all() == ["晨光幼兒園"]
    assert queries.length(tenant_id=k1.tenant_id) == 4


def test_what_is_pending_is_written_before_the_chain_is_locked(k1: Institution) -> None:
    db.session.scalars(select(Site)).one().name = "改了名"
    go_on(k1)
    assert not db.session.dirty


def test_the_link_that_is_given_back_is_the_one_in_the_chain(k1: Institution) -> None:
    link = actions.record(Event.CHAIN_STARTED, tenant_id=k1.tenant_id, actor=system("test"), code="K1")
    found = queries.latest(tenant_id=k1.tenant_id)[0]
    assert (found.seq, found.hash, found.fields) == (link.seq, link.hash(), link.fields)


def test_two_writers_of_one_chain_follow_each_other(k1: Institution, domain: Flask) -> None:
    def write(_: int) -> None:
        with domain.app_context():
            bind(db.session, Binding(tenant_id=k1.tenant_id))
            go_on(k1)
            db.session.remove()

    db.session.commit()
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(write, range(12)))
    assert queries.length(tenant_id=k1.tenant_id) == 16
    assert queries.verify(tenant_id=k1.tenant_id) is None
