"""Pages that need no account."""

from uuid import UUID

import pytest

from infra.db import db
from infra.tenancy import Binding, bind
from tenants.registry.models import Camera
from tests.factories import people
from tests.factories.registry import attached_preschool, institution
from tests.webapp.conftest import WebClient
from webapp.public.presenters import MOST_FOUND


@pytest.mark.req("KH-5-1b", "KH-1-1", "KH-3-11")
def test_a_notice_says_what_the_law_asks_and_names_no_camera(web_client: WebClient) -> None:
    school = institution("K1", retention_days=30)
    address = f"/notice/{school.tenant_id}"
    page = web_client.get(address).text
    for item in ("目的", "資料類別", "利用期間", "利用地區", "利用對象", "利用方式", "您的權利", "保存 30 日"):
        assert item in page
    assert "要點第一點" in page
    assert "錄影及錄音" not in page
    assert "C-GATE" not in page
    bind(db.session, Binding(tenant_id=school.tenant_id))
    db.session.get_one(Camera, school.cameras["C-GATE"]).audio = True
    db.session.commit()
    assert "錄影及錄音" in web_client.get(address).text


@pytest.mark.req("DR-11")
def test_a_school_with_a_preschool_tells_each_under_its_own_regulation(web_client: WebClient) -> None:
    school = institution("E1", kind="elementary_school", name="向陽國小", profile="TY_ELEMENTARY")
    attached_preschool(school)
    page = web_client.get(f"/notice/{school.tenant_id}").text
    assert "計畫貳" in page
    assert "要點第一點" in page


@pytest.mark.req("TY-2-1", "KH-1-1")
def test_a_notice_prints_the_purpose_in_its_regulations_words(web_client: WebClient) -> None:
    school = institution("E1", kind="elementary_school", name="向陽國小", profile="TY_ELEMENTARY")
    preschool = institution("K1")
    of_school = web_client.get(f"/notice/{school.tenant_id}").text
    assert "為維護校園安全，並保護個人隱私" in of_school
    assert "打造優質友善學習空間" in of_school
    of_preschool = web_client.get(f"/notice/{preschool.tenant_id}").text
    assert "以維教保服務機構師生安全，並保護個人隱私" in of_preschool
    assert "打造優質友善學習空間" not in of_preschool


@pytest.mark.req("DR-08")
def test_there_is_no_notice_of_nobody_nor_of_the_bureau(web_client: WebClient) -> None:
    assert web_client.get(f"/notice/{UUID(int=5)}").status_code == 404
    assert web_client.get(f"/notice/{people.bureau()}").status_code == 404


@pytest.mark.req("KH-6-1e")
def test_an_asker_learns_the_four_elements_before_writing_the_letter(web_client: WebClient) -> None:
    page = web_client.get("/about-access").text
    assert "法令依據、調閱目的、範圍及用途" in page
    assert "請先向警察機關報案，或循司法程序" in page


@pytest.mark.req("KH-5-1b")
def test_a_parent_finds_the_notice_by_the_name_of_the_school(web_client: WebClient) -> None:
    school = institution("K1", name="守園市私立晨光幼兒園")
    institution("E1", kind="elementary_school", name="臺北國小", profile="TY_ELEMENTARY")
    people.bureau()

    assert 'action="/notices"' in web_client.get("/").text
    assert "/notice/" not in web_client.get("/notices").text
    assert "/notice/" not in web_client.get("/notices?q=%20").text
    found = web_client.get("/notices?q=晨光").text
    assert f'href="/notice/{school.tenant_id}">守園市私立晨光幼兒園</a>' in found
    assert "臺北國小" not in found
    assert "臺北國小" in web_client.get("/notices?q=台北").text
    assert "找不到" in web_client.get("/notices?q=教育局").text
    assert "<b>" not in web_client.get("/notices?q=<b>").text


def test_a_search_tells_a_few_names_and_nothing_else_of_an_institution(web_client: WebClient) -> None:
    schools = [institution(f"K{number}", name=f"第{number}幼兒園", cameras=()) for number in range(MOST_FOUND + 1)]

    page = web_client.get("/notices?q=幼兒園").text

    assert page.count('href="/notice/') == MOST_FOUND
    assert "請輸入更完整的名稱" in page
    assert "K1<" not in page
    assert str(schools[0].site_id) not in page


@pytest.mark.req("KH-6-2j", "TY-5-1f", "DR-28")
def test_a_notice_says_how_a_guardian_asks_and_that_copies_are_another_matter(web_client: WebClient) -> None:
    preschool = institution("K1")
    school = institution("E1", kind="elementary_school", name="向陽國小", profile="TY_ELEMENTARY")

    young, older = (web_client.get(f"/notice/{each.tenant_id}").text for each in (preschool, school))

    assert "不得複製或翻攝" in young
    assert "不得複製。" in older
    assert "向本學校事務組填寫「監視器攝錄資料調閱申請單」" in older
    for page in (young, older):
        assert "依該法另行審核答復" in page
        assert "如何聯絡" in page
