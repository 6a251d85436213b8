"""Store and database compared both ways, in a real store: everything strange is found, and nothing is ever removed."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import UUID, uuid4

import pytest
from sqlalchemy import select

from infra import clock, object_keys
from infra.db import db
from infra.objects import ObjectFacts, S3Objects, StoreUnavailable
from infra.s3_client import s3_client
from infra.settings import StoreSettings
from infra.stack.postgres import DatabaseUrls
from infra.tenancy import Binding, bind
from tenants.footage import areas
from tenants.footage.models import DayKey, QuarantinedObject, Segment, SegmentState, SweptArea
from tenants.registry import queries as registry
from tests.factories import people
from tests.factories.evidence import Archive
from tests.factories.ledger import anchored, stamped
from tests.factories.packages import built
from tests.factories.requests import footage_of, granted
from tests.factories.sweeps import events, everything, strays, superuser, sweep, yesterday
from tests.time_authority import TimeAuthority
from workers import context, nightly_jobs, reconciliation_jobs, retention_jobs, sweep_jobs


@pytest.fixture
def bureau_id(archive: Archive) -> UUID:
    assert archive
    return people.bureau()


@pytest.fixture
def whole(archive: Archive, bureau_id: UUID, authority: TimeAuthority, tmp_path: Path) -> Archive:
    """An institution that has something of every kind in the store, put there by the system itself."""
    assert bureau_id
    start = yesterday()
    footage_of(archive, start)
    request = granted(archive, start, asked=timedelta(seconds=12))
    request.copy_hold()
    built(request, tmp_path)
    archive.record(start, retention_days=30)
    anchored(archive.of, store=archive.store)  # type: ignore[arg-type]
    stamped(archive.of, authority.url, store=archive.store)  # type: ignore[arg-type]
    return archive


def test_nothing_that_the_system_put_is_strange_to_it(whole: Archive, store: S3Objects) -> None:
    found = sweep(whole, store=context.store())
    assert {area.split("/")[0] for area in found} == {"seg", "evidence", "keys", "ledger", "letters", "elsewhere"}
    assert [
        swept for swept in found.values() if swept is None or swept.strays or swept.missing or swept.differing
    ] == []
    assert sum(swept.objects for swept in found.values() if swept) == len(everything(store))
    assert db.session.scalars(select(QuarantinedObject)).all() == []


def _orphans(archive: Archive) -> dict[str, str]:
    """A copy that nothing accounts for in each copy class, by the institution that should be told."""
    t, day = archive.of.tenant_id, clock.today() - timedelta(days=1)
    mine = [
        object_keys.segment(retention_days=14, tenant_id=t, day=day, camera_id=uuid4(), segment_id=uuid4()),
        object_keys.segment(
            retention_days=365, tenant_id=t, day=day - timedelta(days=200), camera_id=uuid4(), segment_id=uuid4()
        ),
        f"seg/d14/{t}/{day}/thumbnail.jpg",
        f"seg/d14/{t}/loose.age",
        object_keys.preserved_segment(tenant_id=t, hold_id=uuid4(), segment_id=uuid4()),
        object_keys.package(tenant_id=t, package_id=uuid4()),
        object_keys.retained_copy(tenant_id=t, copy_id=uuid4()),
        object_keys.retained_piece(tenant_id=t, copy_id=uuid4(), part=1, name="1.m4s"),
        f"evidence/{t}/export.zip",
        object_keys.letter(tenant_id=t, letter_id=uuid4()),
        object_keys.share(object_keys.day_shares(retention_days=14, tenant_id=t, day=day), "age1nobody"),
        object_keys.share(object_keys.hold_shares(tenant_id=t, hold_id=uuid4()), "age1nobody"),
        object_keys.share(object_keys.package_shares(tenant_id=t, package_id=uuid4()), "age1nobody"),
        object_keys.share(object_keys.retained_shares(tenant_id=t, copy_id=uuid4()), "age1nobody"),
        object_keys.ledger_head(tenant_id=t, day=day - timedelta(days=300)),
        object_keys.ledger_stamp(tenant_id=t, day=day - timedelta(days=300)),
    ]
    nobodys = [
        f"seg/d14/{uuid4()}/{day}/{uuid4()}/{uuid4()}.age",
        f"seg/spare/{uuid4()}.age",
        f"letters/{uuid4()}/{uuid4()}.pdf.age",
        "backup/dump.sql",
        "evidence/loose.zip",
        "notes.txt",
    ]
    return dict.fromkeys(mine, "mine") | dict.fromkeys(nobodys, "bureau")


@pytest.mark.req("DR-05", "KH-5-4a")
def test_orphan_copies_in_each_copy_class_are_all_found_within_one_sweep(
    whole: Archive, bureau_id: UUID, store: S3Objects, store_settings: StoreSettings
) -> None:
    orphans = _orphans(whole)
    for key in orphans:
        store.put(key, b"orphan")
    half = object_keys.package(tenant_id=whole.of.tenant_id, package_id=uuid4())
    s3_client(store_settings, store_settings.endpoint).create_multipart_upload(Bucket=store.bucket, Key=half)
    before = everything(store)

    found = sweep(whole)

    assert strays(bureau_id) == {key: "object" for key, of in orphans.items() if of == "bureau"}
    assert strays(whole.of.tenant_id) == {key: "object" for key, of in orphans.items() if of == "mine"} | {
        half: "upload"
    }
    assert sum(swept.strays for swept in found.values() if swept) == len(orphans) + 1
    assert sum(int(str(each["count"])) for each in events("strays:quarantined")) == len(strays(whole.of.tenant_id))
    assert everything(store) == before, "quarantine is a row, not a removal"

    sweep(whole)
    assert sum(int(str(each["count"])) for each in events("strays:quarantined")) == len(strays(whole.of.tenant_id))


def test_what_is_on_its_way_is_no_stray(whole: Archive, store: S3Objects) -> None:
    """An edge box may be cut off between its upload and its confirmation."""
    assert whole
    for key in _orphans(whole):
        store.put(key, b"orphan")
    assert not any(swept.strays for swept in sweep(whole, later=timedelta(hours=23)).values() if swept)


@pytest.mark.req("DR-05")
def test_under_a_destroyed_key_anything_is_strange_at_once(archive: Archive, store: S3Objects) -> None:
    """Such as an upload whose URL was signed before the key was destroyed."""
    segment = archive.record(yesterday())
    store.put(segment.object_key, b"late")
    key = db.session.get_one(DayKey, (archive.of.tenant_id, segment.civil_day, 14))
    key.wrapped_secret, key.destroyed_at = None, clock.now() - timedelta(hours=1)
    db.session.commit()
    day = object_keys.day_prefix(retention_days=14, tenant_id=archive.of.tenant_id, day=segment.civil_day)
    assert sweep(archive, later=timedelta(0))[day] is None, "it is being emptied"
    key.destroyed_at = clock.now() - timedelta(days=2)
    db.session.commit()
    found = sweep(archive, later=timedelta(0))[day]
    assert found is not None
    assert (found.strays, found.missing) == (1, 0)


@pytest.mark.req("KH-5-3c", "DR-07")
def test_what_is_missing_or_other_bytes_is_marked_told_and_taken_back_when_it_is_there_again(
    archive: Archive, store: S3Objects
) -> None:
    good, gone, other = (archive.record(yesterday(hour)) for hour in (9, 10, 11))
    content = store.get(gone.object_key), store.facts(gone.object_key).beside
    store.destroy([gone.object_key])
    store.put(other.object_key, b"something else")
    states = lambda: [one.state for one in _reread(good, gone, other)]  # noqa: E731

    sweep(archive)
    assert states() == [SegmentState.STORED, SegmentState.MISSING, SegmentState.MISMATCHED]
    told = {str(each["found"]): each for each in events("footage:missing")}
    assert {found: each["segments"] for found, each in told.items()} == {"missing": 1, "other_bytes": 1}
    assert told["missing"]["first"] == gone.started_at.isoformat()
    sweep(archive)
    assert len(events("footage:missing")) == 2, "told once"

    store.put(gone.object_key, content[0], beside=content[1])
    sweep(archive)
    assert states() == [SegmentState.STORED, SegmentState.STORED, SegmentState.MISMATCHED]
    assert [each["segments"] for each in events("footage:found")] == [1]


def _reread(*segments: Segment) -> list[Segment]:
    for each in segments:
        db.session.refresh(each)
    return list(segments)


@pytest.mark.req("KH-5-4b")
def test_a_missing_copy_of_a_hold_is_told(whole: Archive, store: S3Objects) -> None:
    copy = next(facts.key for facts in store.listing(f"evidence/{whole.of.tenant_id}/holds/"))
    store.destroy([copy])
    sweep(whole)
    (told,) = events("copies:missing")
    assert (told["found"], told["count"], told["keys"]) == ("missing", 1, [copy])


def test_a_stray_that_is_indexed_later_leaves_quarantine(
    archive: Archive, store: S3Objects, database: DatabaseUrls
) -> None:
    """The box that put it was offline, and confirms it after all."""
    segment = archive.record(yesterday())
    db.session.expunge(segment)
    row = {name: getattr(segment, name) for name in Segment.__table__.columns.keys()}  # noqa: SIM118
    store.put(f"{segment.object_key}x", b"stays strange")
    superuser(database, "delete from segments")
    sweep(archive)
    assert strays(archive.of.tenant_id) == {segment.object_key: "object", f"{segment.object_key}x": "object"}
    db.session.add(Segment(**row))
    db.session.commit()
    sweep(archive)
    assert strays(archive.of.tenant_id) == {f"{segment.object_key}x": "object"}
    store.destroy([f"{segment.object_key}x"])
    sweep(archive)
    assert strays(archive.of.tenant_id) == {}
    assert [(each["claimed"], each["gone"]) for each in events("strays:settled")] == [(1, 0), (0, 1)]


# Fail open -----------------------------------------------------------------------------------------------------------


@pytest.mark.req("KH-5-3c")
@pytest.mark.parametrize("lost", ["the index", "everything"])
def test_a_lost_database_destroys_nothing(whole: Archive, store: S3Objects, database: DatabaseUrls, lost: str) -> None:
    """Every job that there is runs over the empty tables; each object is still there with its bytes."""
    before = everything(store)
    if lost == "the index":
        superuser(
            database,
            "truncate segments, filmed_days, preserved_segments, day_keys, destructions, packages, letters cascade",
        )
    else:
        superuser(database, "truncate tenants cascade")
    nightly_jobs.fan_out()
    sweep_jobs.sweep()
    sweep(whole)
    for tenant_id in registry.every_tenant_id():
        bind(db.session, Binding(tenant_id=tenant_id))
        assert list(reconciliation_jobs.waiting_jobs(tenant_id=tenant_id)) == []
        assert retention_jobs.waiting_jobs(tenant_id=tenant_id, today=clock.today() + timedelta(days=400)) == []
    assert everything(store) == before


class Broken:
    """A store whose gateway answers, and fails on the way through a listing."""

    def __init__(self, real: S3Objects) -> None:
        self._real = real

    def listing(self, prefix: str) -> Iterator[ObjectFacts]:
        if prefix.startswith("ledger/"):
            yield from self._real.listing(prefix)
            return
        raise StoreUnavailable(prefix)

    def __getattr__(self, name: str) -> object:
        """Everything else as the real one."""
        return getattr(self._real, name)


@pytest.mark.req("KH-5-3c")
def test_nothing_is_concluded_of_a_store_that_is_down_or_is_not_ours(
    archive: Archive, store: S3Objects, store_settings: StoreSettings
) -> None:
    """An empty bucket behind a wrong setting lacks every object; it also lacks the anchors of the chain."""
    segment = archive.record(yesterday())
    anchored(archive.of, store=store)
    with pytest.raises(StoreUnavailable):
        sweep(archive, store=Broken(store))  # type: ignore[arg-type]
    db.session.rollback()
    bind(db.session, Binding(tenant_id=archive.of.tenant_id))
    empty = S3Objects(replace(store_settings, bucket=f"t-{uuid4().hex}"))
    empty.ensure_bucket()
    found = sweep(archive, store=empty)
    assert set(found.values()) == {None}
    assert _reread(segment)[0].state == SegmentState.STORED
    assert len(events("store:unrecognised")) == len(found)
    assert db.session.scalars(select(SweptArea)).all() == []


def test_a_listing_names_so_many_strays_and_counts_them_all(
    archive: Archive, store: S3Objects, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A lost index makes everything a stray; the database must not fill up with it."""
    monkeypatch.setattr("tenants.footage.strays.LISTED_AT_MOST", 2)
    for number in range(5):
        store.put(f"letters/{archive.of.tenant_id}/{number}", b"x")
    found = sweep(archive)[f"letters/{archive.of.tenant_id}/"]
    assert found is not None
    assert found.strays == 5
    assert len(strays(archive.of.tenant_id)) == 2
    assert [each["count"] for each in events("strays:quarantined")] == [5]


# A seventh each night ------------------------------------------------------------------------------------------------


def test_a_week_of_nights_looks_at_everything_once() -> None:
    everything_there, swept = [f"seg/{n:02}" for n in range(23)], {}
    start = datetime(2026, 11, 5, tzinfo=UTC)
    looked_at = 0
    for night in range(areas.CYCLE_NIGHTS):
        now = start + timedelta(days=night)
        tonight = areas.due(everything_there, swept, now=now)
        assert len(tonight) <= 4
        looked_at += len(tonight)
        swept |= dict.fromkeys(tonight, now)
    assert (set(swept), looked_at) == (set(everything_there), 23)
    assert areas.due(everything_there, swept, now=start + timedelta(days=7)) == everything_there[:4]
