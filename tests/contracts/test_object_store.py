"""One contract for every store that the system runs on: what the adapter promises, seen on each real one."""

import tempfile
from collections.abc import Mapping
from uuid import uuid4

import pytest
import urllib3
from botocore.exceptions import ClientError

from infra.objects import NoSuchObject, ObjectStore, S3Objects, StoreRefused, StoreUnavailable, md5_hex
from infra.settings import Process, StoreSettings
from infra.stack.ceph import Ceph
from tests.contracts.stores import Place

_PART = 5 * 1024 * 1024


def _send(url: str, headers: Mapping[str, str], body: bytes) -> int:
    return urllib3.request("PUT", url, headers=dict(headers), body=body, retries=False).status


def test_bytes_come_back_as_they_went(any_store: ObjectStore) -> None:
    any_store.put("seg/a", b"footage")
    assert any_store.get("seg/a") == b"footage"
    assert (any_store.beginning("seg/a", 4), any_store.beginning("seg/a", 100)) == (b"foot", b"footage")
    facts = any_store.facts("seg/a")
    assert (facts.bytes, facts.md5) == (7, md5_hex(b"footage"))


def test_a_file_larger_than_one_part_comes_back_whole(any_store: ObjectStore) -> None:
    content = bytes(range(256)) * (2 * _PART // 256)
    with tempfile.TemporaryFile() as source, tempfile.TemporaryFile() as sink:
        source.write(content)
        source.seek(0)
        any_store.put("evidence/large", source)
        any_store.read_into("evidence/large", sink)
        sink.seek(0)
        assert sink.read() == content


def test_what_is_not_there_is_named(any_store: ObjectStore) -> None:
    with pytest.raises(NoSuchObject, match="seg/none"):
        any_store.get("seg/none")
    with pytest.raises(NoSuchObject), tempfile.TemporaryFile() as sink:
        any_store.read_into("seg/none", sink)
    for look in (any_store.facts, lambda key: any_store.beginning(key, 4)):
        with pytest.raises(NoSuchObject):
            look("seg/none")


def test_a_signed_upload_takes_exactly_the_announced_bytes(objects: S3Objects) -> None:
    url, headers = objects.presign_put("seg/signed", md5_hex=md5_hex(b"announced"), seconds=60)
    assert _send(url, headers, b"something else") in {400, 403}
    assert _send(url, {}, b"announced") in {400, 403}
    other = {"Content-MD5": objects.presign_put("seg/x", md5_hex=md5_hex(b"x"), seconds=60)[1]["Content-MD5"]}
    assert _send(url, other, b"x") in {400, 403}
    with pytest.raises(NoSuchObject):
        objects.facts("seg/signed")
    assert _send(url, headers, b"announced") == 200
    assert objects.get("seg/signed") == b"announced"


def test_a_signed_upload_is_for_one_key_and_one_verb(objects: S3Objects) -> None:
    url, headers = objects.presign_put("seg/mine", md5_hex=md5_hex(b"x"), seconds=60)
    assert _send(url.replace("seg/mine", "seg/theirs"), headers, b"x") == 403
    assert urllib3.request("GET", url, retries=False).status in {400, 403}


def test_an_expired_signed_upload_is_refused(objects: S3Objects) -> None:
    url, headers = objects.presign_put("seg/late", md5_hex=md5_hex(b"late"), seconds=-1)
    assert _send(url, headers, b"late") in {400, 403}
    with pytest.raises(NoSuchObject):
        objects.facts("seg/late")


def test_a_listing_shows_a_prefix_in_key_order_and_nothing_beside_it(any_store: ObjectStore) -> None:
    for key in ("seg/d14/b", "seg/d14/a", "seg/d140/c", "evidence/d"):
        any_store.put(key, b"x")
    assert [facts.key for facts in any_store.listing("seg/d14/")] == ["seg/d14/a", "seg/d14/b"]


@pytest.mark.req("DR-05")
def test_destroying_leaves_nothing_and_harms_no_neighbour(any_store: ObjectStore) -> None:
    for key in ("seg/d14/t/a", "seg/d14/t/b", "seg/d14/u/c"):
        any_store.put(key, b"x")
    assert any_store.destroy(["seg/d14/t/a", "seg/d14/t/b", "seg/d14/t/absent"]) == 3
    assert list(any_store.remnants("seg/d14/t/")) == []
    assert list(any_store.remnants("seg/")) == ["seg/d14/u/c"]


def test_more_than_one_batch_is_destroyed(objects: S3Objects, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("infra.objects._DELETE_BATCH", 3)
    keys = [f"seg/d14/t/{number}" for number in range(8)]
    for key in keys:
        objects.put(key, b"x")
    assert objects.destroy(facts.key for facts in objects.listing("seg/d14/t/")) == 8
    assert list(objects.remnants("seg/")) == []


@pytest.mark.req("DR-05")
def test_an_unfinished_upload_is_a_remnant_and_can_be_destroyed(place: Place, objects: S3Objects) -> None:
    begun = place.raw.create_multipart_upload(Bucket=objects.bucket, Key="seg/d14/t/half")
    place.raw.upload_part(
        Bucket=objects.bucket, Key="seg/d14/t/half", UploadId=begun["UploadId"], PartNumber=1, Body=b"half a picture"
    )
    assert list(objects.listing("seg/d14/t/")) == []
    assert list(objects.remnants("seg/d14/t/")) == ["seg/d14/t/half"]
    objects.destroy(objects.remnants("seg/d14/t/"))
    assert list(objects.remnants("seg/d14/t/")) == []


def test_a_store_that_is_down_is_told_from_one_that_refuses(place: Place) -> None:
    closed = S3Objects(_at(place.settings, endpoint="http://127.0.0.1:9"))
    stranger = S3Objects(_at(place.settings, secret_key="wrong"))
    for attempt in (
        lambda store: store.put("seg/a", b"x"),
        lambda store: store.get("seg/a"),
        lambda store: list(store.listing("seg/")),
        lambda store: store.destroy(["seg/a"]),
        lambda store: list(store.remnants("seg/")),
    ):
        with pytest.raises(StoreRefused):
            attempt(stranger)
    with pytest.raises(StoreUnavailable):
        closed.put("seg/a", b"x")


def test_the_probe_tells_what_each_store_can_do(place: Place, objects: S3Objects) -> None:
    found = objects.abilities()
    assert found.lifecycle == (place.name == "ceph")
    assert not found.versioning
    assert not found.object_lock


def _at(settings: StoreSettings, **changes: str) -> StoreSettings:
    return StoreSettings(**{**vars(settings), **changes})


@pytest.mark.needs("ceph")
class TestVersions:
    """Ceph only: the JuiceFS gateway has no versions to leave behind."""

    @pytest.fixture
    def objects(self, ceph: Ceph, ceph_settings: StoreSettings) -> S3Objects:
        objects = S3Objects(ceph_settings)
        objects.put("seg/d14/t/a", b"from before versions were kept")
        Place("ceph", ceph, ceph_settings).raw.put_bucket_versioning(
            Bucket=objects.bucket, VersioningConfiguration={"Status": "Enabled"}
        )
        objects.put("seg/d14/t/a", b"second")
        objects.put("seg/d14/t/b", b"only")
        return objects

    @pytest.mark.req("DR-05")
    def test_old_versions_go_with_the_object(self, objects: S3Objects) -> None:
        assert objects.abilities().versioning
        objects.destroy(["seg/d14/t/a"])
        assert list(objects.remnants("seg/")) == ["seg/d14/t/b"]

    def test_a_delete_marker_is_a_remnant_and_can_be_destroyed(
        self, objects: S3Objects, ceph: Ceph, ceph_settings: StoreSettings
    ) -> None:
        raw = Place("ceph", ceph, ceph_settings).raw
        raw.delete_object(Bucket=objects.bucket, Key="seg/d14/t/b")
        assert [facts.key for facts in objects.listing("seg/")] == ["seg/d14/t/a"]
        assert list(objects.remnants("seg/")) == ["seg/d14/t/a", "seg/d14/t/b"]
        objects.destroy(objects.remnants("seg/"))
        assert list(objects.remnants("seg/")) == []

    def test_a_bucket_made_with_object_lock_says_so(self, ceph_settings: StoreSettings) -> None:
        locked = S3Objects(_at(ceph_settings, bucket=f"t-{uuid4().hex}"))
        locked.ensure_bucket(object_lock=True)
        assert locked.abilities().object_lock


class TestAccounts:
    """Each process has its own account, and the table of design section 4 holds in the store itself."""

    @pytest.fixture
    def accounts(self, place: Place, objects: S3Objects) -> dict[Process, ObjectStore]:
        objects.put("seg/d14/t/a", b"footage")
        objects.put("evidence/t/b", b"evidence")
        objects.put("letters/t/c", b"letter")
        objects.put("ledger/t/d", b"head")
        objects.put("keys/t/days/e", b"share")
        made = place.server.accounts(objects.bucket)
        return {process: S3Objects(settings) for process, settings in made.items()}

    def test_web_can_have_footage_uploaded_and_read_none(self, accounts: dict[Process, ObjectStore]) -> None:
        web = accounts[Process.WEB]
        url, headers = web.presign_put("seg/d14/t/new", md5_hex=md5_hex(b"new"), seconds=60)
        assert _send(url, headers, b"new") == 200
        web.put("letters/t/new", b"scan")
        for key in ("seg/d14/t/a", "seg/d14/t/new", "evidence/t/b", "letters/t/c", "ledger/t/d", "keys/t/days/e"):
            with pytest.raises(StoreRefused):
                web.get(key)
            with pytest.raises(StoreRefused):
                web.destroy([key])
        for key in ("evidence/t/new", "keys/t/days/new"):
            with pytest.raises(StoreRefused):
                web.put(key, b"forged")
        with pytest.raises(StoreRefused):
            list(web.listing("seg/"))

    @pytest.mark.needs("ceph")
    def test_web_cannot_open_to_the_world_what_it_signed_for(self, ceph: Ceph, ceph_settings: StoreSettings) -> None:
        settings = ceph.accounts(ceph_settings.bucket)[Process.WEB]
        S3Objects(settings).put("letters/t/new", b"scan")
        with pytest.raises(ClientError, match="AccessDenied"):
            Place("ceph", ceph, settings).raw.put_object_acl(
                Bucket=settings.bucket, Key="letters/t/new", ACL="public-read"
            )

    def test_media_reads_and_changes_nothing(self, accounts: dict[Process, ObjectStore]) -> None:
        media = accounts[Process.MEDIA]
        assert [media.get(key) for key in ("seg/d14/t/a", "evidence/t/b", "letters/t/c")] == [
            b"footage",
            b"evidence",
            b"letter",
        ]
        assert media.get("keys/t/days/e") == b"share"
        for key in ("seg/d14/t/a", "evidence/t/new", "letters/t/c", "ledger/t/d", "keys/t/days/e"):
            with pytest.raises(StoreRefused):
                media.put(key, b"changed")
            with pytest.raises(StoreRefused):
                media.destroy([key])

    def test_the_worker_does_its_work_and_cannot_unwrite_the_ledger(
        self, accounts: dict[Process, ObjectStore], place: Place
    ) -> None:
        worker = accounts[Process.WORKER]
        assert worker.get("seg/d14/t/a") == b"footage"
        worker.put("evidence/t/new", b"copy")
        worker.put("ledger/t/new", b"head")
        worker.put("keys/t/days/new", b"share")
        assert worker.get("keys/t/days/e") == b"share"
        worker.destroy(["keys/t/days/e", "keys/t/days/new"])
        assert list(worker.remnants("keys/")) == []
        worker.destroy(["seg/d14/t/a", "evidence/t/b", "letters/t/c"])
        assert list(worker.remnants("seg/")) == []
        assert worker.abilities().lifecycle == (place.name == "ceph")
        with pytest.raises(StoreRefused):
            worker.destroy(["ledger/t/d"])
        with pytest.raises(StoreRefused):
            worker.put("seg/d14/t/forged", b"forged")
