"""Lost packets and recovered footage on a camera's page: said with sums and hours, and never where nobody counted."""

from datetime import datetime, timedelta

import pytest

from infra import clock
from infra.db import db
from infra.tenancy import Binding, bind
from tenants.footage.models import Segment
from tenants.footage.remarks import Remarks, remarks
from tenants.footage.rules import Window, day_window
from tests.factories import footage
from tests.webapp.desk import Desk

pytestmark = pytest.mark.req("DR-17", "DR-30")
NOON = clock.day_start(clock.today() - timedelta(days=1)) + timedelta(hours=12)


@pytest.fixture
def watched(desk: Desk) -> Desk:
    bind(db.session, Binding(tenant_id=desk.cast.k1.tenant_id))
    footage.status(desk.cast.k1)
    return desk


def minutes(desk: Desk, began: datetime, *said: dict[str, object]) -> list[Segment]:
    """Minutes of the gate, one after the other, with what their lines say."""
    device_id = footage.device(desk.cast.k1)
    bind(db.session, Binding(tenant_id=desk.cast.k1.tenant_id))
    made = []
    for number, one in enumerate(said):
        at = began + timedelta(minutes=number)
        made.append(footage.segment(desk.cast.k1, device_id=device_id, started_at=at))
        for name, value in one.items():
            setattr(made[-1], name, value)
    db.session.commit()
    return made


def page(desk: Desk, day: str = "") -> str:
    gate = desk.cast.k1.cameras["C-GATE"]
    return desk.browser("k1-head").get(f"{desk.school}/cameras/{gate}", query_string={"day": day}).text


def of_gate(desk: Desk, day: datetime) -> Remarks:
    bind(db.session, Binding(tenant_id=desk.cast.k1.tenant_id))
    gate = desk.cast.k1.cameras["C-GATE"]
    window = day_window(clock.civil_day(day))
    return remarks(tenant_id=desk.cast.k1.tenant_id, camera_ids=[gate], window=window).get(gate, Remarks())


def test_losses_add_up_over_the_day_and_by_the_hour(watched: Desk) -> None:
    minutes(watched, NOON - timedelta(minutes=1), {"lost_packets": 3}, {"lost_packets": 5}, {}, {"lost_packets": 40})
    found = of_gate(watched, NOON)
    assert (found.loss.packets, found.loss.segments, found.loss.is_much) == (48, 3, False)
    by_hour = {hour.astimezone(clock.TAIPEI).hour: loss.packets for hour, loss in found.by_hour.items()}
    assert by_hour == {11: 3, 12: 45}


def test_a_days_page_says_the_sum_and_the_hours(watched: Desk) -> None:
    minutes(watched, NOON, {"lost_packets": 1234}, {"lost_packets": 6})
    roc = f"{NOON.astimezone(clock.TAIPEI).year - 1911}/{NOON.astimezone(clock.TAIPEI):%m/%d}"
    shown = page(watched, roc)
    assert "<dt>遺失封包</dt><dd>1,240 個，出現在 2 個片段</dd>" in shown
    assert "12:00 至 13:00" in shown


def test_the_last_day_is_judged_and_says_what_to_do(watched: Desk) -> None:
    began = clock.now() - timedelta(minutes=30)
    minutes(watched, began, *[{"lost_packets": 9}] * 15)
    shown = page(watched)
    assert "遺失 135 個，出現在 15 個片段" in shown
    assert "請檢查鏡頭到邊緣主機的網路線" in shown


def test_where_nothing_was_lost_it_is_said_so_and_where_nobody_counted_it_is_not(watched: Desk) -> None:
    assert "最近 24 小時沒有錄影資料" in page(watched)
    (one,) = minutes(watched, clock.now() - timedelta(minutes=5), {})
    assert "沒有遺失" in page(watched)
    one.lost_packets = -1
    db.session.commit()
    shown = page(watched)
    assert "主機未統計" in shown
    assert "沒有遺失" not in shown


def test_recovered_footage_is_marked_on_the_strip_and_in_its_table(watched: Desk) -> None:
    minutes(watched, NOON, {}, {"notes": "recovered,timestamp_jump"}, {})
    found = of_gate(watched, NOON)
    assert found.recovered == [Window(NOON + timedelta(minutes=1), NOON + timedelta(minutes=2))]
    roc = f"{NOON.astimezone(clock.TAIPEI).year - 1911}/{NOON.astimezone(clock.TAIPEI):%m/%d}"
    shown = page(watched, roc)
    assert shown.count("sy-fill-recovered") == 1
    assert shown.count("已錄到（自鏡頭記憶卡回補）") == 2, "as a title and in the table"
    assert "有回補" in shown
