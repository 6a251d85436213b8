"""The head records what the meeting passed, beside the article; everybody who may look sees what was and will be."""

from datetime import timedelta

import pytest

from infra import clock
from infra.db import db
from infra.tenancy import Binding, bind
from tenants import periods
from tenants.registry import policies
from tenants.registry.models import Site
from tenants.roc_dates import format_date, short_date
from tests.factories import footage
from tests.factories.registry import scheduled
from tests.webapp.desk import Desk

TODAY = clock.today()
OPEN = periods.changeable_from(TODAY)


@pytest.fixture
def page(desk: Desk) -> str:
    """The page of K1, which has a box."""
    bind(db.session, Binding(tenant_id=desk.cast.k1.tenant_id))
    footage.device(desk.cast.k1)
    db.session.commit()
    return f"{desk.school}/policies/"


def typed(desk: Desk, **changes: str) -> dict[str, str]:
    whole = {
        "site": str(desk.cast.k1.site_id),
        "retention_days": "30",
        "effective_from": short_date(OPEN),
        "meeting": "115學年度第1次園務會議",
        "meeting_on": short_date(TODAY),
        "minutes": "園務字第1150008號",
        "considerations": "出入口鄰近大馬路",
    }
    return whole | changes


@pytest.mark.req("KH-2-1", "KH-2-2", "KH-2-3")
def test_the_head_records_it_and_takes_it_back(desk: Desk, page: str) -> None:
    head = desk.browser("k1-head")
    answer = head.post(page, data=typed(desk), follow_redirects=True)
    assert "已錄存的影像仍依原天數保存" in answer.text
    for part in (
        f"{format_date(OPEN)}起 30 日",
        "115學年度第1次園務會議",
        "園務字第1150008號",
        "尚未生效",
        "要點第二點",
    ):
        assert part in answer.text
    bind(db.session, Binding(tenant_id=desk.cast.k1.tenant_id))
    (made,) = policies.history(tenant_id=desk.cast.k1.tenant_id)
    back = head.post(f"{page}{made.id}/withdrawal", follow_redirects=True).text
    assert "已撤回" in back
    assert "目前沒有" in back


@pytest.mark.req("KH-2-1", "KH-2-2")
@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"retention_days": "10"}, "不得少於14日（要點第五點第三款）"),
        ({"retention_days": "400"}, "一年內銷毀（要點第五點第四款）"),
        ({"effective_from": short_date(TODAY - timedelta(days=3))}, "不得溯及既往縮短或變更（要點第二點）"),
        ({"effective_from": short_date(OPEN - timedelta(days=1))}, "錄影金鑰已核發"),
        ({"meeting": "行政會議"}, "應經園務會議通過（要點第二點）"),
        ({"meeting_on": "115/2/29"}, "115年2月只有28日"),
        ({"meeting_on": ""}, "請填寫園務會議的日期"),
        ({"minutes": ""}, "請填寫園務會議紀錄的文號"),
    ],
)
def test_what_cannot_be_recorded_is_said_beside_its_field(
    desk: Desk, page: str, changes: dict[str, str], sentence: str
) -> None:
    answer = desk.browser("k1-head").post(page, data=typed(desk, **changes))
    assert (answer.status_code, sentence in answer.text) == (422, True)
    bind(db.session, Binding(tenant_id=desk.cast.k1.tenant_id))
    assert policies.history(tenant_id=desk.cast.k1.tenant_id) == []


@pytest.mark.req("KH-2-2", "DR-08")
def test_the_handler_looks_and_plans_storage_but_records_no_days(desk: Desk, page: str) -> None:
    handler = desk.browser("k1-handler")
    assert "登記通過的天數" not in handler.get(page).text
    assert handler.post(page, data=typed(desk)).status_code == 403
    planned = {"planned_site": str(desk.cast.k1.site_id), "gigabytes": "2,000"}
    assert "2,000 GB" in handler.post(f"{page}capacity", data=planned, follow_redirects=True).text
    wrong = handler.post(f"{page}capacity", data=planned | {"gigabytes": "很多"})
    assert (wrong.status_code, "單位為 GB" in wrong.text) == (422, True)
    assert desk.browser("k1-guard").get(page).status_code == 403
    assert desk.browser("e1-head").get(page).status_code == 404
    foreign = typed(desk, site=str(desk.cast.e1.site_id))
    assert "請從清單中選取" in desk.browser("k1-head").post(page, data=foreign).text
    bind(db.session, Binding(tenant_id=desk.cast.k1.tenant_id))
    assert db.session.get_one(Site, desk.cast.k1.site_id).capacity_bytes == 2000 * 10**9


@pytest.mark.req("DR-10")
def test_a_version_that_the_bureau_entered_is_told_before_its_day(desk: Desk, page: str) -> None:
    scheduled(effective_from=OPEN, min_days=45)
    text = desk.browser("k1-handler").get(page).text
    assert f"{format_date(OPEN)}起 45 日" in text
    assert "規定自" in text
    assert "高市教幼字第1160001號" in text
    assert page in desk.browser("k1-handler").get(f"{desk.school}/retention").text


@pytest.mark.req("KH-2-1", "KH-2-2")
def test_all_that_cannot_be_recorded_is_told_in_one_round(desk: Desk, page: str) -> None:
    nothing = {"retention_days": "10", "effective_from": "", "meeting": "", "meeting_on": "", "minutes": ""}
    answer = desk.browser("k1-head").post(page, data=typed(desk, **nothing))

    summary = answer.text.partition('class="sy-errors"')[2].partition("</div>")[0]
    for field in nothing:
        assert summary.count(f'href="#{field}"') == 1, field
        assert f'id="{field}-error"' in answer.text
    assert answer.status_code == 422


@pytest.mark.req("KH-2-2")
def test_an_old_meeting_is_warned_of_and_may_be_confirmed(desk: Desk, page: str) -> None:
    head = desk.browser("k1-head")
    old = typed(desk, meeting_on=short_date(OPEN - timedelta(days=periods.YEAR_DAYS + 9)))
    warned = head.post(page, data=old)

    assert (warned.status_code, "距生效日已逾一年" in warned.text) == (422, True)
    assert 'name="confirmed"' in warned.text
    assert "園務字第1150008號" in warned.text, "what was typed is still there"
    assert "已錄存的影像仍依原天數保存" in head.post(page, data=old | {"confirmed": "y"}, follow_redirects=True).text
