"""Destruction of a day: not a second early, never without proof, and never what a hold keeps."""

import hashlib
import json
from datetime import date, datetime, timedelta
from uuid import uuid4

import pytest
from sqlalchemy.exc import IntegrityError

from infra import age, object_keys
from infra.db import db
from infra.objects import ObjectStore
from tenants.actor import system
from tenants.audit import queries as audit
from tenants.audit.merkle import Frontier
from tenants.errors import Destroyed, HeldByLaw, NotFound
from tenants.footage import keys
from tenants.footage.models import DayKey, SegmentState
from tenants.retention import destruction, queries
from tenants.retention.emptying import StillThere
from tenants.retention.models import Destruction, DestructionState
from tenants.retention.rules import DayAndClass
from tests.factories.evidence import Archive
from tests.factories.registry import scheduled
from tests.tenants.retention.leaves import leaf

ENGINE = system("destroy_day")
DAY = date(2026, 11, 5)
MORNING = datetime.fromisoformat("2026-11-05T10:00:00+08:00")

pytestmark = pytest.mark.usefixtures("agreed_clocks")


def begin(archive: Archive, at: str, *, day: date = DAY, retention_days: int = 14) -> Destruction:
    """As the job does, at an instant of Taipei time."""
    return destruction.begin_destruction(
        actor=ENGINE,
        tenant_id=archive.of.tenant_id,
        of=DayAndClass(day=day, retention_days=retention_days),
        now=datetime.fromisoformat(f"{at}+08:00"),
    )


def certify(archive: Archive, begun: Destruction, store: ObjectStore | None = None) -> Destruction:
    return destruction.certify_destruction(
        actor=ENGINE, tenant_id=archive.of.tenant_id, destruction_id=begun.id, store=store or archive.store
    )


def opened(archive: Archive) -> str:
    return keys.open_day_key(
        tenant_id=archive.of.tenant_id, day=DAY, retention_days=14, kms=archive.kms, store=archive.store
    )


def shares_left(archive: Archive) -> list[str]:
    prefix = object_keys.day_shares(retention_days=14, tenant_id=archive.of.tenant_id, day=DAY)
    return list(archive.store.remnants(prefix))


def left(archive: Archive, day: date = DAY, retention_days: int = 14) -> list[str]:
    prefix = object_keys.day_prefix(retention_days=retention_days, tenant_id=archive.of.tenant_id, day=day)
    return list(archive.store.remnants(prefix))


@pytest.mark.req("KH-5-3c", "TY-4-3b")
def test_the_last_second_of_the_fourteenth_day_is_refused_and_the_next_is_not(archive: Archive) -> None:
    archive.record(MORNING)
    with pytest.raises(HeldByLaw, match="至少應保存14日（要點第五點第三款），民國115年11月20日 00:00 起") as refusal:
        begin(archive, "2026-11-19T23:59:59")
    assert refusal.value.code == "held_by_law"
    db.session.rollback()
    assert opened(archive).startswith("AGE-SECRET-KEY-")

    assert begin(archive, "2026-11-20T00:00:00").state == DestructionState.BEGUN


@pytest.mark.req("KH-5-3c", "KH-2-1")
def test_a_longer_class_has_its_own_day(archive: Archive) -> None:
    archive.record(MORNING)
    archive.record(MORNING, retention_days=30)
    begun = begin(archive, "2026-11-20T00:00:00")
    with pytest.raises(HeldByLaw, match="至少應保存30日"):
        begin(archive, "2026-12-05T23:59:59", retention_days=30)
    db.session.commit()
    certify(archive, begun)
    assert not left(archive)
    assert len(left(archive, retention_days=30)) == 1
    assert begin(archive, "2026-12-06T00:00:00", retention_days=30).segments == 1


@pytest.mark.req("KH-5-4a", "TY-4-4a", "DR-05")
def test_what_was_destroyed_does_not_open_and_has_a_certificate(archive: Archive) -> None:
    segments = [
        archive.record(MORNING + timedelta(minutes=n), camera=c) for n in range(3) for c in ("C-GATE", "C-ROOM2")
    ]
    cipher = archive.store.get(segments[0].object_key)
    secret = opened(archive)
    assert age.decrypt(cipher, secret) == archive.plain[segments[0].id]

    begun = begin(archive, "2026-11-20T00:00:00")
    db.session.commit()
    with pytest.raises(Destroyed):
        opened(archive)
    assert (begun.certificate, len(left(archive)), len(shares_left(archive))) == (None, 6, 1)

    done = certify(archive, begun)
    db.session.commit()
    assert (left(archive), shares_left(archive)) == ([], [])
    assert done.certificate_no == "銷毀-K1-1151105-d14"
    ordered = sorted(segments, key=lambda s: (s.camera_id, s.started_at, s.id))
    assert done.certificate is not None
    leaves = [leaf(s.id, s.cipher_sha256.hex()) for s in ordered]
    assert done.certificate["digest"] == Frontier().extended(leaves).root().hex()
    assert done.certificate["segments"] == 6
    assert done.certificate["bytes"] == sum(s.cipher_bytes for s in segments)
    assert done.certificate["rule"] == "KH_PRESCHOOL 1"
    assert done.certificate["articles"] == ["要點第五點第四款"]
    assert [each["segments"] for each in done.certificate["cameras"]] == [3, 3]
    assert done.certificate["roc_day"] == "民國115年11月5日"
    certified, begun_event = audit.latest(tenant_id=archive.of.tenant_id, limit=2)
    assert (certified.event, begun_event.event) == ("destruction:certified", "destruction:begun")
    db.session.refresh(done)
    text = json.dumps(done.certificate, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    assert certified.fields["sha256"] == hashlib.sha256(text.encode()).hexdigest()
    assert audit.verify(tenant_id=archive.of.tenant_id) is None


@pytest.mark.req("DR-10", "KH-2-3")
@pytest.mark.parametrize(("effective", "refused"), [(DAY, True), (DAY + timedelta(days=1), False)])
def test_a_floor_that_was_raised_counts_for_footage_recorded_from_that_day_on(
    archive: Archive, effective: date, *, refused: bool
) -> None:
    """Whatever class the footage was stored under; and what was recorded the day before keeps its old days."""
    scheduled(effective_from=effective)
    archive.record(MORNING)
    if refused:
        with pytest.raises(HeldByLaw, match="至少應保存30日"):
            begin(archive, "2026-11-20T00:00:00")
    else:
        assert begin(archive, "2026-11-20T00:00:00").profile_version == "KH_PRESCHOOL 1"


def test_every_step_may_be_repeated(archive: Archive) -> None:
    archive.record(MORNING)
    begun = begin(archive, "2026-11-20T00:00:00")
    db.session.commit()
    assert begin(archive, "2026-11-20T00:05:00").id == begun.id
    first = certify(archive, begun).certificate
    db.session.commit()
    again = certify(archive, begun)
    assert again.certificate == first
    events = [event.event for event in audit.latest(tenant_id=archive.of.tenant_id)]
    assert events.count("destruction:begun") == events.count("destruction:certified") == 1


@pytest.mark.req("KH-5-4a")
def test_a_certificate_is_issued_once_and_says_by_which_version(archive: Archive) -> None:
    """Issued anew it is the same paper; a second one of the day is refused by the table itself."""
    archive.record(MORNING)
    begun = begin(archive, "2026-11-20T00:00:00")
    db.session.commit()
    first = dict(certify(archive, begun).certificate or {})
    db.session.commit()
    assert first["rule"] == "KH_PRESCHOOL 1"
    again = destruction.certify_destruction(
        actor=system("somebody else"), tenant_id=archive.of.tenant_id, destruction_id=begun.id, store=archive.store
    )
    assert again.certificate == first
    same = {column.name: getattr(begun, column.name) for column in Destruction.__table__.columns}
    for changed in ({"id": uuid4()}, {"id": uuid4(), "retention_days": 30}):
        db.session.add(Destruction(**(same | changed)))
        with pytest.raises(IntegrityError, match="uq_destructions"):
            db.session.flush()
        db.session.rollback()


@pytest.mark.req("DR-05", "KH-5-4a")
def test_an_object_that_comes_back_after_the_key_is_gone_is_found_before_the_certificate(archive: Archive) -> None:
    kept = archive.record(MORNING)
    cipher = archive.store.get(kept.object_key)
    begun = begin(archive, "2026-11-20T00:00:00")
    db.session.commit()
    archive.store.destroy([kept.object_key])
    stray = object_keys.day_prefix(retention_days=14, tenant_id=archive.of.tenant_id, day=DAY) + "restored/copy.age"
    archive.store.put(stray, cipher)

    done = certify(archive, begun)
    assert left(archive) == []
    assert done.certificate_no is not None


class Stubborn:
    """A store that says it removed everything and kept it, as a bucket whose versions were forgotten does."""

    def __init__(self, real: ObjectStore) -> None:
        self._real = real

    def destroy(self, keys: list[str]) -> int:
        return len(keys)

    def remnants(self, prefix: str) -> list[str]:
        return list(self._real.remnants(prefix))


@pytest.mark.req("KH-5-4a", "DR-05")
def test_there_is_no_certificate_while_a_listing_shows_anything(archive: Archive) -> None:
    archive.record(MORNING)
    begun = begin(archive, "2026-11-20T00:00:00")
    db.session.commit()
    with pytest.raises(StillThere):
        certify(archive, begun, store=Stubborn(archive.store))  # type: ignore[arg-type]
    db.session.rollback()
    assert queries.begun_destructions(tenant_id=archive.of.tenant_id) == [begun]
    assert [each.begun for each in queries.overdue(tenant_id=archive.of.tenant_id, today=date(2026, 11, 21))] == [True]
    assert certify(archive, begun).certificate_no
    assert not queries.overdue(tenant_id=archive.of.tenant_id, today=date(2026, 11, 21))


def test_a_day_without_a_key_is_not_found(archive: Archive) -> None:
    with pytest.raises(NotFound):
        begin(archive, "2026-11-20T00:00:00")


@pytest.mark.req("KH-5-3c", "KH-5-4a")
def test_due_and_overdue_days_are_listed_by_day(archive: Archive) -> None:
    for n in range(3):
        archive.key(DAY + timedelta(days=n))
    tenant_id = archive.of.tenant_id
    assert queries.due_days(tenant_id=tenant_id, today=date(2026, 11, 19)) == []
    assert [due.day for due in queries.due_days(tenant_id=tenant_id, today=date(2026, 11, 21))] == [
        DAY,
        DAY + timedelta(days=1),
    ]
    late = queries.overdue(tenant_id=tenant_id, today=date(2026, 11, 21))
    assert late[0].since == datetime.fromisoformat("2026-11-20T00:00:00+08:00")


def test_days_kept_is_unknown_and_not_zero_without_footage(archive: Archive) -> None:
    tenant_id = archive.of.tenant_id
    assert queries.days_kept(tenant_id=tenant_id, today=DAY) is None
    archive.record(MORNING)
    archive.record(MORNING - timedelta(days=3), state=SegmentState.STORED)
    assert queries.days_kept(tenant_id=tenant_id, today=DAY) == 3


@pytest.mark.req("DR-06")
def test_nothing_is_destroyed_when_the_act_cannot_be_recorded(
    archive: Archive, monkeypatch: pytest.MonkeyPatch
) -> None:
    archive.record(MORNING)

    def fails(*_: object, **__: object) -> None:
        raise RuntimeError("the chain cannot be written")

    monkeypatch.setattr(destruction.audit, "record", fails)
    with pytest.raises(RuntimeError):
        begin(archive, "2026-11-20T00:00:00")
    db.session.rollback()
    key = db.session.get_one(DayKey, (archive.of.tenant_id, DAY, 14))
    assert (key.destroyed_at, key.wrapped_secret is not None) == (None, True)
    assert queries.destructions(tenant_id=archive.of.tenant_id) == []
