"""The bureau reads cameras by the three groups, and attempts at forbidden places without a typed word (KH-3-5)."""

import re

import pytest

from infra import clock
from infra.db import db
from infra.tenancy import Binding, bind
from tenants.actor import system
from tenants.compliance.articles import actions as articles
from tests.factories import assessments, people
from tests.webapp.desk import Desk


@pytest.mark.req("KH-3-5", "KH-3-6", "KH-3-1", "DR-09", "DR-30")
def test_groups_stay_apart_and_no_typed_word_or_picture_is_on_the_page(desk: Desk) -> None:
    people.bureau_officer()
    k1 = desk.cast.k1
    bind(db.session, Binding(tenant_id=k1.tenant_id))
    assessments.attempt(k1, by=desk.cast.ids["k1-head"])
    articles.take_findings(tenant_id=k1.tenant_id, day=clock.today(), now=clock.now(), actor=system("test"))
    db.session.commit()
    page = desk.browser("bureau").get("/bureau/zones").text
    for words in ("戶外公共區域", "室內公共區域", "室內活動室", "待補評估 2 支", "廁所、盥洗室內", "逐筆登記"):
        assert words in page
    (e1,) = re.findall(r"<tr>\s*<th scope=\"row\"><a[^>]*>向陽國小.*?</tr>", page, re.DOTALL)
    assert e1.count("無資料") == 4
    for forbidden in ("女廁", "<video", "<img", "/media/", ".m3u8"):
        assert forbidden not in page
    assert desk.browser("k1-head").get("/bureau/zones").status_code in {403, 404}
