"""啟用前檢核: no first box without the notice (KH-5-1b)."""

from datetime import timedelta

import pytest

from infra import clock
from infra.db import db
from infra.tenancy import Binding, bind
from tenants.registry.models import EnrolmentToken, Site
from tenants.roc_dates import short_date
from tests.factories import footage
from tests.webapp.conftest import WebClient
from tests.webapp.desk import Desk
from tests.webapp.school.test_people_and_devices import nonce

pytestmark = pytest.mark.req("KH-5-1b")


@pytest.fixture
def unposted(desk: Desk) -> Desk:
    """K1 before its notice hangs."""
    bind(db.session, Binding(tenant_id=desk.cast.k1.tenant_id))
    site = db.session.get_one(Site, desk.cast.k1.site_id)
    site.notice_posted_on = site.notice_places = None
    db.session.commit()
    return desk


def asked(desk: Desk, head: WebClient) -> dict[str, str]:
    return {"site": str(desk.cast.k1.site_id), "nonce": nonce(head, desk.school)}


def notice(desk: Desk, **changed: str) -> dict[str, str]:
    said = {"notice_site": str(desk.cast.k1.site_id), "posted_on": short_date(clock.today()), "hangs_at": "大門"}
    return said | changed


def test_a_first_box_waits_for_the_notice(unposted: Desk) -> None:
    head, page = unposted.browser("k1-head"), f"{unposted.school}/devices/"
    assert "未張貼告知事項" in head.get(page).text
    refused = head.post(f"{page}tokens", data=asked(unposted, head))
    assert (refused.status_code, "不能啟用錄影" in refused.text) == (422, True)
    assert db.session.scalars(db.select(EnrolmentToken)).all() == []
    assert "已登記" in head.post(f"{page}notice", data=notice(unposted), follow_redirects=True).text
    issued = head.post(f"{page}tokens", data=asked(unposted, head))
    assert issued.status_code == 200


def test_a_site_that_records_already_is_not_stopped(unposted: Desk) -> None:
    footage.device(unposted.cast.k1)
    head = unposted.browser("k1-head")
    assert head.post(f"{unposted.school}/devices/tokens", data=asked(unposted, head)).status_code == 200


@pytest.mark.parametrize(
    ("changed", "sentence"),
    [
        ({"hangs_at": " "}, "請填寫張貼的位置"),
        ({"posted_on": ""}, "請填寫張貼日期"),
        ({"posted_on": short_date(clock.today() + timedelta(days=1))}, "不能晚於今天"),
    ],
)
def test_a_notice_hangs_somewhere_since_some_day(unposted: Desk, changed: dict[str, str], sentence: str) -> None:
    answer = unposted.browser("k1-head").post(f"{unposted.school}/devices/notice", data=notice(unposted, **changed))
    assert (answer.status_code, sentence in answer.text) == (422, True)
