"""What the bureau reads as unmet of papers and lists stands on the school's first page as well, while it is so."""

from datetime import date, timedelta

import pytest

from infra import clock
from infra.db import db
from infra.tenancy import Binding, bind
from tenants.compliance.articles.model import State
from tests.factories import compliance
from tests.webapp.desk import Desk

LINES = {
    "local_policy": ("訂定管理規定：1 個場所未符合，請補正", "/policies/"),
    "zones": ("設置區域：1 支鏡頭未符合，請補正", "/assessments/"),
    "property": ("財產列帳：1 項未符合，請補正", "/property/"),
    "origin": ("設備來源：1 項未符合，請補正", "/property/"),
}


def found(desk: Desk, article: str, *, day: date | None = None, state: State = State.UNMET) -> None:
    bind(db.session, Binding(tenant_id=desk.cast.k1.tenant_id))
    compliance.finding(desk.cast.k1, article, on=day, state=state)


def first_page(desk: Desk, login: str) -> str:
    return desk.browser(login).get(f"{desk.school}/").text


@pytest.mark.req("DR-30")
@pytest.mark.parametrize("article", LINES)
def test_each_is_told_with_the_place_where_it_is_set_right(desk: Desk, article: str) -> None:
    words, place = LINES[article]
    assert words not in first_page(desk, "k1-head")
    found(desk, article)
    page = first_page(desk, "k1-head")
    assert words in page
    assert f'href="{desk.school}{place}"' in page.split(words)[0][-400:]
    assert words not in first_page(desk, "k1-guard"), "who may not set it right is not told"


@pytest.mark.req("DR-30")
def test_the_newest_look_counts_and_an_old_one_says_nothing(desk: Desk) -> None:
    words, yesterday = LINES["property"][0], clock.today() - timedelta(days=1)
    found(desk, "property", day=yesterday - timedelta(days=1))
    assert words not in first_page(desk, "k1-head")
    found(desk, "property", day=yesterday)
    assert words in first_page(desk, "k1-head")
    found(desk, "property", state=State.MET)
    assert words not in first_page(desk, "k1-head")
