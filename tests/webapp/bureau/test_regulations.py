"""The bureau's officer reckons a version, enters it, and takes it back; no picture is anywhere (DR-10, DR-09)."""

import re
from datetime import timedelta

import pytest
from flask import Flask

from infra import clock
from infra.db import db
from infra.tenancy import Binding, bind
from tenants import periods
from tenants.registry import regulations
from tenants.registry.models import Site
from tenants.roc_dates import format_date, short_date
from tests.factories import compliance, people
from tests.factories.registry import Institution, institution
from tests.webapp.conftest import WebClient

OPEN = periods.changeable_from(clock.today())
ADDRESS = "/bureau/regulations"

pytestmark = pytest.mark.req("DR-10")


def typed(step: str = "schedule", **changes: str) -> dict[str, str]:
    whole = {
        "code": "KH_PRESCHOOL",
        "effective_from": short_date(OPEN),
        "min_days": "30",
        "version": "116",
        "document": "高市教幼字第1160001號",
        "words": "監錄資料應保存至少30日以上。",
        "replaces": "",
        "step": step,
    }
    return whole | changes


@pytest.fixture
def city(domain: Flask) -> Institution:
    """K1 with 10 GB planned and 1 GB a day, K2 of which nobody knows anything, and the bureau's people."""
    assert domain
    people.bureau_officer()
    people.operator()
    people.auditor()
    k1 = institution("K1")
    institution("K2", name="月光幼兒園")
    bind(db.session, Binding(tenant_id=k1.tenant_id))
    compliance.stored(k1)
    db.session.get_one(Site, k1.site_id).capacity_bytes = 10 * 10**9
    db.session.commit()
    return k1


@pytest.mark.req("DR-09", "DR-30")
def test_a_reckoning_says_which_sites_lack_room_and_enters_nothing(web_client: WebClient, city: Institution) -> None:
    page = web_client.sign_in("bureau").post(ADDRESS, data=typed("forecast", version="", document="", words="")).text
    rows = re.findall(r'<tr>\s*<th scope="row">(?:晨|月)光幼兒園.*?</tr>', page, re.DOTALL)
    assert ["空間不足" in rows[0], "無資料" in rows[1]] == [True, True]
    assert "尚缺 21.0 GB" in rows[0]
    assert "sy-good" not in rows[1], "unknown never looks fine"
    assert rows[0].count("未登記通過") == 1
    assert "這是試算，尚未排定任何版本" in page
    assert regulations.living() == []
    for forbidden in ("<video", "/media/", "segment", ".m3u8"):
        assert forbidden not in page
    assert city


@pytest.mark.usefixtures("city")
def test_a_version_is_entered_shown_and_taken_back(web_client: WebClient) -> None:
    client = web_client.sign_in("bureau")
    answer = client.post(ADDRESS, data=typed())
    assert answer.status_code == 303
    page = client.get(answer.location).text
    for part in (format_date(OPEN), "30 日", "高市教幼字第1160001號", "監錄資料應保存至少30日以上。", "空間不足"):
        assert part in page
    assert "已排定，尚未生效" in client.get(ADDRESS).text
    back = client.post(f"{answer.location}/withdrawal", follow_redirects=True).text
    assert "已撤回第 116 版" in back
    assert regulations.living() == []
    assert "撤回，不會生效" in client.get(answer.location).text


@pytest.mark.usefixtures("city")
def test_a_version_takes_the_place_of_one_that_has_not_begun(web_client: WebClient) -> None:
    client = web_client.sign_in("bureau")
    client.post(ADDRESS, data=typed())
    (first,) = regulations.living()
    db.session.rollback()
    client.post(ADDRESS, data=typed(min_days="45", replaces=str(first.id)))
    assert [each.min_days for each in regulations.living()] == [45]


@pytest.mark.usefixtures("city")
@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"min_days": "10"}, "不得少於現行的14日（要點第五點第三款）"),
        ({"min_days": "400"}, "一年內銷毀"),
        ({"effective_from": short_date(OPEN - timedelta(days=1))}, "錄影金鑰已核發"),
        ({"effective_from": short_date(clock.today() - timedelta(days=1))}, "不得溯及既往"),
        ({"effective_from": ""}, "請填寫生效日"),
        ({"document": " "}, "請填寫發布或修正規定的文號"),
        ({"code": "OTHER"}, "請從清單中選取"),
    ],
)
def test_what_cannot_be_entered_is_said_beside_its_field(
    web_client: WebClient, changes: dict[str, str], sentence: str
) -> None:
    answer = web_client.sign_in("bureau").post(ADDRESS, data=typed(**changes))
    assert (answer.status_code, sentence in answer.text) == (422, True)
    assert regulations.living() == []


@pytest.mark.req("DR-09")
@pytest.mark.usefixtures("city")
def test_an_auditor_looks_and_enters_nothing_and_an_operator_sees_no_such_page(web_client: WebClient) -> None:
    auditor = web_client.sign_in("auditor")
    page = auditor.get(ADDRESS)
    assert (page.status_code, "排定新版本" in page.text) == (200, False)
    assert auditor.post(ADDRESS, data=typed()).status_code == 403
    assert web_client.sign_in("operator").get(ADDRESS).status_code == 403


@pytest.mark.usefixtures("city")
def test_all_that_cannot_be_entered_is_told_in_one_round(web_client: WebClient) -> None:
    past = short_date(clock.today() - timedelta(days=1))
    wrong = {"min_days": "10", "effective_from": past, "version": "1", "document": "", "words": ""}
    answer = web_client.sign_in("bureau").post(ADDRESS, data=typed(**wrong))

    summary = answer.text.partition('class="sy-errors"')[2].partition("</div>")[0]
    for field in wrong:
        assert f'href="#{field}"' in summary, field
        assert f'id="{field}-error"' in answer.text
    assert (answer.status_code, regulations.living()) == (422, [])
