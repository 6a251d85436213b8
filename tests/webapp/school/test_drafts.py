"""Drafts of letters: what the institution copies into its document system (KH-6-1f, KH-6-1h)."""

from datetime import timedelta

import pytest

from infra import clock
from infra.db import db
from tenants.roc_dates import format_date, short_date
from tests.webapp.desk import NUMBER, Desk, pdf_file


@pytest.mark.req("KH-6-1h", "TY-5-2d")
def test_the_reply_names_the_letter_the_decision_and_what_binds_the_recipient(desk: Desk) -> None:
    disclosure_id = desk.filed()
    address = f"{desk.school}/cases/{disclosure_id}/reply-draft"
    handler = desk.browser("k1-handler")
    assert handler.get(address).status_code == 404
    assert desk.decide(disclosure_id, copy="", reasons="僅得調閱").status_code == 303

    page = handler.get(address).text

    assert NUMBER in page
    assert "守園市政府警察局向陽分局" in page
    assert "主旨：" in page
    assert "依據「監錄系統實施要點（高雄市政府教育局）」（要點第六點第一項第一款）辦理" in page
    assert "部分同意" in page
    assert "理由：僅得調閱。" in page
    assert "個人資料保護法" in page
    assert "七、" in page


@pytest.mark.req("KH-6-1h")
def test_the_reply_of_a_refusal_says_what_can_be_done(desk: Desk) -> None:
    disclosure_id = desk.filed()
    assert desk.decide(disclosure_id, "none", reasons="與案情無關").status_code == 303

    page = desk.browser("k1-head").get(f"{desk.school}/cases/{disclosure_id}/reply-draft").text

    assert "不同意" in page
    assert "得再以公文向晨光幼兒園申請" in page
    assert "個人資料保護義務" not in page


@pytest.mark.req("KH-6-1f")
def test_what_a_letter_lacks_can_be_printed(desk: Desk) -> None:
    disclosure_id = desk.filed(purpose="", purpose_missing="y", intended_use="", intended_use_missing="y")
    address = f"{desk.school}/cases/{disclosure_id}"
    handler = desk.browser("k1-handler")
    assert handler.get(f"{address}/return-draft").status_code == 404
    sent = handler.post(f"{address}/return", data={"missing": ["purpose", "intended_use"], "note": "請附清單"})
    assert sent.status_code == 303

    page = handler.get(f"{address}/return-draft").text

    assert "來文未載明：調閱目的、用途。請附清單" in page
    assert NUMBER in page
    assert "退請補正函稿（可列印）" in handler.get(address).text


@pytest.mark.req("KH-6-1c")
def test_a_letter_to_somebody_else_is_sent_back_and_its_officer_shown_the_way(desk: Desk) -> None:
    disclosure_id = desk.filed()
    handler = desk.browser("k1-handler")
    address = f"{desk.school}/cases/{disclosure_id}"

    assert handler.post(f"{address}/return", data={"missing": "addressee"}).status_code == 303

    officer = desk.browser("officer")
    page = officer.get(f"{desk.requests()}/{disclosure_id}").text
    assert "來文的受文者不是本機構，請改向受文機構送件並撤回本件" in page
    assert "選擇受文機構" in page
    assert "影像仍先行保全" in page, "what was asked for is kept until it is clear whose it is"
    empty = officer.post(f"{desk.requests()}/{disclosure_id}/completion", data={"purpose": "查明"})
    assert empty.status_code == 422
    assert officer.post(f"{desk.requests()}/{disclosure_id}/withdrawal").status_code == 303
    assert desk.case(disclosure_id).state == "withdrawn"


@pytest.mark.req("KH-6-1c")
def test_a_letter_that_was_meant_for_us_is_completed_with_one_that_says_so(desk: Desk) -> None:
    disclosure_id = desk.filed()
    address = f"{desk.school}/cases/{disclosure_id}"
    assert desk.browser("k1-handler").post(f"{address}/return", data={"missing": "addressee"}).status_code == 303
    officer = desk.browser("officer")

    from_officer = officer.post(f"{desk.requests()}/{disclosure_id}/completion", data={"scan": pdf_file("補正.pdf")})

    assert from_officer.status_code == 303
    row = desk.case(disclosure_id)
    assert (row.state, row.returned_for) == ("submitted", [])


@pytest.mark.req("DR-07", "KH-6-1d")
def test_the_reply_of_a_copy_names_its_fingerprints_and_the_day_it_comes_back(desk: Desk) -> None:
    disclosure_id, due = desk.filed(), clock.today() + timedelta(days=90)
    desk.decide(disclosure_id, return_by=short_date(due))
    package = desk.built(disclosure_id, size=900, sha256="a" * 64)
    package.manifest, package.certificate_fingerprint = "{}", "b" * 64
    db.session.commit()

    page = desk.browser("k1-handler").get(f"{desk.school}/cases/{disclosure_id}/reply-draft").text

    assert "影像清單指紋（SHA-256）：" in page
    assert f"機構憑證指紋：{'b' * 64}" in page
    assert f"返還或銷毀期限：{format_date(due)}" in page
