"""What a sweep asks of a store: folders, what is there besides objects, and what lies beside an object."""

from datetime import UTC, datetime, timedelta

import pytest
import urllib3

from infra.objects import Form, ObjectStore, S3Objects, md5_hex
from infra.settings import StoreSettings
from infra.stack.ceph import Ceph
from tests.contracts.stores import Place

LINE = {"line": '{"a":1,"b":"x"}' + "z" * 1700, "signature": "s" * 88}


@pytest.mark.req("DR-07")
def test_what_was_signed_into_an_upload_lies_beside_the_object(objects: S3Objects) -> None:
    url, headers = objects.presign_put("seg/a", md5_hex=md5_hex(b"x"), seconds=60, beside=LINE)
    bare = {"Content-MD5": headers["Content-MD5"]}
    forged = dict(headers) | {"x-amz-meta-line": '{"a":2}'}
    for changed in (bare, forged):
        assert urllib3.request("PUT", url, headers=changed, body=b"x", retries=False).status >= 400
    assert urllib3.request("PUT", url, headers=dict(headers), body=b"x", retries=False).status == 200
    assert objects.facts("seg/a").beside == LINE


def test_what_is_put_again_has_what_was_put_with_it_last(any_store: ObjectStore) -> None:
    any_store.put("seg/b", b"y", beside=LINE)
    assert any_store.facts("seg/b").beside == LINE
    any_store.put("seg/b", b"y")
    assert any_store.facts("seg/b").beside == {}


def test_folders_are_named_without_what_lies_in_them(any_store: ObjectStore) -> None:
    for key in ("seg/d14/t/a", "seg/d14/t/b", "seg/d30/t/a", "seg/loose", "top"):
        any_store.put(key, b"x")
    assert list(any_store.within("")) == ["seg/", "top"]
    assert list(any_store.within("seg/")) == ["seg/d14/", "seg/d30/", "seg/loose"]
    assert list(any_store.within("nothing/")) == []
    assert list(any_store.leftovers("seg/")) == []


def test_folders_and_keys_directly_under_a_prefix_are_named_whatever_form_they_have(
    place: Place, objects: S3Objects
) -> None:
    for key in ("seg/d14/t/a", "seg/d14/t/b", "seg/d30/t/a", "seg/loose", "top"):
        objects.put(key, b"x")
    place.raw.create_multipart_upload(Bucket=objects.bucket, Key="seg/d99/t/half")
    assert list(objects.within("")) == ["seg/", "top"]
    assert list(objects.within("seg/")) == ["seg/d14/", "seg/d30/", "seg/d99/", "seg/loose"]
    assert list(objects.within("seg/d14/t/")) == ["seg/d14/t/a", "seg/d14/t/b"]
    assert list(objects.within("nothing/")) == []


def test_an_unfinished_upload_is_a_leftover_and_goes_alone(place: Place, objects: S3Objects) -> None:
    objects.put("evidence/a", b"x")
    place.raw.create_multipart_upload(Bucket=objects.bucket, Key="evidence/a")
    (found,) = objects.leftovers("evidence/")
    assert (found.key, found.form) == ("evidence/a", Form.UPLOAD)
    assert abs(datetime.now(UTC) - found.modified) < timedelta(minutes=5)
    objects.destroy_leftovers("evidence/a")
    assert list(objects.leftovers("evidence/")) == []
    assert objects.get("evidence/a") == b"x"


@pytest.mark.needs("ceph")
@pytest.mark.req("DR-05")
def test_old_versions_and_markers_are_leftovers_and_the_object_is_not(ceph: Ceph, ceph_settings: StoreSettings) -> None:
    objects, raw = S3Objects(ceph_settings), Place("ceph", ceph, ceph_settings).raw
    objects.put("evidence/kept", b"before versions")
    raw.put_bucket_versioning(Bucket=objects.bucket, VersioningConfiguration={"Status": "Enabled"})
    for data in (b"second", b"third"):
        objects.put("evidence/kept", data)
    objects.put("letters/hidden", b"letter")
    raw.delete_object(Bucket=objects.bucket, Key="letters/hidden")
    found = sorted((each.key, each.form.value, each.bytes) for each in objects.leftovers(""))
    assert found == [
        ("evidence/kept", "version", 6),
        ("evidence/kept", "version", 15),
        ("letters/hidden", "marker", 0),
        ("letters/hidden", "version", 6),
    ]
    assert list(objects.within("")) == ["evidence/", "letters/"], "also where only a marker is left"
    objects.destroy_leftovers("evidence/kept")
    objects.destroy_leftovers("letters/hidden")
    assert list(objects.leftovers("")) == []
    assert objects.get("evidence/kept") == b"third"
