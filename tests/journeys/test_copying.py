"""What is to be copied as a whole is selected as a whole, by mouse or keyboard."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page

from tests.architecture.source import ROOT

SHOWN = '<button type="button">前</button><textarea data-whole readonly>sudo shouyuan-edge enrol --token ABC</textarea>'


@pytest.fixture
def page(chromium: Browser) -> Iterator[Page]:
    """A field to copy from, and the pages' own script."""
    context = chromium.new_context()
    made = context.new_page()
    made.set_content(SHOWN)
    made.add_script_tag(path=ROOT / "webapp/static/shouyuan.js")
    yield made
    context.close()


@pytest.mark.needs("chromium")
@pytest.mark.parametrize("way", ["mouse", "keyboard"])
def test_the_whole_line_is_selected(page: Page, way: str) -> None:
    if way == "mouse":
        page.click("textarea")
    else:
        page.focus("button")
        page.keyboard.press("Tab")
    selected = "(field) => field.value.substring(field.selectionStart, field.selectionEnd)"
    assert page.eval_on_selector("textarea", selected) == "sudo shouyuan-edge enrol --token ABC"
