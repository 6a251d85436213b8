"""Copies for reference in a real store: exact, of a key of their own, verified, and tried until they are there."""

import hashlib
import io
import json
from datetime import datetime, timedelta
from pathlib import Path
from unittest.mock import patch

import av
import pytest

from infra import age, clock, object_keys
from infra.db import db
from infra.objects import StoreUnavailable
from infra.queues import Job
from infra.tenancy import Binding, bind
from tenants.audit import queries as audit
from tenants.disclosures.official import actions
from tenants.disclosures.packages.parts import parts_of
from tenants.disclosures.retained import closing, ending, queries
from tenants.disclosures.retained.models import RetainedCopy
from tenants.disclosures.retained.pieces import names, pieces_of
from tenants.errors import Invalid, Tampered
from tenants.retention.models import Hold
from tests.factories import people, retained
from tests.factories.evidence import Archive
from tests.factories.packages import built, opened
from tests.factories.requests import Request, footage_of, granted
from tests.factories.sweeps import strays, sweep
from tests.made_segments import pictures
from tests.workers.conftest import SECOND
from tests.workers.keeping import copy_of, kept_bytes, make, remnants
from workers import context, sweep_jobs

FORM = {"duty": "偵辦竊盜案", "legal_basis": "刑事訴訟法第230條", "document_number": "高市警左分偵字第11571234500號"}


@pytest.mark.req("KH-6-4a", "TY-5-3a", "DR-07")
def test_exactly_what_was_handed_over_is_kept_apart_with_its_form_and_hashes(handed_over: Request) -> None:
    make(handed_over)
    copy, package = copy_of(handed_over), handed_over.package()
    assert kept_bytes(handed_over, object_keys.retained_copy) == opened(handed_over)
    assert (copy.sha256, copy.size) == (package.sha256, package.size)
    raw = kept_bytes(handed_over, object_keys.retained_form)
    form = json.loads(raw)
    assert hashlib.sha256(raw).hexdigest() == copy.form_sha256
    assert form["form"] | FORM == form["form"]
    assert form["serial"] == handed_over.disclosure().serial
    assert len(form["register"]) == 1
    (window,) = form["windows"]
    assert datetime.fromisoformat(window["approved"][1]) - datetime.fromisoformat(window["approved"][0]) == 8.5 * SECOND
    assert copy.recipient not in {"", package.recipient}, "a key of its own"
    assert copy.review_on is not None
    events = [
        event for event in audit.latest(tenant_id=handed_over.tenant_id, limit=9) if event.event == "retained:made"
    ]
    assert [event.fields["sha256"] for event in events] == [package.sha256]
    assert closing.fault_of(handed_over.disclosure()) is None


def played(request: Request) -> bytes:
    """What a browser is given of the copy's only part, as its row lists it."""
    (pieces,) = pieces_of(copy_of(request)).values()
    (part,) = parts_of(request.package())
    of = {"part": part.number}
    return b"".join(kept_bytes(request, object_keys.retained_piece, **of, name=name) for name in names(pieces))


@pytest.mark.req("KH-6-4a", "DR-12")
def test_its_pieces_are_cut_from_the_film_that_was_handed_over(handed_over: Request) -> None:
    make(handed_over)
    (first, *_) = pieces = pieces_of(copy_of(handed_over))[1]
    (part,) = parts_of(handed_over.package())
    assert first.started_us - part.started_us == pytest.approx(500_000, abs=1000), "with the first key frame"
    assert [piece.after_gap for piece in pieces] == [False] * len(pieces)
    assert len(pictures(played(handed_over))) == 80, "and to the end of what was approved"
    prefix = object_keys.retained_prefix(tenant_id=handed_over.tenant_id, copy_id=handed_over.package_id)
    assert len(list(handed_over.archive.store.listing(prefix))) == 2 + 1 + len(pieces)


@pytest.mark.req("KH-6-4a", "DR-25")
def test_a_film_that_browsers_do_not_play_is_played_as_its_copy_that_they_do(archive: Archive, tmp_path: Path) -> None:
    start = clock.now().replace(microsecond=0) - timedelta(hours=2)
    footage_of(archive, start, codec="libx265")
    found = granted(archive, start, asked=12 * SECOND)
    found.copy_hold()
    built(found, tmp_path)
    retained.carried_out(found)
    make(found)
    with av.open(io.BytesIO(played(found))) as film:
        assert film.streams.video[0].codec_context.name == "h264"
        assert len(list(film.decode(video=0))) == 120


@pytest.mark.req("KH-6-4a")
def test_making_it_again_changes_nothing(handed_over: Request, archive: Archive) -> None:
    make(handed_over)
    before = [(facts.key, facts.md5) for facts in archive.store.listing("")]
    recipient = copy_of(handed_over).recipient
    make(handed_over)
    assert [(facts.key, facts.md5) for facts in archive.store.listing("")] == before
    assert copy_of(handed_over).recipient == recipient


@pytest.mark.req("KH-6-4a")
def test_a_case_that_nobody_saw_anything_of_gets_none(archive: Archive, tmp_path: Path) -> None:
    start = clock.now().replace(microsecond=0) - timedelta(hours=2)
    footage_of(archive, start)
    unseen = granted(archive, start, asked=4 * SECOND)
    unseen.copy_hold()
    built(unseen, tmp_path)
    make(unseen)
    assert db.session.get(RetainedCopy, unseen.package_id) is None
    assert queries.waiting(tenant_id=unseen.tenant_id) == []


@pytest.mark.req("KH-6-4a", "DR-07")
def test_a_try_that_fails_is_told_after_a_few_and_the_case_stays_open_until_one_works(
    handed_over: Request, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object, **__: object) -> None:
        raise StoreUnavailable("bucket is full")

    with monkeypatch.context() as failing:
        failing.setattr(type(handed_over.archive.store), "put", full)
        for _ in range(3):
            with pytest.raises(StoreUnavailable):
                make(handed_over)
            db.session.rollback()
    bind(db.session, Binding(tenant_id=handed_over.tenant_id))
    (told,) = queries.incomplete(tenant_id=handed_over.tenant_id)
    assert (told.copy.failures, told.copy.last_error.partition(": ")[2]) == (3, "儲存服務沒有回應。")
    with pytest.raises(Invalid, match="尚未製作完成"):
        closing.check_copied(handed_over.disclosure())
    found = list(sweep_jobs.waiting(tenant_id=handed_over.tenant_id, today=clock.today()))
    assert (Job.MAKE_RETAINED_COPY, {"disclosure_id": handed_over.disclosure_id}) in found
    make(handed_over)
    assert queries.incomplete(tenant_id=handed_over.tenant_id) == []
    assert closing.fault_of(handed_over.disclosure()) is None


@pytest.mark.req("KH-6-4a", "DR-07")
def test_what_does_not_read_back_as_it_was_is_not_called_made(
    handed_over: Request, monkeypatch: pytest.MonkeyPatch
) -> None:
    ids = {"tenant_id": handed_over.tenant_id, "copy_id": handed_over.package_id}
    store = type(handed_over.archive.store)
    real = store.put

    def losing(self: object, key: str, data: object, **named: object) -> None:
        broken = age.encrypt(b"other", copy_recipient(key)) if key == object_keys.retained_copy(**ids) else data
        real(self, key, broken, **named)  # type: ignore[arg-type]

    def copy_recipient(_key: str) -> str:
        found = db.session.identity_map.values()
        return next(row.recipient for row in found if isinstance(row, RetainedCopy))

    with monkeypatch.context() as failing:
        failing.setattr(store, "put", losing)
        with pytest.raises(Tampered, match="讀回的內容不符"):
            make(handed_over)
    bind(db.session, Binding(tenant_id=handed_over.tenant_id))
    assert copy_of(handed_over).made_at is None
    make(handed_over)
    assert copy_of(handed_over).made_at is not None


@pytest.mark.req("KH-6-4a")
def test_what_is_larger_than_the_approved_window_is_not_kept(handed_over: Request) -> None:
    package = handed_over.package()
    (part,) = package.parts
    package.parts = [part | {"ended_us": part["ended_us"] + 10_000_000}]
    db.session.commit()
    with pytest.raises(Tampered, match="超出核准"):
        make(handed_over)
    bind(db.session, Binding(tenant_id=handed_over.tenant_id))
    assert copy_of(handed_over).made_at is None
    assert remnants(handed_over) == []


@pytest.mark.req("KH-5-4c")
def test_what_an_investigation_keeps_it_keeps_in_the_copy_too(handed_over: Request) -> None:
    hold = db.session.get_one(Hold, handed_over.disclosure().hold_id)
    hold.basis, hold.reference, hold.document = "crime_investigation", "115偵123", "橋檢偵字第11500045號"
    hold.necessity, hold.review_on = "偵查中", clock.today() + timedelta(days=200)
    db.session.commit()
    make(handed_over)
    copy = copy_of(handed_over)
    assert (copy.basis, copy.reference, copy.document) == ("crime_investigation", "115偵123", "橋檢偵字第11500045號")
    assert copy.review_on == hold.review_on
    with patch.object(clock, "now", return_value=clock.now() + timedelta(days=400)):
        assert ending.ended_since(tenant_id=handed_over.tenant_id) == []


@pytest.mark.req("DR-05")
def test_the_store_sweep_knows_a_copy_and_finds_an_orphan_and_a_loss(handed_over: Request, archive: Archive) -> None:
    people.bureau()
    make(handed_over)
    found = sweep(archive, store=context.store())
    assert [each for each in found.values() if each is not None and (each.strays or each.missing)] == []
    orphan = object_keys.retained_copy(tenant_id=handed_over.tenant_id, copy_id=handed_over.disclosure_id)
    archive.store.put(orphan, b"forgotten")
    form = object_keys.retained_form(tenant_id=handed_over.tenant_id, copy_id=handed_over.package_id)
    archive.store.destroy([form])
    area = object_keys.evidence_prefix(tenant_id=handed_over.tenant_id)
    again = sweep(archive, store=context.store())[area]
    assert again is not None
    assert (again.strays, again.missing) == (1, 1)
    assert orphan in strays(handed_over.tenant_id)


def test_a_collected_case_is_closed_by_its_school_once_the_job_ran(handed_over: Request) -> None:
    ids = {"actor": handed_over.handler, "tenant_id": handed_over.tenant_id, "disclosure_id": handed_over.disclosure_id}
    actions.record_reply(**ids, reply_number="晨園字第1150000001號", reply_date=clock.today())
    with pytest.raises(Invalid, match="備查複製本"):
        actions.close(**ids)
    db.session.rollback()
    actions.record_reply(**ids, reply_number="晨園字第1150000001號", reply_date=clock.today())
    db.session.commit()
    make(handed_over)
    assert actions.close(**ids).state == "closed"
