"""Finding the institution that a letter goes to, however its name is written."""

import pytest

from infra.db import db
from infra.tenancy import Binding, bind
from tenants.registry.models import Site
from tests.webapp.desk import Desk

pytestmark = pytest.mark.req("KH-6-1c", "KH-6-1e")


def test_institutions_are_found_by_name_and_by_district(desk: Desk) -> None:
    browser = desk.browser("officer")

    assert "晨光幼兒園" in browser.get("/agency/institutions?q=晨光").text
    assert "晨光幼兒園" in browser.get("/agency/institutions?q=左營區").text
    nothing = browser.get("/agency/institutions?q=沒有這所").text
    assert "晨光幼兒園" not in nothing
    assert "找不到" in nothing


@pytest.mark.parametrize("typed", ["幼稚園", "晨光 幼稚園", "\uff4b\uff11", "晨 光"])
def test_a_preschool_is_found_however_it_is_written(desk: Desk, typed: str) -> None:
    found = desk.browser("officer").get("/agency/institutions", query_string={"q": typed}).text

    assert ">晨光幼兒園</a>" in found
    assert "向陽國小" not in found


@pytest.mark.req("DR-11")
@pytest.mark.parametrize("typed", ["附設幼兒園", "附設幼稚園", "附幼", "向陽國小附設幼兒園", "小熊班"])
def test_a_school_is_found_by_its_attached_preschool(desk: Desk, typed: str) -> None:
    officer = desk.browser("officer")
    assert ">向陽國小</a>" not in officer.get("/agency/institutions", query_string={"q": typed}).text
    bind(db.session, Binding(tenant_id=desk.cast.e1.tenant_id))
    for code, name in (("E1K", "向陽國小附設幼兒園"), ("E1L", "小熊班園舍")):
        db.session.add(Site(tenant_id=desk.cast.e1.tenant_id, code=code, name=name, profile="KH_PRESCHOOL"))
    db.session.commit()

    found = officer.get("/agency/institutions", query_string={"q": typed}).text

    assert ">向陽國小</a>" in found
    assert "國民小學，附設幼兒園，E1" in found
    assert "晨光" not in found
