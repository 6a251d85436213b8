"""Comparing rows with shares after a restore: only what is over and provably gone is entered, the rest is told."""

from dataclasses import replace
from datetime import date, timedelta

import pytest
from sqlalchemy import select

from infra import clock, object_keys
from infra.db import db
from infra.objects import ObjectStore, S3Objects, StoreUnavailable
from infra.settings import StoreSettings
from tenants.audit import queries as audit
from tenants.errors import HeldByLaw
from tenants.footage.keys import day_lock
from tenants.footage.models import DayKey
from tenants.retention import destruction, hold_keys, restoring
from tenants.retention.models import Destruction
from tenants.retention.restoring import Compared
from tenants.retention.rules import CameraWindow, DayAndClass
from tests.factories.evidence import ACTOR, Archive
from tests.factories.holds import kept

OVER = clock.today() - timedelta(days=20)
OWED = clock.today() - timedelta(days=2)

pytestmark = pytest.mark.req("DR-05")


def compare(archive: Archive, store: ObjectStore | None = None) -> Compared:
    found = restoring.compare_shares(
        actor=ACTOR,
        tenant_id=archive.of.tenant_id,
        store=store or archive.store,
        also=hold_keys.expected_shares(tenant_id=archive.of.tenant_id),
        now=clock.now(),
    )
    db.session.commit()
    return found


def lose_share(archive: Archive, day: date) -> None:
    key = db.session.get_one(DayKey, (archive.of.tenant_id, day, 14))
    lock = day_lock(tenant_id=archive.of.tenant_id, day=day, retention_days=14, recipient=key.recipient)
    archive.store.destroy([lock.share])


def alive(archive: Archive, day: date) -> bool:
    return db.session.get_one(DayKey, (archive.of.tenant_id, day, 14)).wrapped_secret is not None


@pytest.fixture
def two_days(archive: Archive) -> Archive:
    for day in (OVER, OWED):
        archive.record(clock.day_start(day))
    return archive


def test_rows_and_shares_that_agree_change_nothing(two_days: Archive) -> None:
    assert compare(two_days) == Compared((), (), 0)
    assert alive(two_days, OVER)
    event = audit.latest(tenant_id=two_days.of.tenant_id, limit=1)[0]
    assert (event.event, event.fields["destroyed"]) == ("keys:compared", 0)


def test_a_day_that_is_over_and_lacks_its_share_is_entered_with_what_shows_it(two_days: Archive) -> None:
    lose_share(two_days, OVER)
    (made,) = compare(two_days).destroyed
    assert (made.civil_day, made.state) == (OVER, "begun")
    assert made.restored is not None
    assert made.restored["last_anchor"] is None, "nothing was ever anchored, and nothing else is claimed"
    assert not alive(two_days, OVER)
    assert alive(two_days, OWED)
    assert compare(two_days).destroyed == ()


def test_a_store_that_lost_a_share_that_is_still_owed_is_told_and_destroys_nothing(two_days: Archive) -> None:
    for day in (OVER, OWED):
        lose_share(two_days, day)
    found = compare(two_days)
    assert (found.destroyed, len(found.missing)) == ((), 2)
    assert "尚有未到期者" in found.missing[0]
    assert alive(two_days, OVER)
    assert alive(two_days, OWED)
    assert db.session.scalars(select(Destruction)).all() == []


def test_an_empty_bucket_destroys_nothing(two_days: Archive, store_settings: StoreSettings) -> None:
    empty = S3Objects(replace(store_settings, bucket=f"{store_settings.bucket}-new"))
    empty.ensure_bucket()
    assert compare(two_days, empty).destroyed == ()
    assert alive(two_days, OVER)


def test_a_store_that_is_down_destroys_nothing(two_days: Archive, store_settings: StoreSettings) -> None:
    down = S3Objects(replace(store_settings, endpoint="http://127.0.0.1:9"))
    with pytest.raises(StoreUnavailable):
        compare(two_days, down)
    db.session.rollback()
    assert alive(two_days, OVER)


def test_a_day_that_is_held_is_told_and_stays(two_days: Archive) -> None:
    start = clock.day_start(OVER)
    window = CameraWindow(
        camera_id=two_days.of.cameras["C-GATE"], started_at=start, ended_at=start + timedelta(minutes=1)
    )
    kept(two_days, window)
    lose_share(two_days, OVER)
    found = compare(two_days)
    assert found.destroyed == ()
    assert "調閱-115-0001" in found.missing[0]
    assert alive(two_days, OVER)


def test_shares_that_no_row_knows_are_counted_and_left(two_days: Archive) -> None:
    prefix = object_keys.day_shares(retention_days=14, tenant_id=two_days.of.tenant_id, day=OWED)
    two_days.store.put(object_keys.share(prefix, "age1later"), b"x" * 32)
    assert compare(two_days).unknown == 1
    assert two_days.store.get(object_keys.share(prefix, "age1later"))


def test_a_day_whose_share_is_there_is_no_lost_day_whoever_says_so(two_days: Archive) -> None:
    lost = {"actor": ACTOR, "tenant_id": two_days.of.tenant_id, "now": clock.now(), "store": two_days.store}
    with pytest.raises(HeldByLaw, match="仍在儲存服務"):
        destruction.enter_lost(of=DayAndClass(day=OVER, retention_days=14), restored={}, **lost)  # type: ignore[arg-type]
    lose_share(two_days, OWED)
    with pytest.raises(HeldByLaw, match="至少應保存14日"):
        destruction.enter_lost(of=DayAndClass(day=OWED, retention_days=14), restored={}, **lost)  # type: ignore[arg-type]
    db.session.rollback()
    assert (alive(two_days, OVER), alive(two_days, OWED)) == (True, True)


def test_a_clock_that_is_set_ahead_enters_no_day_that_is_still_owed(two_days: Archive) -> None:
    lose_share(two_days, OWED)
    found = restoring.compare_shares(
        actor=ACTOR,
        tenant_id=two_days.of.tenant_id,
        store=two_days.store,
        also=(),
        now=clock.now() + timedelta(days=30),
    )
    assert found.destroyed == ()
    assert alive(two_days, OWED)
