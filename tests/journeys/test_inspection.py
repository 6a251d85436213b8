"""Journey M1: the half-year inspection of E1, on a telephone and at a desk (TY-3-3c, TY-A2)."""

from datetime import date, timedelta

import pytest
from playwright.sync_api import Page, expect

from infra import clock
from infra.db import db
from infra.tenancy import Binding, bind
from tenants.people import queries as accounts
from tenants.periods import add_months
from tenants.roc_dates import format_date
from tests import printouts
from tests.factories import footage, inspections, people, upkeep
from tests.journeys.conftest import WIDTHS, Town
from tests.journeys.every_page import looks_right

CAMERA = "E-GATE"


@pytest.mark.needs("chromium", "axe", "faces", "pdftotext")
@pytest.mark.req("TY-3-3c", "TY-3-3d", "TY-A2-03", "TY-A2-06", "TY-A2-07", "TY-A2-08", "KH-A3-04", "KH-A3-07", "DR-32")
@pytest.mark.parametrize("width", WIDTHS)
def test_a_school_is_reminded_walks_through_and_is_due_six_months_later(town: Town, width: int) -> None:
    last = due_in_a_fortnight(town)
    page = town.visit("e1-handler", width=width)
    reminder = page.get_by_role("link", name="的定期檢查將於")
    expect(reminder).to_contain_text(format_date(add_months(last, 6)))
    reminder.click()

    walk_through(page)
    expect(page.get_by_text("已登記")).to_be_visible()
    expect(page.get_by_text("走廊線路鬆脫").first).to_be_visible()
    looks_right(page)
    second_look(page)

    page.get_by_role("navigation", name="目前位置").get_by_role("link", name="檢查與保養").click()
    expect(page.get_by_text(format_date(add_months(clock.today(), 6))).first).to_be_visible()
    looks_right(page)
    print_it(town, page)


def due_in_a_fortnight(town: Town) -> date:
    """When E1 was last looked through, nearly half a year ago; its camera is offline now, and was calibrated."""
    e1 = town.cast.e1
    bind(db.session, Binding(tenant_id=e1.tenant_id))
    by, head = (accounts.user_by_login(login=login) for login in ("e1-handler", "e1-head"))
    assert by is not None
    assert head is not None
    last = add_months(clock.today() + timedelta(days=14), -6)
    inspections.inspection(e1, by=by.id, on=last, profile="TY_ELEMENTARY")
    upkeep.calibration(e1, recorded_by=by.id, camera=CAMERA)
    footage.status(e1, camera=CAMERA, recording=False)
    people.pin(head.id)
    return last


def walk_through(page: Page) -> None:
    """The three questions: what the facts propose is confirmed or contradicted, and 否 says why."""
    expect(page.get_by_role("group", name="錄影監材是否正常運轉").first).to_contain_text(
        "系統建議「否」：鏡頭目前沒有錄影"
    )
    looks_right(page)
    page.get_by_role("group", name="監視主機是否正常運作").get_by_label("是").check()
    page.get_by_role("group", name="視訊是否清晰").first.get_by_label("否").check()
    page.get_by_role("button", name="確認並簽名").click()
    expect(page.get_by_role("alert")).to_contain_text("請在備考寫明情形")

    page.get_by_role("textbox", name="備考").fill("走廊線路鬆脫")
    page.get_by_label("+42.0 秒→+0.1 秒").check()
    page.get_by_role("button", name="確認並簽名").click()
    expect(page.get_by_role("alert")).to_contain_text("請先看過以下事項")  # nobody heard the host
    looks_right(page)
    page.get_by_label("以上已到現場確認").check()
    page.get_by_role("button", name="確認並簽名").click()


def second_look(page: Page) -> None:
    """The head types a PIN on the handler's telephone."""
    page.get_by_label("複查人", exact=True).select_option(label="e1的head（組長）")
    page.get_by_label("複查人的 PIN").fill(people.PIN)
    page.get_by_role("button", name="登記複查").click()
    expect(page.get_by_text("已登記複查")).to_be_visible()


def print_it(town: Town, page: Page) -> None:
    """附錄2, with the line of today."""
    link = page.get_by_role("link", name="列印").first.get_attribute("href")
    said = printouts.words(page.request.get(f"{town.origin}{link}").body())
    assert "監視錄影系統紀錄表附錄2" in said
    assert "走廊線路鬆脫" in said
    assert "+42.0秒→+0.1秒" in said
