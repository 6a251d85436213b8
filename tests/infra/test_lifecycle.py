"""Expiry rules on real stores: written, read back as they are, and seen to expire a real object."""

import json
import time
from collections.abc import Callable
from dataclasses import replace
from uuid import uuid4

import pytest

from infra.lifecycle import BucketRules, ExpiryRule, Exposure, NoLifecycle, parsed
from infra.objects import S3Objects, StoreRefused
from infra.s3_client import s3_client
from infra.settings import Process, StoreSettings
from infra.stack.ceph import LIFECYCLE_DAY_SECONDS, Ceph
from infra.stack.juicefs import JuiceFs

RULE = ExpiryRule(id="shouyuan-d14", prefix="seg/d14/", days=22, noncurrent_days=1, abort_days=1)

MARKERS = ExpiryRule(id="shouyuan-markers", prefix="seg/", days=None, markers=True)


def within(seconds: float, condition: Callable[[], bool]) -> bool:
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if condition():
            return True
        time.sleep(0.5)
    return condition()


@pytest.mark.req("DR-03")
@pytest.mark.needs("ceph")
def test_rules_come_back_as_they_were_written_and_each_write_replaces_all(
    ceph: Ceph, ceph_settings: StoreSettings
) -> None:
    rules = BucketRules(ceph.accounts(ceph_settings.bucket)[Process.WORKER])
    assert rules.read() == []
    other = replace(RULE, id="shouyuan-d30", prefix="seg/d30/", days=38)
    rules.write([other, RULE, MARKERS])
    assert rules.read() == [RULE, other, MARKERS]
    rules.write([RULE])
    assert rules.read() == [RULE]


@pytest.mark.needs("ceph")
def test_what_we_cannot_judge_in_a_rule_is_named(ceph_settings: StoreSettings) -> None:
    s3_client(ceph_settings, ceph_settings.endpoint).put_bucket_lifecycle_configuration(
        Bucket=ceph_settings.bucket,
        LifecycleConfiguration={
            "Rules": [
                {
                    "ID": "by-tag",
                    "Status": "Enabled",
                    "Filter": {"And": {"Prefix": "seg/", "Tags": [{"Key": "a", "Value": "b"}]}},
                    "Expiration": {"Days": 400},
                }
            ]
        },
    )
    (found,) = BucketRules(ceph_settings).read()
    assert (found.id, found.days) == ("by-tag", 400)
    assert found.unknown in {("Filter.And",), ("Filter.Tag",)}  # Ceph spells a prefix and one tag in its own way


def test_old_versions_of_which_some_are_always_kept_are_none_that_expire() -> None:
    """A rule that keeps the newest two old versions for ever reads like ours but for this part."""
    raw = {"ID": "x", "Status": "Enabled", "Filter": {"Prefix": "seg/d14/"}, "Expiration": {"Days": 22}}
    old = {"NoncurrentDays": 1, "NewerNoncurrentVersions": 2}
    assert parsed(raw | {"NoncurrentVersionExpiration": old}).unknown == (
        "NoncurrentVersionExpiration.NewerNoncurrentVersions",
    )
    assert parsed(raw | {"Transitions": [{"Days": 1, "StorageClass": "GLACIER"}]}).unknown == ("Transitions",)


@pytest.mark.req("DR-03", "KH-5-4a", "DR-05")
@pytest.mark.needs("ceph")
def test_a_real_rule_expires_a_real_object_with_its_versions_and_nothing_else(ceph_settings: StoreSettings) -> None:
    settings = replace(ceph_settings, bucket=f"t-{uuid4().hex}")
    store, rules = S3Objects(settings), BucketRules(settings)
    store.ensure_bucket(object_lock=True)  # which makes it keep versions
    assert rules.is_versioned()
    rules.write([replace(RULE, id="shouyuan-d1", prefix="seg/d1/", days=1), MARKERS])
    kept = ["evidence/k1/holds/h/a.age", "seg/d14/k1/2026-11-05/c/a.age"]
    for key in ["seg/d1/k1/2026-11-05/c/a.age", *kept]:
        store.put(key, b"first")
        store.put(key, b"second")
    assert within(20 * LIFECYCLE_DAY_SECONDS, lambda: not list(store.remnants("seg/d1/")))
    assert sorted(store.remnants("")) == kept


@pytest.mark.needs("ceph")
def test_a_locks_default_is_told(ceph_settings: StoreSettings) -> None:
    settings = replace(ceph_settings, bucket=f"t-{uuid4().hex}")
    S3Objects(settings).ensure_bucket(object_lock=True)
    rules = BucketRules(settings)
    assert rules.default_lock() == ""
    s3_client(settings, settings.endpoint).put_object_lock_configuration(
        Bucket=settings.bucket,
        ObjectLockConfiguration={
            "ObjectLockEnabled": "Enabled",
            "Rule": {"DefaultRetention": {"Mode": "COMPLIANCE", "Days": 400}},
        },
    )
    assert rules.default_lock() == "COMPLIANCE 400 days"
    assert BucketRules(ceph_settings).default_lock() == ""


def test_a_store_without_rules_says_so(juicefs: JuiceFs, store_settings: StoreSettings) -> None:
    rules = BucketRules(juicefs.accounts(store_settings.bucket)[Process.WORKER])
    with pytest.raises(NoLifecycle):
        rules.read()
    with pytest.raises(NoLifecycle):
        rules.write([RULE])
    assert rules.default_lock() == ""


@pytest.mark.needs("ceph")
def test_who_may_not_set_rules_is_refused_and_not_taken_for_a_store_without(
    ceph: Ceph, ceph_settings: StoreSettings
) -> None:
    rules = BucketRules(ceph.accounts(ceph_settings.bucket)[Process.WEB])
    with pytest.raises(StoreRefused):
        rules.write([RULE])


@pytest.mark.req("KH-5-1a", "TY-4-1a")
@pytest.mark.needs("ceph")
def test_a_bucket_that_somebody_made_public_is_found_out(ceph_settings: StoreSettings) -> None:
    S3Objects(ceph_settings).put("seg/d14/one.age", b"cipher")
    rules = BucketRules(ceph_settings)
    assert rules.exposures(key="seg/d14/one.age") == frozenset()
    for action, found in (("s3:ListBucket", Exposure.LISTED), ("s3:GetObject", Exposure.READ)):
        _open_to_anybody(ceph_settings, action)
        assert rules.exposures(key="seg/d14/one.age") == {found}


@pytest.mark.req("KH-5-1a")
def test_the_bucket_of_the_development_stack_is_shut(store: S3Objects, store_settings: StoreSettings) -> None:
    store.put("seg/d14/one.age", b"cipher")
    assert BucketRules(store_settings).exposures(key="seg/d14/one.age") == frozenset()
    assert BucketRules(store_settings).exposures(key=None) == frozenset()


def _open_to_anybody(settings: StoreSettings, action: str) -> None:
    bucket = f"arn:aws:s3:::{settings.bucket}"
    anybody = {"Effect": "Allow", "Principal": {"AWS": ["*"]}}
    statement = anybody | {"Action": [action], "Resource": [bucket, f"{bucket}/*"]}
    policy = json.dumps({"Version": "2012-10-17", "Statement": [statement]})
    s3_client(settings, settings.endpoint).put_bucket_policy(Bucket=settings.bucket, Policy=policy)
