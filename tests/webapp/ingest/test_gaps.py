"""Signed gaps: reported, repeated, changed."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import ProgrammingError

from infra import clock
from infra.causes import GapCause
from infra.db import db
from infra.gap_lines import GapLine, parse_gap, sign_gap
from infra.manifest import SignedLine, microseconds
from tenants.audit import queries as audit
from tenants.footage import camera_days
from tenants.footage.models import GapReport
from tests.factories.devices import SigningBox
from tests.factories.registry import Institution, attached_preschool
from tests.webapp.ingest.conftest import Talking, beat


def gap(box: SigningBox, **changes: Any) -> GapLine:  # noqa: ANN401 - fields of many types
    """Ten seconds of the gate that were not recorded, a minute ago."""
    began = microseconds(clock.now() - timedelta(minutes=1))
    made = GapLine(
        tenant_id=box.of.tenant_id,
        site_id=box.of.site_id,
        camera_id=box.of.cameras["C-GATE"],
        device_id=box.device_id,
        started_us=began,
        ended_us=began + 10_000_000,
        cause=GapCause.CAMERA_UNREACHABLE,
        evidence={"tries": 2},
    )
    return replace(made, **changes)


def report(device: Talking, *lines: GapLine) -> list[dict[str, Any]]:
    return device.lines("/gaps", *(sign_gap(line, device.box.key) for line in lines))


def kept() -> list[GapReport]:
    return list(db.session.scalars(select(GapReport).order_by(GapReport.started_at)))


@pytest.mark.req("DR-17", "KH-5-3b")
def test_a_signed_gap_is_kept_to_the_byte_and_the_same_again_is_the_same(device: Talking, k1: Institution) -> None:
    line = gap(device.box)
    assert report(device, line, line) == [{"outcome": "confirmed"}, {"outcome": "already"}]
    assert report(device, line) == [{"outcome": "already"}]
    (row,) = kept()
    assert parse_gap(SignedLine(row.line or "", row.signature or ""), public_key=device_key(device)) == line
    assert (row.id, row.cause) == (line.gap_id, "camera_unreachable")
    told = [event.fields for event in audit.latest(tenant_id=k1.tenant_id) if event.event == "footage:gaps_reported"]
    assert told == [{"device_id": str(device.box.device_id), "count": 1, "seconds": 10}]


def device_key(device: Talking) -> str:
    query = text("select public_key from edge_devices where id = :id")
    return str(db.session.scalar(query, {"id": device.box.device_id}))


@pytest.mark.req("DR-17")
def test_another_word_about_the_same_gap_is_refused_and_the_first_stays(device: Talking) -> None:
    line = gap(device.box)
    report(device, line)
    changed = [
        replace(line, cause=GapCause.EDGE_STOPPED),
        replace(line, ended_us=line.ended_us + 1),
        replace(line, evidence={}),
    ]
    answers = report(device, *changed)
    assert [answer["code"] for answer in answers] == ["gap_conflict"] * 3
    assert all(answer["detail"].endswith("。") for answer in answers)
    assert [row.line for row in kept()] == [line.text()]


@pytest.mark.req("DR-08", "DR-18")
def test_gaps_that_may_not_enter_are_refused_with_a_sentence_and_harm_no_other(
    device: Talking, e1: Institution
) -> None:
    good = gap(device.box)
    tomorrow = microseconds(clock.now() + timedelta(days=1))
    own, foreign, (_site, next_door) = device.box, SigningBox(e1), attached_preschool(device.box.of)
    bad = [
        ("bad_signature", sign_gap(good, foreign.key)),
        ("other_device", sign_gap(replace(good, device_id=foreign.device_id), own.key)),
        ("other_device", sign_gap(replace(good, tenant_id=e1.tenant_id), own.key)),
        ("foreign_camera", sign_gap(replace(good, camera_id=e1.cameras["C-GATE"]), own.key)),
        ("foreign_camera", sign_gap(replace(good, camera_id=next_door), own.key)),
        ("implausible_time", sign_gap(replace(good, started_us=1), own.key)),
        ("implausible_time", sign_gap(replace(good, ended_us=tomorrow), own.key)),
        ("bad_line", sign_gap(replace(good, cause=GapCause.NO_CONTACT), own.key)),
    ]
    answers = device.lines("/gaps", *(line for _, line in bad), sign_gap(good, own.key))
    assert [answer.get("code") for answer in answers] == [*(code for code, _ in bad), None]
    assert [row.id for row in kept()] == [good.gap_id]


@pytest.mark.req("DR-17")
def test_no_process_of_the_service_can_change_or_remove_a_gap(device: Talking) -> None:
    report(device, gap(device.box))
    db.session.commit()
    for statement in ("update gap_reports set cause = 'edge_stopped'", "delete from gap_reports"):
        with pytest.raises(ProgrammingError, match="permission denied"):
            db.session.execute(text(statement))
        db.session.rollback()


@pytest.mark.req("DR-30", "KH-5-3b")
def test_a_picture_that_stands_still_is_a_fault_of_a_camera_that_records(device: Talking, k1: Institution) -> None:
    gate, now_us = k1.cameras["C-GATE"], microseconds(clock.now())
    camera = {"camera_id": str(gate), "recorded_until_us": now_us}
    frozen = {**camera, "frozen_since_us": now_us - 180_000_000}
    assert device.post("/heartbeats", beat(frozen)).status_code == 200
    said = camera_days.statuses(tenant_id=k1.tenant_id)[gate]
    assert (said.recording, said.fault) == (True, None)
    assert said.frozen_since is not None
    assert microseconds(said.frozen_since) == now_us - 180_000_000
    assert kept() == []
    device.post("/heartbeats", beat(camera))
    db.session.rollback()  # what was read is kept while a transaction lasts
    assert camera_days.statuses(tenant_id=k1.tenant_id)[gate].frozen_since is None


def test_a_box_learns_that_signed_gaps_are_taken(device: Talking) -> None:
    assert {"signed_gaps", "cameras.frozen_since_us"} <= set(device.ask("GET", "/config").get_json()["accepts"])
