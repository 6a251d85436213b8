"""A worker that dies anywhere while evidence is copied or ends: nothing is lost, nothing is called gone that is there.

Every statement, commit and store call is made to fail once, each on a hold or package of its own.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import timedelta
from uuid import UUID

import pytest

from infra import age, clock, object_keys
from infra.db import db
from infra.objects import StoreUnavailable
from infra.queues import Job
from infra.tenancy import Binding, bind
from tenants.audit import queries as audit
from tenants.disclosures.packages import ending as package_ending
from tenants.disclosures.packages.models import Package
from tenants.errors import InvalidTransition
from tenants.retention import actions, copying, hold_queries, pending, queries
from tenants.retention.emptying import StillThere
from tenants.retention.hold_keys import open_hold_key
from tenants.retention.models import Hold, PreservedSegment
from tests.factories import disclosures, people
from tests.factories.evidence import ACTOR, Archive
from tests.factories.holds import kept, span
from tests.workers.killing import Killed, dies_with_open_cursors, killed_at
from workers import disclosure_jobs, retention_jobs

pytestmark = dies_with_open_cursors
_JOBS: dict[Job, Callable[..., None]] = {
    Job.COPY_HOLD: retention_jobs.copy_hold,
    Job.DESTROY_DAY: retention_jobs.destroy_day,
    Job.DESTROY_HOLD: retention_jobs.destroy_hold,
    Job.DESTROY_PACKAGE: disclosure_jobs.destroy_package,
}


def work(archive: Archive) -> None:
    """What the sweep finds about evidence, done at once; twice, for what has two phases."""
    for _ in range(2):
        tenant_id = archive.of.tenant_id
        ended = [
            (Job.DESTROY_PACKAGE, {"package_id": package_id})
            for package_id in package_ending.ending_packages(tenant_id=tenant_id)
        ]
        found = [*retention_jobs.waiting_jobs(tenant_id=tenant_id, today=clock.today()), *ended]
        db.session.rollback()
        for job, arguments in found:
            plain = {name: value if isinstance(value, int) else str(value) for name, value in arguments.items()}
            _JOBS[job](tenant_id=str(tenant_id), **plain)


@contextmanager
def dying(
    archive: Archive, step: int, monkeypatch: pytest.MonkeyPatch, *, job: Callable[..., None], times: int = 1, **of: str
) -> Iterator[bool]:
    """The worker dies at a step of the job, run as often as it has phases; then another process looks at what is left.

    Whether it came to that step.
    """
    with killed_at(step, monkeypatch) as reached:
        with suppress(Killed):
            for _ in range(times):
                job(tenant_id=str(archive.of.tenant_id), **of)
        died = reached()
    db.session.remove()
    db.engine.dispose()
    bind(db.session, Binding(tenant_id=archive.of.tenant_id))
    yield died
    db.session.rollback()


def remnants(archive: Archive, *prefixes: str) -> list[str]:
    return [key for prefix in prefixes for key in archive.store.remnants(prefix)]


def of_hold(archive: Archive, hold_id: UUID) -> list[str]:
    ids = {"tenant_id": archive.of.tenant_id, "hold_id": hold_id}
    return remnants(archive, object_keys.hold_shares(**ids), object_keys.hold_prefix(**ids))


def check_copies(archive: Archive, hold_id: UUID) -> int:
    """Every copy that a row claims is there and opens with the hold's key; how many there are."""
    tenant_id = archive.of.tenant_id
    rows = db.session.query(PreservedSegment).filter_by(tenant_id=tenant_id, hold_id=hold_id).all()
    for row in rows:
        key = object_keys.preserved_segment(tenant_id=tenant_id, hold_id=hold_id, segment_id=row.segment_id)
        secret = open_hold_key(tenant_id=tenant_id, hold_id=hold_id, kms=archive.kms, store=archive.store)
        assert age.decrypt(archive.store.get(key), secret) == archive.plain[row.segment_id]
    return len(rows)


@pytest.mark.req("KH-5-4c", "DR-01", "DR-05")
def test_a_worker_may_die_at_any_step_of_copying_and_of_ending_a_hold(
    archive: Archive, monkeypatch: pytest.MonkeyPatch
) -> None:
    window = span(archive.record(clock.day_start(clock.today() - timedelta(days=3))))
    step, died = 0, True
    while died:
        step += 1
        hold_id = kept(archive, window).id
        of = {"hold_id": str(hold_id)}
        with dying(archive, step, monkeypatch, job=retention_jobs.copy_hold, **of) as copying_died:
            check_copies(archive, hold_id)
        work(archive)
        assert check_copies(archive, hold_id) == 1
        actions.release_hold(actor=ACTOR, tenant_id=archive.of.tenant_id, hold_id=hold_id, reason="偵查終結")
        db.session.commit()
        with dying(archive, step, monkeypatch, job=retention_jobs.destroy_hold, times=2, **of) as ending_died:
            hold = db.session.get_one(Hold, hold_id)
            assert hold.destroyed_at is None or not of_hold(archive, hold_id)
        work(archive)
        db.session.rollback()
        assert db.session.get_one(Hold, hold_id).destroyed_at is not None
        assert not of_hold(archive, hold_id)
        died = copying_died or ending_died
    assert step > 15  # it died at least so often, or this test looked at nothing
    assert hold_queries.open_holds(tenant_id=archive.of.tenant_id) == []
    assert audit.verify(tenant_id=archive.of.tenant_id) is None


def ended_case(archive: Archive, agency_id: UUID, officer: UUID) -> UUID:
    """A closed case whose hold has ended, and its package with its share in the store."""
    tenant_id = archive.of.tenant_id
    bind(db.session, Binding(tenant_id=tenant_id, agency_id=agency_id))
    made = disclosures.case(archive.of, agency_id=agency_id, filed_by=officer, state="withdrawn")
    package = db.session.get_one(Package, made.package_id)
    package.state, package.wrapped_secret = "ready", b"sealed"
    hold = queries.holds(tenant_id=tenant_id, open_only=True)[0]
    hold.released_at, hold.release_reason, hold.destroyed_at = clock.now(), "已終結", clock.now()
    db.session.commit()
    ids = {"tenant_id": tenant_id, "package_id": made.package_id}
    archive.store.put(object_keys.package(**ids), b"zip")
    archive.store.put(object_keys.share(object_keys.package_shares(**ids), "age1x"), b"share")
    return made.package_id


def of_package(archive: Archive, package_id: UUID) -> list[str]:
    ids = {"tenant_id": archive.of.tenant_id, "package_id": package_id}
    return remnants(archive, object_keys.package_shares(**ids), object_keys.package_prefix(**ids))


@pytest.mark.req("DR-05", "KH-6-4b")
def test_a_worker_may_die_at_any_step_of_ending_a_package(archive: Archive, monkeypatch: pytest.MonkeyPatch) -> None:
    agency_id, officer = people.agency(), people.person()
    step, died = 0, True
    while died:
        step += 1
        package_id = ended_case(archive, agency_id, officer)
        assert len(of_package(archive, package_id)) == 2
        of = {"package_id": str(package_id)}
        with dying(archive, step, monkeypatch, job=disclosure_jobs.destroy_package, times=2, **of) as died:
            found = db.session.get_one(Package, package_id)
            assert found.destroyed_at is None or not of_package(archive, package_id)
        work(archive)
        db.session.rollback()
        assert db.session.get_one(Package, package_id).destroyed_at is not None
        assert not of_package(archive, package_id)
    assert step > 10
    assert package_ending.ending_packages(tenant_id=archive.of.tenant_id) == []
    events = [each.event for each in audit.latest(tenant_id=archive.of.tenant_id, limit=500)]
    assert events.count("package:destroyed") == step


def test_a_package_of_a_case_that_is_open_or_still_held_stays(archive: Archive) -> None:
    agency_id, officer = people.agency(), people.person()
    bind(db.session, Binding(tenant_id=archive.of.tenant_id, agency_id=agency_id))
    for state in ("submitted", "withdrawn"):
        made = disclosures.case(archive.of, agency_id=agency_id, filed_by=officer, state=state)
        with pytest.raises(InvalidTransition):
            disclosure_jobs.destroy_package(tenant_id=str(archive.of.tenant_id), package_id=str(made.package_id))
    assert package_ending.ending_packages(tenant_id=archive.of.tenant_id) == []


@pytest.mark.req("DR-01")
def test_a_store_that_refuses_is_told_after_a_few_tries_and_the_day_waits(
    archive: Archive, monkeypatch: pytest.MonkeyPatch
) -> None:
    segment = archive.record(clock.day_start(clock.today() - timedelta(days=20)))
    hold_id = kept(archive, span(segment)).id

    def full(*_: object, **__: object) -> None:
        raise StoreUnavailable("bucket is full")

    with monkeypatch.context() as patch:
        patch.setattr(type(archive.store), "put", full)
        for _ in range(pending.TRIES):
            with pytest.raises(StoreUnavailable):
                retention_jobs.copy_hold(tenant_id=str(archive.of.tenant_id), hold_id=str(hold_id))
    db.session.rollback()
    (incomplete,) = pending.incomplete_holds(tenant_id=archive.of.tenant_id)
    assert (incomplete.id, pending.words(incomplete.copy_error)) == (hold_id, "儲存服務沒有回應。")
    waiting = retention_jobs.waiting_jobs(tenant_id=archive.of.tenant_id, today=clock.today())
    assert [job for job, _ in waiting] == [Job.COPY_HOLD]
    work(archive)
    assert pending.incomplete_holds(tenant_id=archive.of.tenant_id) == []
    assert copying.queries.preserved_count(tenant_id=archive.of.tenant_id, hold_id=hold_id) == 1


@pytest.mark.req("DR-05", "KH-5-4a")
def test_a_day_that_cannot_be_certified_keeps_why_and_says_whose_it_is(
    archive: Archive, monkeypatch: pytest.MonkeyPatch
) -> None:
    day = clock.today() - timedelta(days=20)
    archive.record(clock.day_start(day))
    tenant_id = str(archive.of.tenant_id)
    retention_jobs.destroy_day(tenant_id=tenant_id, day=day.isoformat(), retention_days=14)
    (begun,) = queries.begun_destructions(tenant_id=archive.of.tenant_id)
    destruction_id = str(begun.id)
    db.session.rollback()
    with monkeypatch.context() as patch:
        patch.setattr(type(archive.store), "destroy", lambda _self, keys: len(list(keys)))
        with pytest.raises(StillThere):
            retention_jobs.certify_destruction(tenant_id=tenant_id, destruction_id=destruction_id)
    db.session.rollback()
    (found,) = pending.pending(tenant_id=archive.of.tenant_id)
    assert (found.tries, found.owner) == (1, pending.Owner.OPERATOR)
    assert "仍列出物件" in found.why
    retention_jobs.certify_destruction(tenant_id=tenant_id, destruction_id=destruction_id)
    db.session.rollback()
    assert pending.pending(tenant_id=archive.of.tenant_id) == []
