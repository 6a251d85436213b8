"""The table of figures has every page that shows one."""

import pytest
from flask import Flask

from tenants.permissions import Permission
from tests.city_year.screens.figures import FIGURES, NO_FIGURE, PAGES
from webapp.access import access_of

pytestmark = pytest.mark.req("DR-30")


def test_every_page_of_the_citys_compliance_is_in_the_table(made_web_app: Flask) -> None:
    rules = [rule for rule in made_web_app.url_map.iter_rules() if "GET" in (rule.methods or set())]
    read = {
        rule.endpoint
        for rule in rules
        if access_of(made_web_app, rule.endpoint).permission is Permission.COMPLIANCE_READ
    }
    assert read | {"school.home.show"} == set(PAGES)


def test_every_page_of_the_table_has_its_figures_or_says_why_not() -> None:
    named = {name for name in PAGES.values() if not name.startswith(NO_FIGURE)}
    assert named == set(FIGURES)
    assert all(FIGURES.values())
