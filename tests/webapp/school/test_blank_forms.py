"""Blank forms, for anybody at the institution at any time, each in its regulation's words (DR-20)."""

import pytest

from tests import printouts
from tests.webapp.desk import Desk

pytestmark = [pytest.mark.needs("faces", "pdftotext"), pytest.mark.req("DR-20", "KH-6-2d", "KH-7-2")]


@pytest.mark.parametrize("role", ["head", "handler", "guard", "staff"])
def test_everybody_at_the_institution_prints_both_forms(desk: Desk, role: str) -> None:
    browser = desk.browser(f"k1-{role}")
    page = browser.get(f"{desk.school}/forms/").text
    site = f"{desk.school}/forms/{desk.cast.k1.site_id}"

    for name, title in (("request", "監視錄影系統監錄資料調閱申請單"), ("register", "監視錄影系統監錄資料調閱登記簿")):
        assert f"{site}/{name}.pdf" in page
        assert title in page
        answer = browser.get(f"{site}/{name}.pdf")
        assert (answer.status_code, answer.mimetype) == (200, "application/pdf")
        assert title in printouts.words(answer.data)


@pytest.mark.req("TY-A1-01", "TY-5-4b", "TY-X-1")
def test_a_school_of_ty_prints_its_own_and_no_word_of_the_other(desk: Desk) -> None:
    browser, of = desk.browser("e1-guard"), desk.cast.e1
    page = browser.get(f"/schools/{of.tenant_id}/forms/").text
    said = printouts.words(browser.get(f"/schools/{of.tenant_id}/forms/{of.site_id}/register.pdf").data)

    assert "附錄1" in page
    assert "附件" not in page
    assert "監視器攝錄資料調閱登記簿本系統預設格式" in said
    assert "附錄3" not in said


@pytest.mark.req("DR-08")
def test_another_institutions_site_has_no_form_here(desk: Desk) -> None:
    address = f"{desk.school}/forms/{desk.cast.e1.site_id}/request.pdf"
    assert desk.browser("k1-guard").get(address).status_code == 404
