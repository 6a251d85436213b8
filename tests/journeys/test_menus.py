"""Menus with the keyboard alone: Enter and Space open them, Escape closes them and loses no focus (DR-32)."""

import pytest
from playwright.sync_api import expect

from tests.factories import people
from tests.journeys.conftest import Town
from tests.journeys.every_page import axe_faults

ENLARGED = 640


@pytest.mark.needs("chromium", "axe")
@pytest.mark.req("DR-32")
def test_a_group_of_a_menu_opens_over_the_page_and_escape_closes_it(town: Town) -> None:
    people.bureau_officer("bureau")
    page = town.visit("bureau")
    groups = page.get_by_role("navigation", name="教育局選單").locator("summary").all()
    assert len(groups) > 2

    for group in groups:
        links = group.locator("xpath=..").get_by_role("link")
        group.focus()
        for key in ("Space", "Enter"):
            page.keyboard.press(key)
            expect(links.first).to_be_visible()
            page.keyboard.press("Tab")
            expect(links.first).to_be_focused()
            page.keyboard.press("Escape")
            expect(links.first).to_be_hidden()
            expect(group).to_be_focused()
    page.keyboard.press("Enter")
    assert not axe_faults(page)


@pytest.mark.needs("chromium", "axe")
@pytest.mark.req("DR-32")
def test_a_folded_menu_opens_under_its_button_and_escape_folds_it(town: Town) -> None:
    people.bureau_officer("bureau")
    for login in ("bureau", "k1-head"):
        page = town.visit(login, width=ENLARGED)
        button, links = page.get_by_role("button", name="選單"), page.locator("#menu")

        button.focus()
        for key in ("Space", "Enter"):
            page.keyboard.press(key)
            expect(links).to_be_visible()
            page.keyboard.press("Tab")
            assert page.evaluate("document.activeElement.closest('#menu') !== null"), "the menu follows its button"
            page.keyboard.press("Escape")
            expect(links).to_be_hidden()
            expect(button).to_be_focused()
        page.keyboard.press("Enter")
        assert not axe_faults(page)
