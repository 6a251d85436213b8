"""In a browser: neither a link of the list of faults nor Enter in a line of a long form sends anything."""

import pytest
from playwright.sync_api import expect

from tests.journeys.conftest import Town


@pytest.mark.needs("chromium")
def test_a_link_of_the_faults_moves_the_focus_and_neither_it_nor_enter_sends_anything(town: Town) -> None:
    page = town.visit("officer")
    page.goto(f"{town.origin}/agency/institutions/{town.cast.k1.tenant_id}/requests/new")
    page.get_by_label("發文字號").fill("高市警左分偵字第11571234500號")
    page.get_by_role("button", name="下一步：核對內容").click()
    expect(page.get_by_role("alert")).to_contain_text("請填寫聯絡電話")
    typed = page.get_by_label("發文字號")
    typed.fill("高市警左分偵字第99號")
    sent: list[str] = []
    page.on("request", lambda request: sent.append(f"{request.method} {request.url}"))
    typed.press("Enter")

    links = page.get_by_role("alert").get_by_role("link")
    for link in [*links.all(), links.first]:
        target = (link.get_attribute("href") or "").removeprefix("#")
        link.click()
        assert page.evaluate("id => document.getElementById(id).contains(document.activeElement)", target), (
            f"the focus is not at {target}"
        )

    assert links.count() > 2
    assert sent == []
    expect(typed).to_have_value("高市警左分偵字第99號")
