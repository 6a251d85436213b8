"""What the store really holds decides, whatever a device says."""

import hashlib
from dataclasses import replace
from datetime import timedelta

import pytest
import urllib3
from sqlalchemy import select

from infra import clock
from infra.db import db
from infra.manifest import ManifestLine, beside
from infra.objects import S3Objects, md5_hex
from tenants.actor import system
from tenants.audit import queries as audit
from tenants.footage import actions, camera_days, queries
from tenants.footage.admission import Admitted
from tenants.footage.models import Segment, SegmentState
from tenants.footage.rules import Window
from tenants.registry.device_queries import device
from tenants.registry.devices import device_actor
from tests.factories.devices import SigningBox

CIPHER = b"age-encryption.org/v1 " + b"x" * 500


def announced(box: SigningBox) -> ManifestLine:
    """A line for exactly CIPHER."""
    (key,) = queries.day_keys(tenant_id=box.of.tenant_id, first=clock.today(), last=clock.today())
    return box.line(
        recipient=key.recipient,
        started_at=max(clock.now() - timedelta(minutes=5), clock.day_start(clock.today())),
        cipher_bytes=len(CIPHER),
        cipher_md5=md5_hex(CIPHER),
        cipher_sha256=hashlib.sha256(CIPHER).hexdigest(),
    )


def confirm(box: SigningBox, line: ManifestLine) -> str:
    acting = device_actor(device(tenant_id=box.of.tenant_id, device_id=box.device_id))
    (outcome,) = actions.confirm(actor=acting, tenant_id=box.of.tenant_id, lines=[box.sign(line)], now=clock.now())
    db.session.commit()
    return outcome.code


def settle(box: SigningBox, store: S3Objects, *, later: timedelta = timedelta(0)) -> Segment:
    actions.settle_checks(actor=system("test"), tenant_id=box.of.tenant_id, store=store, now=clock.now() + later)
    db.session.commit()
    return db.session.scalars(select(Segment)).one()


def put(url: str, headers: dict[str, str], body: bytes) -> int:
    return urllib3.request("PUT", url, headers=headers, body=body, retries=False).status


def key_of(box: SigningBox, line: ManifestLine) -> str:
    return Admitted(line, box.sign(line)).object_key


def lay(box: SigningBox, line: ManifestLine, store: S3Objects, data: bytes = CIPHER) -> None:
    """Put what the box would put, with its line beside it."""
    store.put(key_of(box, line), data, beside=beside(box.sign(line)))


@pytest.mark.req("DR-07")
def test_what_lies_there_as_announced_is_stored(box: SigningBox, store: S3Objects) -> None:
    line = announced(box)
    lay(box, line, store)
    assert confirm(box, line) == "confirmed"
    assert settle(box, store).state == SegmentState.STORED
    newest = audit.latest(tenant_id=box.of.tenant_id)[0]
    assert (newest.event, newest.fields["segments"]) == ("footage:stored", 1)
    assert not queries.has_unchecked(tenant_id=box.of.tenant_id, today=clock.today())


def test_an_object_without_its_line_does_not_count_as_kept(box: SigningBox, store: S3Objects) -> None:
    """The index could not be rebuilt from it."""
    line = announced(box)
    store.put(key_of(box, line), CIPHER)
    confirm(box, line)
    assert settle(box, store).state == SegmentState.MISMATCHED
    assert audit.latest(tenant_id=box.of.tenant_id)[0].fields["found"] == "other_line"


@pytest.mark.req("DR-07", "KH-5-0")
@pytest.mark.parametrize("found", [CIPHER[:-1], CIPHER[:-1] + b"y"], ids=["shorter", "other bytes"])
def test_an_object_that_differs_from_what_was_announced_is_found_out(
    box: SigningBox, store: S3Objects, found: bytes
) -> None:
    line = announced(box)
    lay(box, line, store, found)
    confirm(box, line)
    segment = settle(box, store)
    assert segment.state == SegmentState.MISMATCHED
    newest = audit.latest(tenant_id=box.of.tenant_id)[0]
    assert (newest.event, newest.fields["found"]) == ("footage:mismatched", "other_bytes")
    window = Window(segment.started_at, segment.ended_at)
    assert camera_days.segments_in(tenant_id=box.of.tenant_id, camera_id=line.camera_id, window=window) == []


def test_a_segment_that_never_came_is_missing_after_ten_minutes_and_not_before(
    box: SigningBox, store: S3Objects
) -> None:
    confirm(box, announced(box))
    assert settle(box, store).state == SegmentState.CONFIRMED
    assert queries.has_unchecked(tenant_id=box.of.tenant_id, today=clock.today())
    assert settle(box, store, later=timedelta(minutes=11)).state == SegmentState.MISMATCHED


def test_a_mismatched_segment_that_is_sent_again_is_checked_again(box: SigningBox, store: S3Objects) -> None:
    line = announced(box)
    lay(box, line, store, b"something else")
    confirm(box, line)
    settle(box, store)
    lay(box, line, store)
    assert confirm(box, line) == "confirmed"
    assert settle(box, store).state == SegmentState.STORED
    assert confirm(box, line) == "already"


def test_the_store_itself_refuses_other_bytes_than_the_url_was_signed_for(box: SigningBox, store: S3Objects) -> None:
    line = announced(box)
    held = box.sign(line)
    url, headers = store.presign_put(key_of(box, line), md5_hex=line.cipher_md5, seconds=60, beside=beside(held))
    assert put(url, dict(headers), CIPHER + b"!") >= 400
    assert put(url, {}, CIPHER) >= 400, "the header is part of what was signed"
    for other in ({}, beside(box.sign(replace(line, media_ms=1)))):
        changed = {"Content-MD5": headers["Content-MD5"]} | {f"x-amz-meta-{k}": v for k, v in other.items()}
        assert put(url, changed, CIPHER) >= 400, "so is the line"
    assert put(url, dict(headers), CIPHER) == 200
    assert store.facts(key_of(box, line)).beside == beside(held)
