"""Runs that stop: nothing goes until a second person saw the plan and let it go."""

from datetime import datetime, timedelta
from uuid import uuid4

import pytest
from sqlalchemy import select

from infra import clock
from infra.db import db
from tenants.actor import Actor, ActorKind, system
from tenants.audit import queries as audit
from tenants.errors import HeldByLaw, Invalid, InvalidTransition, NotAllowed, NotFound
from tenants.permissions import Role
from tenants.retention import destruction, plan_queries, queries, stops
from tenants.retention.models import DestructionStop, RetentionRun, StopKind
from tenants.retention.rules import DayAndClass
from tests.factories import footage
from tests.factories.evidence import Archive

ENGINE = system("sweep_tenant")
HEAD = Actor(kind=ActorKind.PERSON, id=uuid4(), name="園長", roles=frozenset({Role.HEAD}))


def days_ago(days: int) -> DayAndClass:
    return DayAndClass(day=clock.today() - timedelta(days=days), retention_days=14)


def note(archive: Archive, now: datetime | None = None) -> DestructionStop | None:
    stops.note_run(actor=ENGINE, tenant_id=archive.of.tenant_id, now=now or clock.now())
    db.session.commit()
    return stops.open_stop(tenant_id=archive.of.tenant_id)


def destroy(archive: Archive, days: int, now: datetime | None = None) -> None:
    destruction.begin_destruction(
        actor=ENGINE, tenant_id=archive.of.tenant_id, of=days_ago(days), now=now or clock.now()
    )
    db.session.commit()


def destroyed(archive: Archive) -> int:
    return len(queries.destructions(tenant_id=archive.of.tenant_id))


def release(archive: Archive, found: DestructionStop, *, by: Actor = HEAD, reason: str = "停電補行") -> None:
    stops.release_stop(actor=by, tenant_id=archive.of.tenant_id, stop_id=found.id, reason=reason)
    db.session.commit()


@pytest.fixture
def late(archive: Archive) -> Archive:
    """Six of twenty days are due."""
    for days in range(1, 21):
        archive.key(days_ago(days).day)
    return archive


@pytest.mark.req("KH-5-4a", "KH-5-3c")
def test_nothing_of_a_run_that_is_too_large_goes_until_the_head_lets_it_go(late: Archive) -> None:
    found = note(late)
    assert found is not None
    assert (found.kind, len(found.days), found.share) == (StopKind.SHARE, 6, pytest.approx(0.3))
    with pytest.raises(HeldByLaw, match="首長確認"):
        destroy(late, 20)
    db.session.rollback()
    assert destroyed(late) == 0

    with pytest.raises(Invalid, match="理由"):
        release(late, found, reason=" ")
    with pytest.raises(NotAllowed):
        release(late, found, by=Actor(kind=ActorKind.PERSON, id=uuid4(), roles=frozenset({Role.HANDLER})))
    with pytest.raises(NotAllowed):
        release(late, found, by=ENGINE)
    release(late, found)
    for days in range(15, 21):
        destroy(late, days)
    assert destroyed(late) == 6
    assert note(late) is None
    events = [each.event for each in audit.latest(tenant_id=late.of.tenant_id)]
    assert (events.count("destruction:stopped"), events.count("destruction:stop_released")) == (1, 1)


def test_who_lets_a_plan_go_saw_that_plan(late: Archive) -> None:
    """Another day became due meanwhile: that is another plan."""
    found = note(late)
    assert found is not None
    late.key(days_ago(22).day)
    changed = note(late)
    assert changed is not None
    assert changed.id != found.id
    with pytest.raises(InvalidTransition, match="計畫已變更"):
        release(late, found)
    db.session.rollback()
    assert note(late) == changed
    with pytest.raises(NotFound):
        stops.release_stop(actor=HEAD, tenant_id=late.of.tenant_id, stop_id=uuid4(), reason="停電補行")


@pytest.mark.req("KH-5-3c")
def test_a_clock_that_jumps_ahead_destroys_nothing_and_is_told(archive: Archive) -> None:
    """Both clocks of the machine jump; the boxes, our last run and other institutions' boxes do not."""
    for days in range(1, 15):
        archive.key(days_ago(days).day)
    footage.status(archive.of)
    assert note(archive) is None
    jumped = clock.now() + timedelta(days=2)
    told = plan_queries.told(tenant_id=archive.of.tenant_id, now=jumped)
    assert told.heard is not None
    assert told.ahead > timedelta(days=1, hours=23)

    found = note(archive, jumped)
    assert found is not None
    assert (found.kind, len(found.days)) == (StopKind.CLOCK, 2)
    with pytest.raises(HeldByLaw, match="系統時鐘"):
        destroy(archive, 14, jumped)
    db.session.rollback()
    ran = db.session.scalars(select(RetentionRun.ran_at)).one()
    assert ran < clock.now()  # the run whose clock nobody confirms confirms no other
    assert note(archive) is None
    assert destroyed(archive) == 0


@pytest.mark.req("KH-5-4a")
def test_an_institution_whose_boxes_are_silent_goes_by_the_footage_or_by_another_ones_box(archive: Archive) -> None:
    archive.key(days_ago(15).day)
    db.session.add(RetentionRun(tenant_id=archive.of.tenant_id, ran_at=clock.now() - timedelta(days=3)))
    db.session.commit()
    found = note(archive)
    assert found is not None
    assert found.kind == StopKind.CLOCK
    archive.record(clock.now() - timedelta(minutes=2))
    assert note(archive) is None
    assert plan_queries.current(tenant_id=archive.of.tenant_id, now=clock.now()).go == (days_ago(15),)


def test_the_dry_run_is_the_plan_of_the_run(late: Archive) -> None:
    tenant_id, now = late.of.tenant_id, clock.now()
    made = stops.note_run(actor=ENGINE, tenant_id=tenant_id, now=now)
    assert made == plan_queries.current(tenant_id=tenant_id, now=now)
    assert plan_queries.as_of(tenant_id=tenant_id, day=clock.today()) == made
