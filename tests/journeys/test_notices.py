"""A head sees what was told to whom, moves the quiet hours, and puts the due days into a calendar; on either screen."""

import pytest
from playwright.sync_api import expect

from infra.db import db
from infra.tenancy import Binding, bind
from tests.factories import notices, rights
from tests.journeys.conftest import WIDTHS, Town
from tests.journeys.every_page import looks_right


@pytest.mark.needs("chromium", "axe")
@pytest.mark.req("DR-31", "DR-32")
@pytest.mark.parametrize("width", WIDTHS)
def test_a_head_reads_the_notices_and_says_when_to_be_told(town: Town, width: int) -> None:
    k1, ids = town.cast.k1, town.cast.ids
    bind(db.session, Binding(tenant_id=k1.tenant_id))
    rights.request(k1, entered_by=ids["k1-handler"])
    notices.mail(k1, user_id=ids["k1-head"])
    notices.mail(k1, user_id=ids["k1-handler"], what="at_once", state="refused", roles=["handler"])
    page = town.visit("k1-head", width=width)

    page.goto(f"{town.school}/notices/")
    expect(page.get_by_role("heading", name="通知", exact=False).first).to_be_visible()
    expect(page.get_by_text("個人資料權利請求的期限")).to_be_visible()
    expect(page.get_by_text("對方郵件主機拒收")).to_be_visible()
    looks_right(page)

    page.goto(f"{town.origin}/account")
    page.get_by_role("link", name="通知設定").click()
    page.get_by_label("勿擾開始").select_option("22")
    page.get_by_role("button", name="儲存通知設定").click()
    expect(page.get_by_text("通知設定已儲存")).to_be_visible()
    expect(page.get_by_label("勿擾開始")).to_have_value("22")
    looks_right(page)

    page.get_by_role("button", name="建立行事曆網址").click()
    address = page.get_by_label("您的行事曆網址").input_value()
    looks_right(page)
    answer = page.request.get(address)
    assert answer.status == 200
    assert "BEGIN:VEVENT" in answer.text()

    page.get_by_role("link", name="我已經複製").click()
    page.get_by_role("button", name="停用行事曆網址").click()
    expect(page.get_by_text("行事曆網址已停用")).to_be_visible()
    assert page.request.get(address).status == 404
