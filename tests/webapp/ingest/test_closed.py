"""A box of a closed institution: no camera and no key any more, and what it recorded before is still taken (DR-33)."""

from datetime import timedelta

import pytest

from infra import clock
from tests.factories.registry import Institution, closed
from tests.webapp.ingest.conftest import Talking

pytestmark = pytest.mark.req("DR-33")


@pytest.mark.req("KH-5-3c", "DR-34")
def test_what_was_recorded_before_is_taken_and_nothing_after(device: Talking, k1: Institution) -> None:
    now = clock.now()
    closed(k1, on=clock.civil_day(now), filmed_until=now - timedelta(minutes=2))
    config = device.ask("GET", "/config").get_json()
    assert config["cameras"] == []
    assert {key["civil_day"] for key in config["day_keys"]} == {(clock.today() - timedelta(days=1)).isoformat()}
    before = device.signed(started_at=now - timedelta(minutes=4))
    after = device.signed(started_at=now - timedelta(minutes=1))
    assert [item["outcome"] for item in device.lines("/uploads", before, after)] == ["upload", "refused"]
    told = device.lines("/confirmations", before, after)
    assert [(item["outcome"], item.get("code")) for item in told] == [
        ("confirmed", None),
        ("refused", "after_closing"),
    ]


def test_a_box_hears_of_a_closing_ahead_by_the_keys_that_end(device: Talking, k1: Institution) -> None:
    last = clock.today() + timedelta(days=4)
    closed(k1, on=last + timedelta(days=1))
    config = device.ask("GET", "/config").get_json()
    assert config["cameras"]
    assert max(key["civil_day"] for key in config["day_keys"]) == last.isoformat()


def test_keys_of_the_past_week_are_told_apart_from_those_to_record_with(device: Talking) -> None:
    config = device.ask("GET", "/config").get_json()
    past, present = ({key["civil_day"] for key in config[name]} for name in ("past_day_keys", "day_keys"))
    assert past == {(clock.today() - timedelta(days=days)).isoformat() for days in range(2, 8)}
    assert min(present) == (clock.today() - timedelta(days=1)).isoformat()
