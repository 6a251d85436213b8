"""In a browser: a letter typed for too long is sent after signing in again, with every word still there."""

import pytest
from playwright.sync_api import Page, expect

from tests.factories.people import PASSWORD
from tests.journeys.conftest import Town

WORDS = '偵辦機車竊盜案，\n被害人指認 <前門> & "側門"'


@pytest.mark.needs("chromium")
def test_nothing_that_was_typed_is_lost_when_the_session_ended_meanwhile(town: Town) -> None:
    page = town.visit("officer")
    page.goto(f"{town.origin}/agency/institutions/{town.cast.k1.tenant_id}/requests/new")
    page.get_by_label("發文字號").fill("高市警左分偵字第11571234500號")
    page.get_by_role("textbox", name="執行職務之事由", exact=True).fill(WORDS)
    page.get_by_label("C-GATE").check()
    page.context.clear_cookies()

    page.get_by_role("button", name="下一步：核對內容").click()

    expect(page.get_by_role("heading", name="登入已逾時，內容未送出")).to_be_visible()
    sign_in_beside(page)
    page.get_by_role("button", name="我已登入，繼續").click()
    expect(page.get_by_role("heading", name="內容還在，請按「送出」")).to_be_visible()
    page.get_by_role("button", name="送出", exact=True).click()

    expect(page.get_by_role("alert")).to_contain_text("請填寫聯絡電話")
    expect(page.get_by_label("發文字號")).to_have_value("高市警左分偵字第11571234500號")
    expect(page.get_by_role("textbox", name="執行職務之事由", exact=True)).to_have_value(WORDS)
    expect(page.get_by_label("C-GATE")).to_be_checked()


def sign_in_beside(page: Page) -> None:
    """Sign in in the tab that the page opens; the page itself stays as it is."""
    with page.context.expect_page() as opened:
        page.get_by_role("link", name="在新分頁登入").click()
    beside = opened.value
    beside.get_by_label("帳號").fill("officer")
    beside.get_by_label("密碼").fill(PASSWORD)
    beside.get_by_role("button", name="登入").click()
    beside.wait_for_url(lambda address: "/sign-in" not in address)
    beside.close()
