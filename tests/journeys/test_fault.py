"""B1 at the school, on a telephone: two cameras down, taken up, repaired, looked at by another, explained, ended."""

from datetime import timedelta

import pytest
from playwright.sync_api import Page, expect

from infra import clock
from infra.db import db
from infra.tenancy import Binding, bind
from tests.factories import footage, hours
from tests.journeys.conftest import WIDTHS, Town
from tests.journeys.every_page import looks_right
from tests.tenants.upkeep.faults.conftest import look, says

_HOUR, _SECOND = timedelta(hours=1), timedelta(seconds=1)


def _press(page: Page, name: str) -> None:
    page.get_by_role("button", name=name, exact=True).click()
    expect(page.locator(".sy-flash").first).to_be_visible()


@pytest.mark.needs("chromium", "axe")
@pytest.mark.req("KH-8-1d", "KH-5-3a", "KH-5-3b", "DR-31", "DR-32")
@pytest.mark.parametrize("width", WIDTHS)
def test_an_outage_goes_from_one_line_on_the_first_page_to_its_end(town: Town, width: int) -> None:
    k1 = town.cast.k1
    bind(db.session, Binding(tenant_id=k1.tenant_id))
    hours.open_when(k1, hours.every_day(["00:00", "24:00"]))  # a gap by night would be owed by nobody
    says(k1, recording=False, until=clock.now() - 20 * _SECOND - timedelta(minutes=6))
    look(k1)
    handler = town.visit("k1-handler", width=width)
    handler.goto(f"{town.school}/")
    handler.get_by_role("link", name="交換器或主機：請受理並報修").click()
    looks_right(handler)
    handler.get_by_label("初步原因").fill("交換器故障")
    _press(handler, "受理並報修")
    looks_right(handler)
    says(k1)
    handler.get_by_label("原因", exact=True).first.fill("交換器故障")
    handler.get_by_label("處理情形").fill("更換交換器")
    _press(handler, "登記修復")
    expect(handler.get_by_text("修復是由您登記的，請另一位人員複查")).to_be_visible()

    guard = town.visit("k1-guard", width=width)
    guard.goto(handler.url)
    looks_right(guard)
    _press(guard, "已修好，複查通過")

    says(k1)
    box = footage.device(k1)
    for camera in k1.cameras:
        footage.segment(k1, device_id=box, camera=camera, started_at=clock.now() - 60 * _SECOND)
    handler.reload()
    looks_right(handler)
    _press(handler, "結案")
    expect(handler.locator(".sy-flash").first).to_contain_text("沒有說明原因")
    handler.get_by_label("說明", exact=True).fill("一樓交換器故障，更換後恢復")
    _press(handler, "說明原因")
    _press(handler, "結案")
    expect(handler.locator(".sy-badge").first).to_contain_text("已結案")
    handler.goto(f"{town.school}/cameras/{k1.cameras['C-GATE']}")
    expect(handler.get_by_text("設備故障（一樓交換器故障，更換後恢復）").first).to_be_visible()
