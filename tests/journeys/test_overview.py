"""The city's overview with the keyboard and on a telephone: from the map to a district and to a school (DR-32)."""

from datetime import timedelta

import pytest
from playwright.sync_api import expect

from infra import clock
from infra.db import db
from infra.tenancy import Binding, bind
from tenants.compliance.articles.model import State
from tests.factories import compliance, people
from tests.factories.registry import institution
from tests.journeys.conftest import WIDTHS, Town
from tests.journeys.every_page import looks_right

DISTRICTS = ("左營區", "楠梓區", "旗津區", "那瑪夏區", "一個名字很長的行政區")


def judged() -> None:
    """Districts that are at the target, below, and unknown, and a fortnight of counts in which a warning began."""
    people.bureau_officer()
    compliance.weighting(target=900, continuity=3, zones=1)
    for number, district in enumerate(DISTRICTS):
        of = institution(f"T{number}", name=f"第{number}幼兒園", district=district)
        bind(db.session, Binding(tenant_id=of.tenant_id))
        if number < len(DISTRICTS) - 1:
            compliance.finding(of, state=State.UNMET if number % 2 else State.MET)
            compliance.finding(of, "zones", state=State.MET)
            compliance.finding(of, "at_risk", state=State.WARNED if number % 2 else State.MET)
    bureau_id = people.bureau()
    bind(db.session, Binding(tenant_id=bureau_id))
    for back in range(1, 15):
        on = clock.today() - timedelta(days=back)
        compliance.city_day(bureau_id, on=on, met=20 - back, unmet=back, district="楠梓區")
        compliance.city_day(bureau_id, on=on, met=0, unmet=0, warned=back % 3, article="at_risk", district="楠梓區")


@pytest.mark.needs("chromium", "axe")
@pytest.mark.req("DR-32", "DR-30", "DR-34")
def test_an_officer_finds_the_district_that_needs_a_person_with_the_keyboard_alone(town: Town) -> None:
    judged()
    page = town.visit("bureau")
    page.goto(f"{town.origin}/bureau/overview")
    looks_right(page)
    tile = page.get_by_role("link", name="楠梓 25.0 % ▼ △1：楠梓區，未達目標")
    tile.focus()
    expect(tile).to_be_focused()
    page.keyboard.press("Enter")
    page.wait_for_url("**/bureau/overview?district=**")
    expect(page.get_by_role("heading", name="楠梓區分數")).to_be_visible()
    expect(page.get_by_text("1 個機構的影像再不處理就會出現缺口")).to_be_visible()
    looks_right(page)
    page.get_by_role("link", name="25.0 %", exact=True).first.click()
    expect(page.get_by_role("link", name="第1幼兒園")).to_be_visible()
    looks_right(page)


@pytest.mark.needs("chromium", "axe")
@pytest.mark.req("DR-32")
def test_on_a_telephone_every_figure_is_in_reach(town: Town) -> None:
    judged()
    page = town.visit("bureau", width=WIDTHS[1])
    for path in ("overview", "overview/institutions", "weights", "articles"):
        page.goto(f"{town.origin}/bureau/{path}")
        looks_right(page)
