"""The bureau restricts brands by its documents and reads each institution's equipment in figures (DR-35)."""

import pytest

from infra import clock
from infra.db import db
from infra.tenancy import Binding, bind
from tenants.actor import system
from tenants.compliance.articles import actions as articles
from tenants.roc_dates import short_date
from tenants.upkeep.property import queries
from tests.factories import assets, people
from tests.webapp.desk import Desk

ADDRESS = "/bureau/brands"


@pytest.mark.req("DR-35", "DR-09", "DR-30")
def test_a_brand_is_restricted_counted_and_lifted(desk: Desk) -> None:
    people.bureau_officer()
    people.auditor()
    browser, k1 = desk.browser("bureau"), desk.cast.k1
    said = {"brand": "危視科技", "document": "院授數資安字第1號", "effective_from": short_date(clock.today())}
    assert browser.post(ADDRESS, data=said).status_code == 303
    again = browser.post(ADDRESS, data=said | {"brand": "危視 科技"})
    assert (again.status_code, "已列為限制廠牌" in again.text) == (422, True)
    assert "所依據的公文文號" in browser.post(ADDRESS, data=said | {"brand": "另一", "document": ""}).text
    bind(db.session, Binding(tenant_id=k1.tenant_id))
    assets.asset(k1, custodian=desk.cast.ids["k1-head"], brand="危視科技", name="門口那一支")
    articles.take_findings(tenant_id=k1.tenant_id, day=clock.today(), now=clock.now(), actor=system("test"))
    db.session.commit()
    page = browser.get(ADDRESS).text
    assert page.index("晨光幼兒園") < page.index("向陽國小"), "who has such devices stands first"
    assert "無資料" in page.split("向陽國小")[1].split("</tr>")[0]
    for forbidden in ("門口那一支", "<video", "<img", "/media/"):
        assert forbidden not in page
    (made,) = queries.brands()
    assert desk.browser("auditor").post(f"{ADDRESS}/{made.id}/lifting").status_code == 403
    assert "已解除" in browser.post(f"{ADDRESS}/{made.id}/lifting", follow_redirects=True).text
