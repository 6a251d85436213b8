"""A filing and a destruction in the same second, on two real connections: whoever is first wins, and cleanly."""

from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from concurrent.futures import TimeoutError as StillWaiting
from datetime import timedelta
from uuid import uuid4

import pytest
from flask import Flask

from infra import clock
from infra.db import db
from infra.tenancy import Binding, bind
from tenants.actor import Actor, ActorKind
from tenants.errors import Destroyed, HeldByLaw
from tenants.permissions import Role
from tenants.retention import actions, destruction
from tenants.retention.rules import CameraWindow, DayAndClass
from tenants.retention.urgent import actions as urgent
from tenants.retention.urgent.models import Source
from tenants.retention.urgent.rules import Call
from tests.factories.evidence import ACTOR, Archive
from tests.factories.holds import copied, placed


def file_request(archive: Archive) -> str:
    """The last second of its day has passed; the day is due."""
    start = clock.day_start(clock.today() - timedelta(days=15))
    end = start + timedelta(minutes=1)
    window = CameraWindow(camera_id=archive.of.cameras["C-GATE"], started_at=start, ended_at=end)
    return str(placed(archive, window).id)


def press_urgent(archive: Archive) -> str:
    """The same minute, on a telephone call (DR-02)."""
    start = clock.day_start(clock.today() - timedelta(days=15)) + timedelta(seconds=30)
    window = CameraWindow(
        camera_id=archive.of.cameras["C-GATE"], started_at=start, ended_at=start + timedelta(seconds=20)
    )
    guard = Actor(kind=ActorKind.PERSON, id=uuid4(), name="陳警衛", roles=frozenset({Role.GUARD}))
    call = Call(source=Source.TELEPHONE, caller="向陽派出所", reason="校門口車禍")
    return str(urgent.preserve(actor=guard, tenant_id=archive.of.tenant_id, call=call, windows=[window]).hold_id)


PRESERVE = pytest.mark.parametrize("preserve", [file_request, press_urgent], ids=["a request", "a call"])


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


@PRESERVE
@pytest.mark.req("DR-01", "DR-02", "KH-6-3b")
def test_what_is_asked_for_first_is_kept_and_the_destruction_waits(
    domain: Flask, due: Archive, preserve: Callable[[Archive], str]
) -> None:
    hold_id = preserve(due)
    other = elsewhere(domain, due, destroy)
    with pytest.raises(StillWaiting):
        other.result(timeout=0.5)
    db.session.commit()
    with pytest.raises(HeldByLaw):
        other.result(timeout=5)

    hold = actions.queries.holds(tenant_id=due.of.tenant_id)[0]
    assert str(hold.id) == hold_id
    assert copied(due, hold.id).segments == 1
    assert elsewhere(domain, due, destroy).result(timeout=5)


@PRESERVE
@pytest.mark.req("DR-01", "DR-02", "KH-6-3b")
def test_a_destruction_that_is_first_is_told_to_who_asks(
    domain: Flask, due: Archive, preserve: Callable[[Archive], str]
) -> None:
    destroy(due)
    other = elsewhere(domain, due, preserve)
    with pytest.raises(StillWaiting):
        other.result(timeout=0.5)
    db.session.commit()
    with pytest.raises(Destroyed, match="待完成"):
        other.result(timeout=5)
    assert actions.queries.holds(tenant_id=due.of.tenant_id) == []
