"""In a browser: an officer at the door at 19:00 gets a slip from the guard's telephone, and the letter follows (O2).

And the bureau presses on a complaint, and the school knows at once (B2's first half).
"""

from datetime import timedelta

import pytest
from playwright.sync_api import Page, expect

from infra import clock
from tenants.roc_dates import format_time, short_date
from tests.factories import people
from tests.factories.shelf import Shelf
from tests.journeys.conftest import WIDTHS, Town
from tests.journeys.every_page import looks_right
from tests.webapp.conftest import WebClient
from tests.webapp.desk import Desk


@pytest.mark.needs("chromium", "axe")
@pytest.mark.req("DR-02", "DR-32", "KH-6-1e")
def test_the_guard_presses_and_the_letter_is_linked_the_next_day(town: Town) -> None:
    guard = town.visit("k1-guard", width=WIDTHS[1])
    guard.goto(f"{town.school}/")
    guard.get_by_role("link", name="緊急保全：來電").click()
    _fill(guard, "向陽派出所 陳警員", "校門口車禍，警方將來函")
    looks_right(guard)
    guard.get_by_role("button", name="立即保全").click()
    expect(guard.get_by_role("heading", name="緊急保全收執聯")).to_be_visible()
    expect(guard.get_by_text("沒有任何人可以觀看")).to_be_visible()
    assert guard.locator("video, .sy-main img").count() == 0, "nothing is shown"
    looks_right(guard)

    town.web.test_client_class = WebClient
    town.web.extensions["store"] = shelf = Shelf()
    # What the guard's form offered lies around now, however long ago these tests were begun.
    start, end = clock.now() - timedelta(minutes=40), clock.now() - timedelta(minutes=10)
    times = {
        "windows-0-from_day": short_date(clock.civil_day(start)),
        "windows-0-from_time": format_time(start),
        "windows-0-until_day": short_date(clock.civil_day(end)),
        "windows-0-until_time": format_time(end),
    }
    case_id = Desk(town.web, town.cast, shelf).filed(**times)

    guard.reload()
    expect(guard.get_by_text("承接").first).to_be_visible()
    head = town.visit("k1-head", width=WIDTHS[1])
    head.goto(f"{town.school}/cases/{case_id}")
    expect(head.get_by_text("承接緊急保全-")).to_be_visible()


@pytest.mark.needs("chromium", "axe")
@pytest.mark.req("DR-02", "DR-09", "DR-32")
def test_the_bureau_presses_on_a_complaint_and_the_school_knows(town: Town) -> None:
    people.bureau_officer("bureau")
    officer = town.visit("bureau", width=WIDTHS[0])
    officer.goto(f"{town.origin}/bureau/institutions/{town.cast.k1.tenant_id}")
    officer.get_by_role("link", name="為這個機構緊急保全").click()
    _fill(officer, "家長來電", "疑似不當對待，陳情處理中")
    looks_right(officer)
    officer.get_by_role("button", name="立即保全").click()
    expect(officer.get_by_text("並已通知該機構")).to_be_visible()

    head = town.visit("k1-head", width=WIDTHS[1])
    head.goto(f"{town.school}/")
    head.get_by_role("link", name="（教育局）").click()
    expect(head.get_by_text("家長來電")).to_be_visible()
    looks_right(head)


def _fill(page: Page, caller: str, reason: str) -> None:
    """What is not filled in already: a camera, who, why."""
    page.get_by_label("C-GATE").check()
    page.get_by_label("機關與姓名").fill(caller)
    page.get_by_label("事由").fill(reason)
