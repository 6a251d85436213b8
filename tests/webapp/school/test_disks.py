"""How long the disks of edge boxes last, and when and how fast they send."""

import re
from datetime import timedelta
from http import HTTPStatus
from typing import Any

import pytest

from infra import clock
from infra.db import db
from infra.tenancy import Binding, bind
from tenants.audit.models import AuditEvent
from tenants.registry.models import EdgeDevice
from tests.factories import footage
from tests.webapp.desk import Desk


def say_of_disk(
    desk: Desk, *, hours_left: int | None, hours: int | None, fault: str = "", sending: str = "open"
) -> None:
    """A box of K1 that said so a moment ago."""
    bind(db.session, Binding(tenant_id=desk.cast.k1.tenant_id))
    box = db.session.get_one(EdgeDevice, footage.device(desk.cast.k1))
    box.disk_hours_left, box.disk_hours, box.disk_fault, box.sending = hours_left, hours, fault, sending
    db.session.commit()


@pytest.mark.req("DR-34")
@pytest.mark.parametrize(
    ("said", "words", "to_do"),
    [
        ({"hours_left": 47, "hours": 200}, "磁碟可存 8.3 天，尚餘 47 小時", "請檢查主機的網路與上傳速度上限"),
        ({"hours_left": 0, "hours": 200, "fault": "full"}, "磁碟已滿，新的畫面無法保存", "請恢復上傳的網路"),
        (
            {"hours_left": None, "hours": None, "fault": "missing"},
            "找不到錄影磁碟，沒有錄影",
            "請施作廠商確認磁碟已接上並掛載在原來的位置",
        ),
    ],
    ids=["short", "full", "missing"],
)
def test_a_disk_that_needs_somebody_is_told_with_what_to_do(
    desk: Desk, said: dict[str, Any], words: str, to_do: str
) -> None:
    say_of_disk(desk, **said)

    for reader in ("k1-head", "k1-handler"):
        home = desk.browser(reader).get(f"{desk.school}/").text
        assert f"邊緣主機「邊緣主機」{words}：{to_do}" in home
        page = desk.browser(reader).get(f"{desk.school}/devices/").text
        assert words in page
        assert to_do in page
    assert words not in desk.browser("k1-guard").get(f"{desk.school}/").text


@pytest.mark.req("DR-34")
def test_a_disk_that_lasts_is_no_task_and_one_that_was_not_measured_is_not_called_fine(desk: Desk) -> None:
    say_of_disk(desk, hours_left=48, hours=200, sending="too_old")
    say_of_disk(desk, hours_left=None, hours=None)
    head = desk.browser("k1-head")

    assert "尚餘" not in head.get(f"{desk.school}/").text
    page = head.get(f"{desk.school}/devices/").text
    assert "可存 8.3 天，尚餘 2.0 天" in page
    assert "有影像已等候超過 24 小時，不上傳時段也持續上傳" in page
    assert '<td data-label="錄影磁碟">無資料' in page


@pytest.mark.req("DR-34")
def test_the_hours_of_a_box_that_is_silent_go_on_running_out(desk: Desk) -> None:
    say_of_disk(desk, hours_left=60, hours=200)
    box = db.session.scalars(db.select(EdgeDevice)).one()
    box.last_seen_at = clock.now() - timedelta(hours=20)
    db.session.commit()

    assert "可存 8.3 天，尚餘 40 小時" in desk.browser("k1-head").get(f"{desk.school}/").text


@pytest.mark.req("DR-34")
def test_the_handler_says_when_and_how_fast_a_site_sends(desk: Desk) -> None:
    handler, address = desk.browser("k1-handler"), f"{desk.school}/devices/sending"
    site = {"sending_site": str(desk.cast.k1.site_id)}

    refused = handler.post(address, data={**site, "megabits": "0.1"})
    assert refused.status_code == HTTPStatus.UNPROCESSABLE_ENTITY
    assert "上傳速度上限請填 0.5 到 1000" in refused.text
    wrong = handler.post(address, data={**site, "megabits": "abc", "closed_from": "7", "closed_until": "25:99"}).text
    told = re.findall(r'<li><a href="#(\w+)">', wrong)
    assert told == ["megabits", "closed_from", "closed_until"], "all at once, each with its field"
    typed = {**site, "megabits": "20", "closed_from": "22:00", "closed_until": "06:00", "newest_first": "y"}
    assert handler.post(address, data=typed).status_code == HTTPStatus.SEE_OTHER

    page = handler.get(f"{desk.school}/devices/").text
    assert "20 Mbps" in page
    assert "上班日 22:00 至翌日 06:00" in page
    assert "先上傳最新的影像" in page
    bind(db.session, Binding(tenant_id=desk.cast.k1.tenant_id))
    (event,) = db.session.scalars(db.select(AuditEvent).where(AuditEvent.event == "site:sending_set"))
    assert event.fields["kilobits"] == 20_000
    assert desk.browser("k1-guard").post(address, data=typed).status_code == HTTPStatus.FORBIDDEN
