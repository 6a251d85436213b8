"""A filing and a destruction in the same second, on two real connections: whoever is first wins, and cleanly."""

from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from concurrent.futures import TimeoutError as StillWaiting
from datetime import timedelta

import pytest
from flask import Flask

from infra import clock
from infra.db import db
from infra.tenancy import Binding, bind
from tenants.errors import Destroyed, HeldByLaw
from tenants.retention import actions, copying, destruction
from tenants.retention.rules import CameraWindow, DayAndClass
from tests.factories.evidence import ACTOR, Archive
from tests.factories.holds import placed


def file_request(archive: Archive) -> str:
    """The last second of its day has passed; the day is due."""
    start = clock.day_start(clock.today() - timedelta(days=15))
    end = start + timedelta(minutes=1)
    window = CameraWindow(camera_id=archive.of.cameras["C-GATE"], started_at=start, ended_at=end)
    return str(placed(archive, window).id)


def destroy(archive: Archive) -> str:
    made = destruction.begin_destruction(
        actor=ACTOR,
        tenant_id=archive.of.tenant_id,
        of=DayAndClass(day=clock.today() - timedelta(days=15), retention_days=14),
        now=clock.now(),
    )
    return str(made.id)


def elsewhere(app: Flask, archive: Archive, act: Callable[[Archive], str]) -> Future[str]:
    """Do it on another connection, and commit."""

    def work() -> str:
        with app.app_context():
            bind(db.session, Binding(tenant_id=archive.of.tenant_id))
            done = act(archive)
            db.session.commit()
            return done

    return ThreadPoolExecutor(1).submit(work)


@pytest.fixture
def due(archive: Archive) -> Archive:
    archive.record(clock.day_start(clock.today() - timedelta(days=15)))
    return archive


@pytest.mark.req("DR-01", "KH-6-3b")
def test_a_request_that_is_first_is_kept_and_the_destruction_waits(domain: Flask, due: Archive) -> None:
    hold_id = file_request(due)
    other = elsewhere(domain, due, destroy)
    with pytest.raises(StillWaiting):
        other.result(timeout=0.5)
    db.session.commit()
    with pytest.raises(HeldByLaw):
        other.result(timeout=5)

    hold = actions.queries.holds(tenant_id=due.of.tenant_id)[0]
    assert str(hold.id) == hold_id
    done = copying.copy_hold(actor=ACTOR, tenant_id=due.of.tenant_id, hold_id=hold.id, store=due.store, kms=due.kms)
    db.session.commit()
    assert done.segments == 1
    assert elsewhere(domain, due, destroy).result(timeout=5)


@pytest.mark.req("DR-01", "KH-6-3b")
def test_a_destruction_that_is_first_is_told_to_who_asks(domain: Flask, due: Archive) -> None:
    destroy(due)
    other = elsewhere(domain, due, file_request)
    with pytest.raises(StillWaiting):
        other.result(timeout=0.5)
    db.session.commit()
    with pytest.raises(Destroyed, match="待完成"):
        other.result(timeout=5)
    assert actions.queries.holds(tenant_id=due.of.tenant_id) == []
