"""What an application is for: the system's purpose, the right that is named, the time of an accident."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest

from tenants.disclosures.asking import AskedWindow
from tenants.disclosures.insider import purpose
from tenants.disclosures.insider.rules import Ground, Incident
from tenants.errors import Invalid
from tests.factories.insiders import REASON

NOON = datetime(2026, 11, 18, 4, 0, tzinfo=UTC)
WINDOW = AskedWindow(camera_id=uuid4(), started_at=NOON, ended_at=NOON + timedelta(minutes=15))
INCIDENT = Incident(started_at=WINDOW.started_at, ended_at=WINDOW.ended_at)


def codes(ground: Ground, window: AskedWindow = WINDOW, *, right: str = "名譽", reason: str = REASON) -> list[str]:
    found = purpose.purpose_cautions(ground, [window], incident=INCIDENT, right=right, reason=reason)
    return [each.code for each in found]


@pytest.mark.req("KH-1-1")
@pytest.mark.parametrize("reason", ["考核教師出勤", "查老師是否遲到早退", "想用影像招生宣傳"])
def test_what_is_no_purpose_of_the_system_is_flagged(reason: str) -> None:
    assert codes(Ground.ACCIDENT, reason=reason) == ["outside_purpose"]


@pytest.mark.req("KH-1-1", "KH-6-2c5")
@pytest.mark.parametrize("reason", [REASON, "女兒因遲到在校門口奔跑跌倒，需了解經過"])
def test_an_accident_is_what_the_system_is_for(reason: str) -> None:
    assert codes(Ground.ACCIDENT, reason=reason) == []


@pytest.mark.req("KH-6-2c6", "TY-5-1b")
def test_a_right_is_named_or_a_refusal_is_advised() -> None:
    assert codes(Ground.PERSONAL_RIGHTS, right="") == ["no_right"]
    assert "未指明涉及哪一項個人權益" in purpose.advice(Ground.PERSONAL_RIGHTS, "")
    assert codes(Ground.PERSONAL_RIGHTS, right="財物遺失或毀損") == []
    assert purpose.advice(Ground.PERSONAL_RIGHTS, "財物遺失或毀損") == ""
    assert purpose.advice(Ground.ACCIDENT, "") == ""


@pytest.mark.req("KH-6-2c6")
def test_a_right_is_no_story() -> None:
    assert purpose.check_right(" 名譽 ") == "名譽"
    with pytest.raises(Invalid) as refused:
        purpose.check_right("名" * 51)
    assert refused.value.field == "concerned_right"


@pytest.mark.req("KH-6-2c5")
def test_an_accident_outside_the_window_is_asked_about() -> None:
    later = replace(WINDOW, started_at=WINDOW.started_at + timedelta(minutes=5))
    assert codes(Ground.ACCIDENT, later) == ["accident_outside"]
    assert codes(Ground.GENDER_INCIDENT, later) == []
