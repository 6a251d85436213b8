"""Pages that need no account."""

from uuid import UUID

import pytest

from infra.db import db
from infra.tenancy import Binding, bind
from tenants.registry.models import Camera, Site
from tests.factories import people
from tests.factories.registry import institution
from tests.webapp.conftest import WebClient


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
    bind(db.session, Binding(tenant_id=school.tenant_id))
    attached = Site(
        tenant_id=school.tenant_id, code="E1K", name="附設幼兒園", profile="KH_PRESCHOOL", retention_days=14
    )
    db.session.add(attached)
    db.session.commit()
    page = web_client.get(f"/notice/{school.tenant_id}").text
    assert "計畫貳" in page
    assert "要點第一點" in page


@pytest.mark.req("DR-08")
def test_there_is_no_notice_of_nobody_nor_of_the_bureau(web_client: WebClient) -> None:
    assert web_client.get(f"/notice/{UUID(int=5)}").status_code == 404
    assert web_client.get(f"/notice/{people.bureau()}").status_code == 404


@pytest.mark.req("KH-6-1e")
def test_an_asker_learns_the_four_elements_before_writing_the_letter(web_client: WebClient) -> None:
    page = web_client.get("/about-access").text
    assert "法令依據、調閱目的、範圍及用途" in page
    assert "請先向警察機關報案，或循司法程序" in page
