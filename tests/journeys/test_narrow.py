"""On a telephone: the menu behind its button, and what an appointment's card lets one do."""

from uuid import UUID

import pytest
from playwright.sync_api import expect

from tests.factories.shelf import Shelf
from tests.journeys.conftest import WIDTHS, Town
from tests.webapp.conftest import WebClient
from tests.webapp.desk import Desk


def filed(town: Town) -> UUID:
    """A request to K1, sent without a browser."""
    town.web.test_client_class = WebClient
    town.web.extensions["store"] = shelf = Shelf()
    return Desk(town.web, town.cast, shelf).filed()


@pytest.mark.needs("chromium")
@pytest.mark.req("DR-32")
def test_a_telephone_folds_the_menu_and_a_wide_screen_shows_it(town: Town) -> None:
    page = town.visit("k1-head", width=WIDTHS[1])
    page.goto(f"{town.school}/people/")
    menu = page.get_by_role("navigation", name="機構選單")
    button, link = menu.get_by_role("button", name="選單"), menu.get_by_role("link", name="保存與銷毀")

    expect(button).to_have_attribute("aria-expanded", "false")
    expect(link).to_be_hidden()
    expect(menu.get_by_text("人員指派").first).to_be_visible()
    button.press("Enter")
    expect(button).to_have_attribute("aria-expanded", "true")
    expect(link).to_be_visible()
    button.click()
    expect(link).to_be_hidden()

    page.set_viewport_size({"width": WIDTHS[0], "height": 900})
    expect(button).to_be_hidden()
    expect(link).to_be_visible()


@pytest.mark.needs("chromium")
@pytest.mark.req("DR-32")
def test_without_scripts_the_menu_is_simply_there(town: Town) -> None:
    context = town.browser.new_context(viewport={"width": WIDTHS[1], "height": 900}, java_script_enabled=False)
    context.add_cookies(town.visit("k1-head").context.cookies())
    page = context.new_page()

    page.goto(f"{town.school}/people/")

    menu = page.get_by_role("navigation", name="機構選單")
    assert menu.get_by_role("button").count() == 0
    expect(menu.get_by_role("link", name="保存與銷毀")).to_be_visible()


@pytest.mark.needs("chromium")
@pytest.mark.req("DR-32")
def test_what_ends_an_appointment_is_in_sight_on_a_telephone(town: Town) -> None:
    page = town.visit("k1-head", width=WIDTHS[1])
    page.goto(f"{town.school}/people/")

    for link in page.get_by_role("link", name="結束指派").all():
        box = link.bounding_box()
        assert box is not None
        assert box["x"] + box["width"] <= WIDTHS[1]
    assert page.get_by_role("link", name="結束指派").count() > 1


@pytest.mark.needs("chromium")
@pytest.mark.req("DR-32")
def test_a_jump_lands_at_once_and_takes_the_focus_along(town: Town) -> None:
    case = filed(town)
    page = town.visit("k1-head", width=WIDTHS[1])
    page.goto(f"{town.school}/cases/{case}")

    page.get_by_role("link", name="跳到「現在可以做什麼」").click()

    assert page.evaluate("document.activeElement.id") == "steps"
    assert page.evaluate("Math.abs(document.getElementById('steps').getBoundingClientRect().top) < 5"), "not yet there"
    assert page.evaluate("getComputedStyle(document.documentElement).scrollBehavior") == "auto"


@pytest.mark.needs("chromium")
@pytest.mark.req("DR-32")
@pytest.mark.parametrize("width", [800, 980])
def test_no_table_is_cut_at_its_right_on_a_tablet(town: Town, width: int) -> None:
    filed(town)
    page = town.visit("k1-head", width=width)

    for path in ("/cases/", "/register", "/people/", "/devices/", "/retention", "/audit/"):
        page.goto(f"{town.school}{path}")
        cut = (
            "[...document.querySelectorAll('.sy-scroll')].filter((each) => each.scrollWidth > each.clientWidth).length"
        )
        assert page.evaluate(cut) == 0, path
        assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth"), path
