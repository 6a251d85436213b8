"""Every page of an institution opens for those who may, and for nobody else."""

import pytest

from infra import clock
from tenants import periods
from tenants.roc_dates import format_date
from tests.webapp.desk import Desk

PAGES = {
    "/": {"head", "handler", "guard", "staff"},
    "/cameras/": {"head", "handler", "guard", "staff"},
    "/cases/": {"head", "handler"},
    "/register": {"head", "handler"},
    "/retention": {"head", "handler"},
    "/audit/": {"head", "handler"},
    "/people/": {"head"},
    "/devices/": {"head", "handler"},
}


@pytest.mark.req("KH-4-2", "TY-3-2b")
def test_a_role_opens_its_pages_and_is_offered_no_other(desk: Desk) -> None:
    for role in ("head", "handler", "guard", "staff"):
        browser = desk.browser(f"k1-{role}")
        home = browser.get(f"{desk.school}/").text

        for path, roles in PAGES.items():
            allowed = role in roles
            assert browser.get(desk.school + path).status_code == (200 if allowed else 403), (role, path)
            assert (f'href="{desk.school}{path}"' in home) == allowed, (role, path)


@pytest.mark.req("DR-08", "KH-1-3")
def test_another_institutions_people_find_no_page(desk: Desk) -> None:
    for login in ("e1-head", "officer"):
        browser = desk.browser(login)
        assert {browser.get(desk.school + path).status_code for path in PAGES} == {404}, login


@pytest.mark.req("KH-6-1g")
def test_the_first_page_says_what_waits_until_when_and_by_which_article(desk: Desk) -> None:
    desk.filed(urgency="速件")
    due = format_date(periods.weekdays_after(clock.today(), 3))

    page = desk.browser("k1-head").get(f"{desk.school}/").text

    assert f"請決定是否同意調閱（處理期限 {due}）" in page
    assert "要點第六點第一項第一款" in page
    assert f"處理期限 {due}" in desk.browser("k1-handler").get(f"{desk.school}/").text
