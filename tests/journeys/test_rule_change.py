"""Journey B3: the bureau raises the days from a school year on, tells who will not fit, and follows the meetings."""

from datetime import date

import pytest
from playwright.sync_api import Page, expect

from infra import clock
from infra.db import db
from infra.tenancy import Binding, bind
from tenants.registry.models import Site
from tenants.roc_dates import format_date, short_date
from tests.factories import compliance, people
from tests.factories.registry import institution
from tests.journeys.conftest import WIDTHS, Town
from tests.journeys.every_page import looks_right


@pytest.mark.needs("chromium", "axe")
@pytest.mark.req("DR-10", "KH-2-3", "DR-31", "DR-32")
@pytest.mark.parametrize("width", WIDTHS)
def test_a_rule_is_scheduled_who_will_not_fit_is_told_and_a_meeting_is_followed(town: Town, width: int) -> None:
    begins = in_a_town_that_lacks_room(town)
    officer = town.visit("bureau", width=width)
    schedule(officer, town, begins)
    see_who_will_not_fit_and_tell_them(officer)
    follow(officer, waiting=2)

    pass_it_at_k1(town, begins, width)

    officer.reload()
    row = officer.get_by_role("row").filter(has_text="晨光幼兒園").filter(has_text="已通過")
    expect(row).to_contain_text(format_date(clock.today()))
    looks_right(officer)


def in_a_town_that_lacks_room(town: Town) -> date:
    """K1 has room for ten days and stores one gigabyte a day; of K2 nobody knows anything. Next year's 1 August."""
    people.bureau_officer()
    k1 = town.cast.k1
    bind(db.session, Binding(tenant_id=k1.tenant_id))
    compliance.stored(k1)
    db.session.get_one(Site, k1.site_id).capacity_bytes = 10 * 10**9
    db.session.commit()
    institution("K2", name="月光幼兒園")
    return date(clock.today().year + 1, 8, 1)


def schedule(officer: Page, town: Town, begins: date) -> None:
    """Reckoned first, then entered; what would shorten the past is refused."""
    officer.goto(f"{town.origin}/bureau/regulations")
    officer.get_by_label("規定", exact=True).select_option("KH_PRESCHOOL")
    officer.get_by_label("生效日", exact=True).fill(short_date(clock.today()))
    officer.get_by_label("至少保存日數").fill("10")
    officer.get_by_label("版次").fill("116")
    officer.get_by_label("發布文號").fill("高市教幼字第1160001號")
    officer.get_by_label("修正後條文").fill("監錄資料應保存至少30日以上。")
    officer.get_by_role("button", name="排定").click()
    expect(officer.get_by_role("alert")).to_be_visible()
    looks_right(officer)
    officer.get_by_label("生效日", exact=True).fill(short_date(begins))
    officer.get_by_label("至少保存日數").fill("30")
    officer.get_by_role("button", name="先試算").click()
    expect(officer.get_by_text("這是試算，尚未排定任何版本")).to_be_visible()
    looks_right(officer)
    officer.get_by_role("button", name="排定").click()
    expect(officer.get_by_text("已排定第 116 版")).to_be_visible()


def see_who_will_not_fit_and_tell_them(officer: Page) -> None:
    """The forecast names K1 as lacking and K2 as unknown; K1 alone is told, once."""
    expect(officer.get_by_role("row").filter(has_text="晨光幼兒園").first).to_contain_text("空間不足")
    expect(officer.get_by_role("row").filter(has_text="月光幼兒園").first).to_contain_text("無資料")
    looks_right(officer)
    listed = officer.get_by_role("link", name="空間不足清單（CSV）").get_attribute("href")
    assert "晨光幼兒園" in officer.request.get(officer.url.split("/bureau")[0] + str(listed)).text()
    officer.get_by_role("button", name="通知空間不足的機構").click()
    expect(officer.get_by_text("已通知 1 個空間不足的機構")).to_be_visible()
    looks_right(officer)


def follow(officer: Page, *, waiting: int) -> None:
    """Nobody's meeting has passed it yet."""
    officer.get_by_role("link", name="通過情形").click()
    expect(officer.get_by_text("尚未登記通過的場所").locator("..")).to_contain_text(str(waiting))
    looks_right(officer)


def pass_it_at_k1(town: Town, begins: date, width: int) -> None:
    """K1's first page says what comes; the head records what the meeting passed."""
    head = town.visit("k1-head", width=width)
    reminder = head.get_by_role("link", name="起影像至少保存 30 日")
    expect(reminder).to_contain_text(format_date(begins))
    looks_right(head)
    reminder.click()
    form = head.get_by_role("region", name="登記通過的天數")
    form.get_by_label("保存天數").fill("30")
    form.get_by_label("生效日").fill(short_date(begins))
    form.get_by_label("會議名稱").fill("115學年度第2次園務會議")
    form.get_by_label("會議日期").fill(short_date(clock.today()))
    form.get_by_label("會議紀錄文號或編號").fill("園務字第1150012號")
    form.get_by_role("button", name="登記").click()
    expect(head.get_by_text(f"已登記，自{format_date(begins)}起的錄影適用")).to_be_visible()
    looks_right(head)
