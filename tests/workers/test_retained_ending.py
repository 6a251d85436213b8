"""The end of copies for reference: on a person's word or with their year, to the last byte, whatever dies meanwhile."""

from collections.abc import Callable
from contextlib import suppress
from datetime import timedelta
from pathlib import Path
from unittest.mock import patch
from uuid import UUID

import pytest
from sqlalchemy import NullPool, create_engine, text

from infra import clock, object_keys
from infra.db import db
from infra.queues import Job
from infra.shares import ShareMissing, unseal
from infra.stack.postgres import DatabaseUrls, Postgres
from infra.tenancy import Binding, bind
from tenants.audit import queries as audit
from tenants.compliance.law import law_standing
from tenants.disclosures.packages import ending as package_ending
from tenants.disclosures.retained import ending, queries
from tenants.disclosures.retained.keys import open_retained_key, retained_lock
from tenants.disclosures.retained.models import RetainedCopy
from tenants.errors import InvalidTransition, KeyIncomplete, NotFound
from tenants.retention.models import Hold
from tests.factories import retained
from tests.factories.packages import opened
from tests.factories.requests import Request
from tests.workers.keeping import copy_of, destroy, end, kept_bytes, make, remnants
from tests.workers.killing import Killed, dies_with_open_cursors, killed_at
from workers import context, retained_jobs


def let_hold_end(request: Request) -> None:
    hold = db.session.get_one(Hold, request.disclosure().hold_id)
    hold.released_at, hold.release_reason = clock.now(), "已終結"
    db.session.commit()


@pytest.mark.req("KH-6-4a", "DR-05")
def test_the_package_goes_with_its_hold_once_the_copy_is_there_and_not_before(handed_over: Request) -> None:
    retained.closed(handed_over)
    let_hold_end(handed_over)
    of = handed_over.tenant_id
    assert package_ending.ending_packages(tenant_id=of) == [], "it is what the copy is made of"
    with patch.object(clock, "now", return_value=clock.now() + timedelta(days=365)):
        assert package_ending.ending_packages(tenant_id=of) == [handed_over.package_id], "nothing outlives its year"
    make(handed_over)
    assert package_ending.ending_packages(tenant_id=of) == [handed_over.package_id]


@pytest.mark.req("KH-6-4b", "DR-05", "KH-5-4a")
def test_an_ended_copy_is_destroyed_in_two_steps_and_certified_once_nothing_is_left(handed_over: Request) -> None:
    make(handed_over)
    with pytest.raises(InvalidTransition):
        destroy(handed_over, times=1)
    bind(db.session, Binding(tenant_id=handed_over.tenant_id))
    end(handed_over)
    count = len(remnants(handed_over))
    destroy(handed_over, times=1)
    assert copy_of(handed_over).wrapped_secret is None
    assert len(remnants(handed_over)) == count, "the key first"
    with pytest.raises(NotFound):
        queries.certificate(tenant_id=handed_over.tenant_id, copy_id=handed_over.package_id)
    destroy(handed_over)
    assert remnants(handed_over) == []
    issued = queries.certificate(tenant_id=handed_over.tenant_id, copy_id=handed_over.package_id)
    assert issued.number == f"銷毀-K1-備查-{handed_over.disclosure().serial}"
    assert (issued.paper["objects"], issued.paper["sha256"]) == (count - 1, copy_of(handed_over).sha256)
    assert issued.paper["articles"] == ["要點第六點第一項第四款"]
    assert not [word for word in ("王園長", "無保存之必要") if word in str(issued.paper)], "an auditor reads it"
    assert ending.ended_since(tenant_id=handed_over.tenant_id) == []


@pytest.mark.req("KH-5-4a", "KH-6-4b", "DR-30")
def test_copies_that_should_be_gone_are_counted_and_listed_for_the_bureau(handed_over: Request) -> None:
    make(handed_over)
    end(handed_over)
    let_hold_end(handed_over)
    later = clock.now() + timedelta(days=2)
    told = law_standing(tenant_id=handed_over.tenant_id, now=later)
    assert [each.label for each in told.late_copies] == ["保全的影像", "交付的影像複製檔", "備查複製本"]
    days = sum(later - each.since > timedelta(days=1) for each in told.late_days)
    assert told.facts.days_overdue == len(told.late_copies) + days


@pytest.mark.req("KH-5-4a", "TY-4-4a")
def test_the_sweep_destroys_by_itself_what_nobody_decided_about_in_its_year(handed_over: Request) -> None:
    make(handed_over)
    retained.closed(handed_over)
    of = handed_over.tenant_id
    job = (Job.DESTROY_RETAINED_COPY, {"copy_id": handed_over.package_id})
    assert job not in list(retained_jobs.waiting_jobs(tenant_id=of))
    with patch.object(clock, "now", return_value=clock.now() + timedelta(days=365)):
        assert job in list(retained_jobs.waiting_jobs(tenant_id=of))
        destroy(handed_over, times=3)
    issued = queries.certificate(tenant_id=of, copy_id=handed_over.package_id)
    assert (copy_of(handed_over).end_reason, issued.paper["decided_by"]) == (ending.YEAR_IS_OVER, "系統")
    assert issued.paper["articles"] == ["要點第五點第四款"]
    assert remnants(handed_over) == []


@dies_with_open_cursors
@pytest.mark.req("DR-05", "DR-07", "KH-6-4a", "KH-6-4b")
def test_a_worker_may_die_at_any_step_of_making_and_of_destroying_a_copy(
    handed_over: Request, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One case; each time it dies one step later, and another process looks at what is left and goes on."""

    def dying(step: int, act: Callable[[], None]) -> bool:
        with killed_at(step, monkeypatch) as reached:
            with suppress(Killed):
                act()
            died = reached()
        db.session.remove()
        db.engine.dispose()
        bind(db.session, Binding(tenant_id=handed_over.tenant_id))
        return died

    step = 0
    while dying(step := step + 1, lambda: make(handed_over)):
        copy = db.session.get(RetainedCopy, handed_over.package_id)
        assert copy is None or copy.made_at is None or kept_bytes(handed_over, object_keys.retained_copy)
        db.session.rollback()
    assert step > 20, "it died at least so often, or this test looked at nothing"
    assert kept_bytes(handed_over, object_keys.retained_copy) == opened(handed_over)
    end(handed_over)
    step = 0
    while dying(step := step + 1, lambda: destroy(handed_over, times=3)):
        copy = copy_of(handed_over)
        assert copy.destroyed_at is None or not remnants(handed_over)
        db.session.rollback()
    assert step > 5
    assert remnants(handed_over) == []
    assert queries.certificate(tenant_id=handed_over.tenant_id, copy_id=handed_over.package_id)
    assert audit.verify(tenant_id=handed_over.tenant_id) is None


@pytest.mark.req("DR-05", "KH-6-4b")
def test_a_backup_from_before_opens_no_copy_that_was_destroyed(
    handed_over: Request, postgres: Postgres, database: DatabaseUrls, tmp_path: Path
) -> None:
    make(handed_over)
    end(handed_over)
    kms, store, of = context.kms(), handed_over.archive.store, handed_over.tenant_id
    key = object_keys.retained_copy(tenant_id=of, copy_id=handed_over.package_id)
    assert store.get(key)
    name = database.app.partition("@/")[2].partition("?")[0]
    postgres.dump(name, tmp_path / "backup")
    destroy(handed_over)
    db.session.remove()
    urls = postgres.restore(f"{name}_restored", tmp_path / "backup")
    with create_engine(urls.superuser, poolclass=NullPool).connect() as connection:
        row = connection.execute(text("select * from retained_copies")).mappings().one()
    postgres.drop(f"{name}_restored")
    lock = retained_lock(tenant_id=of, copy_id=UUID(str(row["id"])), recipient=row["recipient"])
    assert row["wrapped_secret"] is not None, "the backup brought the row's half back"
    assert b"AGE-SECRET-KEY" not in kms.unwrap(row["wrapped_secret"], context=lock.context)
    with pytest.raises(ShareMissing):
        unseal(row["wrapped_secret"], lock, kms=kms, store=store)


def test_without_its_share_a_copy_does_not_open_and_is_not_called_destroyed(handed_over: Request) -> None:
    make(handed_over)
    copy, store = copy_of(handed_over), handed_over.archive.store
    lock = retained_lock(tenant_id=copy.tenant_id, copy_id=copy.id, recipient=copy.recipient)
    store.destroy([lock.share])
    with pytest.raises(KeyIncomplete):
        open_retained_key(copy=copy, kms=handed_over.archive.kms, store=store)
    assert copy.destroyed_at is None
