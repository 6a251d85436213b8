"""Signed lines: announced, confirmed, asked about."""

import json
from datetime import UTC, datetime, time, timedelta
from typing import Any
from uuid import uuid4

import pytest
from sqlalchemy import func, select

from infra import clock
from infra.db import db
from infra.manifest import SignedLine, microseconds, parse
from infra.signing import sign
from tenants.audit import queries as audit
from tenants.footage import camera_days
from tenants.footage.lines import signed_line
from tenants.footage.models import DayKey, Segment
from tenants.registry import device_queries
from tenants.registry.models import Site
from tenants.retention import queries as retained
from tests.factories import retention
from tests.factories.devices import SigningBox
from tests.factories.registry import Institution, attached_preschool
from tests.webapp.ingest.conftest import Talking, beat


def rows(k1: Institution) -> int:
    return db.session.scalar(select(func.count()).where(Segment.tenant_id == k1.tenant_id)) or 0


def events(k1: Institution) -> list[tuple[str, dict[str, Any]]]:
    return [(event.event, event.fields) for event in audit.latest(tenant_id=k1.tenant_id)]


def test_an_announced_segment_gets_a_url_for_exactly_its_bytes(device: Talking, k1: Institution) -> None:
    line = device.signed()
    (answer,) = device.lines("/uploads", line)
    told = parse(line.line)
    assert answer["outcome"] == "upload"
    assert f"/seg/d14/{k1.tenant_id}/{told.civil_day}/{told.camera_id}/{told.segment_id}.age?" in answer["url"]
    assert answer["headers"].keys() == {"Content-MD5", "x-amz-meta-line", "x-amz-meta-signature"}
    assert answer["headers"]["x-amz-meta-line"] == line.line
    assert rows(k1) == 0, "a URL is no claim"


@pytest.mark.req("DR-07")
def test_a_confirmed_segment_keeps_its_line_to_the_byte(device: Talking, k1: Institution) -> None:
    line = device.signed()
    assert device.lines("/confirmations", line) == [{"outcome": "confirmed"}]
    held = db.session.scalars(select(Segment)).one()
    assert (signed_line(held, recipient=device.recipient), held.state) == (line, "confirmed")
    name, fields = events(k1)[0]
    assert name == "footage:confirmed"
    assert (fields["segments"], fields["bytes"]) == (1, 1000)


def test_the_same_confirmation_twice_is_one_segment(device: Talking, k1: Institution) -> None:
    line = device.signed()
    assert device.lines("/confirmations", line, line) == [{"outcome": "confirmed"}, {"outcome": "already"}]
    assert device.lines("/confirmations", line) == [{"outcome": "already"}]
    assert rows(k1) == 1
    assert [name for name, _ in events(k1)].count("footage:confirmed") == 1


def test_another_line_under_a_known_id_is_a_conflict(device: Talking, k1: Institution) -> None:
    line = device.box.line(recipient=device.recipient)
    first, other = device.box.sign(line), device.signed(segment_id=line.segment_id, started_at=line.started_at)
    device.lines("/confirmations", first)
    (answer,) = device.lines("/confirmations", other)
    assert (answer["outcome"], answer["code"]) == ("refused", "conflict")
    assert signed_line(db.session.scalars(select(Segment)).one(), recipient=device.recipient) == first
    assert events(k1)[0] == (
        "footage:refused",
        {"device_id": str(device.box.device_id), "code": "conflict", "count": 1},
    )


def bad_lines(device: Talking, e1: Institution) -> list[tuple[str, SignedLine]]:
    """Lines that may not enter, each with the code of its refusal."""
    over = [clock.now() - timedelta(days=ago) for ago in (9, 11)]
    ended = [db.session.get_one(DayKey, (device.box.of.tenant_id, clock.civil_day(began), 14)) for began in over]
    for key in ended:
        key.wrapped_secret, key.destroyed_at = None, clock.now()
    gone = [device.signed(recipient=key.recipient, started_at=at) for key, at in zip(ended, over, strict=True)]
    db.session.commit()
    good = device.box.line(recipient=device.recipient)
    _site, next_door = attached_preschool(device.box.of)
    return [
        ("bad_signature", SigningBox(device.box.of).sign(good)),
        ("other_device", device.signed(device_id=uuid4())),
        ("other_device", device.signed(tenant_id=e1.tenant_id)),
        ("other_device", device.signed(site_id=uuid4())),
        ("foreign_camera", device.signed(camera_id=e1.cameras["C-GATE"])),
        ("foreign_camera", device.signed(camera_id=next_door)),
        ("implausible_time", device.signed(started_at=datetime(1970, 1, 1, 0, 0, 1, tzinfo=UTC))),
        ("implausible_time", device.signed(started_at=clock.now() + timedelta(days=1))),
        ("unknown_key", device.signed(recipient="age1somebodyelse")),
        ("unknown_key", device.signed(retention_days=30)),
        *(("day_destroyed", line) for line in gone),
        ("audio_not_allowed", device.signed(audio=True)),
        ("bad_line", SignedLine("{}", sign(device.box.key, b"{}"))),
    ]


@pytest.mark.req("DR-08", "DR-18", "KH-3-11", "KH-5-4a")
@pytest.mark.parametrize(("path", "entered"), [("/uploads", 0), ("/confirmations", 1)])
def test_lines_that_may_not_enter_are_refused_with_a_sentence_and_harm_no_other(
    device: Talking, e1: Institution, path: str, entered: int
) -> None:
    bad = bad_lines(device, e1)
    answers = device.lines(path, *(line for _, line in bad), device.signed())
    assert [answer.get("code") for answer in answers] == [*(code for code, _ in bad), None]
    assert all(answer["outcome"] == "refused" and answer["detail"].endswith("。") for answer in answers[:-1])
    assert answers[-1]["outcome"] in {"upload", "confirmed"}
    assert rows(device.box.of) == entered
    refused = {fields["code"] for name, fields in events(device.box.of) if name == "footage:refused"}
    assert refused == ({code for code, _ in bad} if entered else set()), "a refused confirmation leaves a trace"


@pytest.mark.req("DR-08")
def test_a_device_asks_about_its_own_institution_only(device: Talking, e1: Institution) -> None:
    foreign = SigningBox(e1)
    line = foreign.line(recipient="age1x")
    mine = parse(device.signed().line)
    asked = [{"segment_id": str(one.segment_id), "civil_day": one.civil_day.isoformat()} for one in (line, mine)]
    answer = device.post("/receipts", {"items": asked}).get_json()
    assert [item["state"] for item in answer["items"]] == ["unknown", "unknown"]
    confirmed = device.signed()
    device.lines("/confirmations", confirmed)
    told = parse(confirmed.line)
    item = {"segment_id": str(told.segment_id), "civil_day": told.civil_day.isoformat()}
    (state,) = device.post("/receipts", {"items": [item]}).get_json()["items"]
    assert state == {"segment_id": str(told.segment_id), "state": "confirmed"}


def test_what_is_no_batch_of_lines_is_one_problem(device: Talking) -> None:
    bodies = {
        "empty": b"",
        "text": b"not json",
        "list": b"[]",
        "no items": b'{"items": []}',
        "lacking": b'{"items": [{"line": "x"}]}',
        "wrong type": b'{"items": [{"line": 5, "signature": "x"}]}',
        "unknown field": b'{"items": [{"line": "x", "signature": "x", "more": 1}]}',
        "too many": json.dumps({"items": [{"line": "x", "signature": "x"}] * 501}).encode(),
    }
    answers = {name: device.ask("POST", "/confirmations", body) for name, body in bodies.items()}
    assert {name: answer.status_code for name, answer in answers.items()} == dict.fromkeys(bodies, 422)
    assert {answer.mimetype for answer in answers.values()} == {"application/problem+json"}
    assert device.ask("POST", "/confirmations", b"x" * (2 * 1024 * 1024 + 1)).status_code == 413
    assert device.ask("POST", "/confirmations", b"{}", kind="text/plain").status_code == 415


def test_a_heartbeat_is_the_last_word_about_each_camera(device: Talking, k1: Institution) -> None:
    now_us = int(clock.now().timestamp()) * 1_000_000
    gate = k1.cameras["C-GATE"]
    gap = {"camera_id": str(gate), "started_us": now_us - 50_000_000, "ended_us": now_us - 40_000_000}
    gap["cause"] = "camera_unreachable"
    for said in ({"recording": True}, {"recording": False, "fault": "no_key_frame"}):
        camera = {"camera_id": str(gate), "recorded_until_us": now_us, **said}
        assert device.post("/heartbeats", beat(camera, clock_offset_ms=40, gaps=[gap])).status_code == 200
    kept = camera_days.statuses(tenant_id=k1.tenant_id)[gate]
    assert (kept.recording, kept.fault) == (False, "no_key_frame")
    reported = [fields for name, fields in events(k1) if name == "footage:gaps_reported"]
    assert reported == [{"device_id": str(device.box.device_id), "count": 1, "seconds": 10}], "the same gap once"


@pytest.mark.req("DR-08")
def test_a_heartbeat_about_a_foreign_camera_changes_nothing(device: Talking, k1: Institution, e1: Institution) -> None:
    _site, next_door = attached_preschool(k1)
    for foreign in (e1.cameras["C-GATE"], next_door):
        answer = device.post("/heartbeats", beat({"camera_id": str(foreign)}))
        assert (answer.status_code, answer.get_json()["code"]) == (422, "foreign_camera")
    assert camera_days.statuses(tenant_id=k1.tenant_id) == {}


def test_an_impossible_gap_is_refused(device: Talking, k1: Institution) -> None:
    good = {"camera_id": str(k1.cameras["C-GATE"]), "started_us": 10, "ended_us": 20, "cause": "stream_ended"}
    changes = [{"ended_us": 5}, {"cause": "no_contact"}, {"cause": "aliens"}, {"started_us": -1}, {"camera_id": "x"}]
    for change in changes:
        answer = device.post("/heartbeats", beat(gaps=[{**good, **change}]))
        assert answer.status_code == 422, change


DISK = {"hours_left": 40, "hours_in_all": 168, "fault": "", "sending": "disk_short"}


@pytest.mark.req("DR-34")
def test_what_a_box_says_of_its_disk_is_kept_and_an_older_box_says_nothing(device: Talking, k1: Institution) -> None:
    assert device.post("/heartbeats", beat(disk=DISK)).status_code == 200
    assert device.post("/heartbeats", beat()).status_code == 200
    (box,) = device_queries.devices(tenant_id=k1.tenant_id)
    assert (box.disk_hours_left, box.disk_hours, box.disk_fault, box.sending) == (40, 168, "", "disk_short")
    for change in ({"fault": "burnt"}, {"hours_left": -1}, {"sending": "maybe"}, {"more": 1}):
        assert device.post("/heartbeats", beat(disk={**DISK, **change})).status_code == 422, change


@pytest.mark.req("DR-34", "DR-18")
def test_what_a_box_says_it_could_not_send_is_kept_also_for_a_reason_that_only_it_knows(
    device: Talking, k1: Institution
) -> None:
    said = {"segments": 3, "gaps": 1, "code": "of_next_year"}
    assert {"refused", "refused.code"} <= set(device.ask("GET", "/config").get_json()["accepts"])
    assert device.post("/heartbeats", beat(refused=said)).status_code == 200
    assert device.post("/heartbeats", beat()).status_code == 200, "an older box says nothing"
    (box,) = device_queries.devices(tenant_id=k1.tenant_id)
    assert (box.refused_segments, box.refused_gaps, box.refused_code) == (3, 1, "of_next_year")
    for change in ({"segments": -1}, {"gaps": None}, {"code": "x" * 81}, {"more": 1}):
        assert device.post("/heartbeats", beat(refused={**said, **change})).status_code == 422, change


@pytest.mark.req("DR-34", "DR-02")
def test_the_box_is_told_when_how_fast_and_what_first(device: Talking, k1: Institution) -> None:
    held = retention.hold(k1)
    (window,) = retained.windows(tenant_id=k1.tenant_id, hold_id=held)
    told = device.ask("GET", "/config").get_json()["sending"]
    nothing = {"bytes_per_second": None, "closed": [], "oldest_seconds": 86400, "newest_first": False, "requested": []}
    assert told == nothing, "the box has nothing of it"
    now_us = int(clock.now().timestamp()) * 1_000_000
    waiting = {"camera_id": str(window.camera_id), "recorded_until_us": now_us, "spooled": 3, "fault": "disk_full"}
    waiting["spooled_from_us"] = int(window.started_at.timestamp()) * 1_000_000
    assert device.post("/heartbeats", beat(waiting)).status_code == 200
    site = db.session.get_one(Site, k1.site_id)
    site.sending_kilobits, site.sending_closed_from, site.sending_closed_until = 8000, time(7, 30), time(17)
    db.session.commit()
    told = device.ask("GET", "/config").get_json()["sending"]
    assert (told["bytes_per_second"], len(told["closed"]) >= 8) == (1_000_000, True)
    (asked,) = told["requested"]
    assert asked == {
        "camera_id": str(window.camera_id),
        "started_us": microseconds(window.started_at),
        "ended_us": microseconds(window.ended_at),
    }
