"""A page with the keyboard alone: where the Tab key leads, and whether one sees it.

WCAG 2.2: 2.1.2 no trap, 2.4.1 a way past the menu, 2.4.3 order, 2.4.7 and 1.4.11 a focus that shows, 2.4.11 uncovered.
"""

from playwright.sync_api import Page

# Parts of one control, such as those of a slider, may be places of their own; beyond that the focus is caught.
_MORE = 12


def keyboard_faults(page: Page) -> list[str]:
    """What somebody meets who goes through the whole page: past the menu, to the end, and round to the menu.

    `tests.journeys.every_page` has put its script into the page.
    """
    page.emulate_media(reduced_motion="reduce")  # so that the ring of the focus is there at once
    places: int = page.evaluate("looks.begin()")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    for _ in range(places):
        page.keyboard.press("Tab")
    for _ in range(_MORE):
        if page.evaluate("looks.isWhole()"):
            break
        page.keyboard.press("Tab")
    faults: list[str] = page.evaluate("looks.end()")
    return faults
