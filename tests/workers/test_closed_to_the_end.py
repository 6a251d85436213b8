"""A closed institution to its last certificate: the engine goes on, and then there is nothing left to say (DR-33)."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from importlib import import_module
from unittest.mock import patch
from uuid import UUID, uuid4

import pytest
from sqlalchemy import select

from infra import clock, object_keys
from infra.db import db
from infra.tenancy import Binding, bind
from tenants.audit import queries as audit
from tenants.compliance import queries as board
from tenants.compliance.rules import Standing
from tenants.footage.models import CameraStatus, DayKey
from tenants.registry.models import EdgeDevice
from tenants.retention import actions, clocks, plan_queries, planning, queries
from tenants.retention.models import Destruction, DestructionState
from tenants.retention.standing import standing
from tests.factories import holds, people, registry
from tests.factories.evidence import ACTOR, Archive
from tests.factories.sweeps import strays, sweep
from workers import compliance_jobs, retention_jobs, sweep_jobs

TODAY = clock.today()


@contextmanager
def on(days: int) -> Iterator[datetime]:
    """At three in the morning so many days after the closing, by everybody's clock."""
    now = clock.day_start(TODAY + timedelta(days=days)) + timedelta(hours=3)

    def told(*, tenant_id: UUID, now: datetime) -> planning.Told:  # noqa: ARG001 - every clock agrees
        return planning.Told(worker=now, database=now, heard=now)

    with patch.object(clock, "now", return_value=now), patch.object(plan_queries, "told", told):
        yield now


def work(archive: Archive) -> list[str]:
    """Everything that the sweep finds, and what that leaves to be done, until nothing is; the names of the jobs."""
    done: list[str] = []
    for _ in range(6):
        retention_jobs.note_run(tenant_id=archive.of.tenant_id, actor=ACTOR)
        found = list(sweep_jobs.waiting(tenant_id=archive.of.tenant_id, today=clock.today()))
        db.session.commit()
        if not found:
            break
        for job, arguments in found:
            module, _, name = job.rpartition(".")
            plain = {key: value if isinstance(value, int) else str(value) for key, value in arguments.items()}
            getattr(import_module(module), name)(tenant_id=str(archive.of.tenant_id), **plain)
            done.append(name)
    bind(db.session, Binding(tenant_id=archive.of.tenant_id))
    return done


def close(archive: Archive) -> None:
    registry.closed(archive.of, on=TODAY, filmed_until=clock.now())


@pytest.fixture
def closed(archive: Archive) -> Archive:
    """Three days of footage, a hold on one, keys that were handed out for days after the end, and a silent box."""
    people.bureau()
    at_nine = (clock.day_start(TODAY - timedelta(days=back)) + timedelta(hours=9) for back in (3, 2, 1))
    _, held, _ = [archive.record(at) for at in at_nine]
    for ahead in range(3):
        archive.key(TODAY + timedelta(days=ahead))
    holds.kept(archive, holds.span(held), review_on=TODAY + timedelta(days=90))
    db.session.add(
        CameraStatus(
            tenant_id=archive.of.tenant_id,
            camera_id=archive.of.cameras["C-GATE"],
            reported_at=clock.now(),
            recording=False,
            spooled=2,
            spooled_from=clock.now() - timedelta(days=1),
        )
    )
    close(archive)
    return archive


def left_in_store(archive: Archive) -> list[str]:
    """Everything of the institution but its anchors."""
    of, found = archive.of.tenant_id, list(archive.store.remnants(""))
    return [key for key in found if str(of) in key and not key.startswith(object_keys.ledger_prefix(tenant_id=of))]


@pytest.mark.req("DR-33", "KH-5-3c", "KH-5-4a", "DR-05", "DR-06")
def test_a_closed_institution_is_walked_to_its_last_certificate_and_then_is_quiet(closed: Archive) -> None:
    of = closed.of.tenant_id
    box = db.session.get_one(EdgeDevice, closed.device_id)
    for days in (0, 1, *range(12, 19)):
        with on(days) as now:
            if days == 14:  # as `end_devices` does, on the day on which the last day of recording goes
                box.revoked_at, box.revoked_by = now, uuid4()
                db.session.commit()
            work(closed)
            begun = set(db.session.scalars(select(Destruction.civil_day)))
            due = {TODAY + timedelta(days=each) for each in range(-3, 3) if each + 15 <= days}
            assert begun == due, "each on its day, none before"
    papers = queries.destructions(tenant_id=of, limit=99)
    assert {each.state for each in papers} == {DestructionState.CERTIFIED}
    assert sorted(each.segments for each in papers) == [0, 0, 0, 1, 1, 1]

    with on(40) as now:
        clocks_left = clocks.of_cameras(tenant_id=of, now=now)
        assert [each.copy for each in clocks_left] == [clocks.CopyClass.HELD], "a hold outlives its school"
        (kept,) = queries.holds(tenant_id=of, open_only=True)
        actions.release_hold(actor=ACTOR, tenant_id=of, hold_id=kept.id, reason="案件結束")
        db.session.commit()
        assert "destroy_hold" in work(closed)
    assert left_in_store(closed) == []

    with on(400) as now:
        work(closed)
        sweep(closed)
        assert strays(of) == {}
        assert work(closed) == []
        assert not any(vars(standing(tenant_id=of, now=now)).values())
        assert clocks.of_cameras(tenant_id=of, now=now) == []
        assert db.session.scalars(select(DayKey).where(DayKey.destroyed_at.is_(None))).all() == []
        compliance_jobs.take_now(tenant_id=str(of))
        (line,) = [each for each in board.board(now=now) if each.tenant_id == of]
        assert (line.judgement.standing, line.judgement.urgency) == (Standing.CLOSED, len(Standing) - 1)
    bind(db.session, Binding(tenant_id=of))
    assert audit.verify(tenant_id=of) is None
    assert audit.latest(tenant_id=of, limit=1)[0].event == "chain:anchored", "what happened last is anchored too"
