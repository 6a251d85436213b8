"""In a browser: a panel is convened, a mother comes in by link and code on her telephone, and it resolves (S1, P1)."""

import pytest
from playwright.sync_api import Page, expect

from tests.components import AXE
from tests.factories.shelf import Shelf
from tests.journeys.conftest import Town
from tests.journeys.every_page import GRAVE, RUN
from tests.webapp.desk import Desk
from tests.webapp.panel.conftest import PanelDesk, waiting_case


@pytest.mark.needs("chromium")
@pytest.mark.req("KH-6-2h", "KH-6-Pa", "KH-6-Pb", "KH-6-Pc", "DR-27", "DR-32")
def test_a_panel_from_its_invitation_to_its_resolution(town: Town) -> None:
    panel = waiting_case(Desk(town.web, town.cast, Shelf()))
    office = town.visit("k1-handler", width=390)
    _convene(office, town, panel)
    teacher = town.visit("k1-staff", width=390)
    _declare(teacher, f"{town.school}/panel-seats/{panel.seats()['educator_rep'].id}")
    head = town.visit("k1-head")
    _declare(head, f"{town.school}/panel-seats/{panel.seats()['head'].id}")
    mother = _mother(town, panel)
    _meet(office, town, panel)
    mother.reload()
    expect(mother.get_by_role("heading", name="第 1 次決議：同意")).to_be_visible()
    _looks_right(mother)


def _convene(office: Page, town: Town, panel: PanelDesk) -> None:
    office.goto(f"{town.school}/panel-seats/")
    _looks_right(office)
    office.get_by_role("link", name=panel.case().serial).click()
    _looks_right(office)
    typed = panel.convening()
    for label, name in (("開會日期", "day"), ("開會時間", "time"), ("地點", "place"), ("家長代表姓名", "parent_name")):
        office.get_by_label(label, exact=True).fill(typed[name])
    office.get_by_label("家長代表電子郵件").fill(typed["parent_email"])
    office.get_by_label("教保服務人員代表", exact=True).select_option(typed["educator"])
    office.get_by_role("button", name="召集並寄送開會通知").click()
    expect(office.get_by_text("已召集專案小組")).to_be_visible()
    _looks_right(office)


def _declare(page: Page, address: str) -> None:
    page.goto(address)
    page.get_by_label("沒有，我可以擔任").check()
    page.get_by_label("我已閱讀保密切結").check()
    page.get_by_role("button", name="送出聲明與切結").click()
    expect(page.get_by_role("heading", name="案件摘要")).to_be_visible()
    _looks_right(page)


def _mother(town: Town, panel: PanelDesk) -> Page:
    """Link, code, declaration, brief and opinion; what she reads names nobody."""
    page = town.browser.new_context(viewport={"width": 390, "height": 900}, locale="zh-TW").new_page()
    page.set_default_timeout(10_000)
    page.on("console", lambda said: town.faults.append(said.text) if "Content Security" in said.text else None)
    page.goto(f"{town.origin}{panel.link()}")
    _looks_right(page)
    page.get_by_role("button", name="寄送驗證碼").click()
    page.get_by_label("驗證碼").fill(panel.code())
    page.get_by_role("button", name="進入").click()
    _declare(page, f"{town.origin}{panel.public}/seat")
    expect(page.get_by_text("林可可")).to_have_count(0)
    page.get_by_label("您的意見").fill("建議縮短五分鐘")
    page.get_by_role("button", name="送出意見").click()
    expect(page.get_by_label("您的意見")).to_have_value("建議縮短五分鐘")
    return page


def _meet(office: Page, town: Town, panel: PanelDesk) -> None:
    office.goto(f"{town.school}/panels/{panel.meeting().id}")
    expect(office.get_by_text("建議縮短五分鐘")).to_be_visible()
    for box in office.get_by_label("到場").all():
        box.check()
    office.get_by_role("button", name="登記出席情形").click()
    for box in office.get_by_label("同意", exact=True).all():
        box.check()
    office.get_by_label("同意全部").check()
    office.get_by_label("會議紀錄").fill("全體同意調閱一支鏡頭十五分鐘")
    _looks_right(office)
    office.get_by_role("button", name="登記決議").click()
    expect(office.get_by_role("heading", name="第 1 次決議：同意")).to_be_visible()


def _looks_right(page: Page) -> None:
    """Nothing sticks out of the screen, and axe finds nothing grave."""
    page.locator("details").evaluate_all("all => all.forEach(details => { details.open = true; })")
    width = page.viewport_size["width"] if page.viewport_size else 0
    assert page.evaluate("() => document.documentElement.scrollWidth") <= width
    page.evaluate(AXE.read_text(encoding="utf-8"))
    found = [fault for fault in page.evaluate(RUN) if fault["impact"] in GRAVE]
    assert [(fault["id"], [node["html"][:160] for node in fault["nodes"]]) for fault in found] == []
