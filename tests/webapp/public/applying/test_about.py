"""What an institution's page for applicants says before anybody proves anything."""

import pytest

from infra import clock, qr
from infra.db import db
from tenants.registry.models import Tenant
from tenants.roc_dates import format_date
from tests import printouts
from tests.factories import people
from tests.factories.cast import Cast
from tests.webapp.public.applying.conftest import Door
from tests.webapp.visitor import START, Visitor


@pytest.mark.req("KH-6-2a", "KH-6-2b", "KH-6-2c1", "KH-6-3b", "TY-5-1b", "TY-5-1e")
def test_each_institution_speaks_by_its_own_regulation(parent: Visitor, door: Door) -> None:
    preschool, school = parent.get("/").text, door("E1").get("/").text

    assert "疑似不當對待事件" in preschool
    assert "專案小組" in preschool
    assert "不得複製，也不得對螢幕翻拍" in preschool
    assert f"<strong>{format_date(clock.civil_day(START))}</strong>" in preschool
    assert "C-GATE" not in preschool, "no single camera is named to everybody"
    assert "疑似不當對待事件" not in school
    assert "專案小組" not in school
    assert "由事務組受理" in school
    assert "目前沒有可查的影像" in school


@pytest.mark.req("KH-6-2a")
def test_the_institutions_telephone_is_there_to_tap(parent: Visitor, town: Cast) -> None:
    assert "尚未登載電話，請洽該機構辦公室" in parent.get("/").text
    tenant = db.session.get_one(Tenant, town.k1.tenant_id)
    tenant.phone = "07-555-0101#12"
    db.session.commit()

    assert '<a class="text-nowrap" href="tel:075550101,12">07-555-0101#12</a>' in parent.get("/").text


@pytest.mark.req("DR-08")
def test_there_is_no_door_of_nobody_nor_of_the_bureau(parent: Visitor) -> None:
    assert people.bureau()
    for code in ("K9", "BUREAU", "k1'--"):
        parent.code = code
        assert parent.get("/").status_code == 404
        assert parent.get("/follow").status_code == 404


@pytest.mark.req("KH-6-2g")
def test_the_sign_at_the_gate_leads_here(parent: Visitor) -> None:
    page = parent.get("/poster").text
    assert "http://localhost/apply/K1/" in page
    assert 'src="/apply/K1/qr.svg"' in page
    picture = parent.get("/qr.svg")
    assert picture.mimetype == "image/svg+xml"
    assert picture.data == qr.svg("http://localhost/apply/K1/")
    assert picture.data.startswith(b"<svg")


def test_the_notice_leads_to_the_form(parent: Visitor) -> None:
    notice = parent.browser.get(f"/notice/{parent.tenant_id}").text
    assert 'href="/apply/K1/"' in notice


@pytest.mark.needs("faces", "pdftotext")
@pytest.mark.req("DR-20", "KH-6-2d")
def test_anybody_prints_the_empty_form_of_a_site(door: Door) -> None:
    for code, title in (("K1", "監視錄影系統監錄資料調閱申請單"), ("E1", "監視器攝錄資料調閱申請單附錄1")):
        visitor = door(code)
        assert "blank-form.pdf" in visitor.get("/").text
        answer = visitor.browser.get(f"/apply/{code}/blank-form.pdf")
        assert (answer.status_code, answer.mimetype) == (200, "application/pdf")
        assert title in printouts.words(answer.data)
    assert door("K9").browser.get("/apply/K9/blank-form.pdf").status_code == 404
