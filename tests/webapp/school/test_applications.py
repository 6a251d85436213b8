"""An insider's application at the school's desk: checked, signed in turn, decided, and hidden from whom it concerns."""

from datetime import timedelta

import pytest

from infra import clock
from infra.db import db
from tests.webapp.school.one_application import Case


@pytest.mark.req("KH-A1-16", "TY-5-1f", "TY-A1-13", "TY-A1-14", "TY-A1-15")
def test_an_application_is_checked_signed_in_turn_and_decided_by_the_head(case: Case) -> None:
    page = case.desk.browser("e1-handler").get(case.address).text
    assert "請先記錄申請人資格的查核結果" in page
    assert "&lt;b&gt;腳踏車&lt;/b&gt;" in page
    assert "身分證號" in page
    assert "專案小組" not in page
    assert "核定並簽核" not in page

    home = f"/schools/{case.tenant_id}/"
    assert "請查核申請人並簽核" in case.desk.browser("e1-handler").get(home).text
    assert "請核定是否同意調閱" not in case.desk.browser("e1-head").get(home).text
    assert "更正查核結果" not in page, "a check that is still to be made stands open"
    case.check()
    assert "<details><summary>更正查核結果" in case.desk.browser("e1-handler").get(case.address).text
    case.step("e1-handler", "signature", box="cctv_handler")
    for either in ("e1-handler", "e1-head"):  # nobody heads the office, and whoever is there first signs for it
        asked = case.desk.browser(either).get(home).text
        assert "請簽核處室主管欄：未設處室主管，由校（園）長／負責人或監錄系統管理承辦人其中一人兼任簽核（" in asked
    case.step("e1-handler", "signature", box="office_head")
    assert "請核定是否同意調閱" in case.desk.browser("e1-head").get(home).text
    head = case.desk.browser("e1-head").get(case.address).text
    assert "兼任" in head
    assert "核定並簽核" in head
    windows = {"grants-0-window_id": _window(head), "grants-0-verdict": "all"}
    case.step("e1-head", "decision", **windows)

    row = case.row()
    assert (row.state, row.decided_by is not None) == ("approved", True)
    assert "僅得調閱，不得複製" in case.desk.browser("e1-handler").get(case.address).text


@pytest.mark.req("KH-A1-15")
def test_a_second_click_approves_nothing_twice(case: Case) -> None:
    case.up_to_the_head()
    head = case.desk.browser("e1-head").get(case.address).text
    windows = {"grants-0-window_id": _window(head), "grants-0-verdict": "all"}
    case.step("e1-head", "decision", **windows)
    case.step("e1-head", "decision", 409, **windows)
    assert case.desk.browser("e1-head").get(case.address).text.count("兼任") == 1


def _window(page: str) -> str:
    return page.split('name="grants-0-window_id"')[1].split('value="')[1].split('"', maxsplit=1)[0]


@pytest.mark.req("KH-A1-13", "KH-A1-15")
def test_a_step_out_of_turn_or_by_another_is_refused(case: Case) -> None:
    assert "申請人資格" in case.step("e1-handler", "signature", 422, box="cctv_handler")
    case.check()
    case.step("e1-handler", "decision", 403)
    case.step("e1-staff", "signature", 403)
    case.step("officer", "signature", 404)
    case.step("k1-handler", "signature", 404)


@pytest.mark.req("KH-A1-14", "KH-A1-16")
def test_a_second_click_does_not_sign_the_next_box(case: Case) -> None:
    case.check()
    case.step("e1-handler", "signature", box="cctv_handler")
    case.step("e1-handler", "signature", 409, box="cctv_handler")
    case.step("e1-handler", "signature", 400, box="every")
    assert case.desk.browser("e1-handler").get(case.address).text.count("尚未簽核") == 2


@pytest.mark.req("DR-27", "DR-37")
def test_whom_a_case_concerns_sees_nothing_of_it(case: Case) -> None:
    case.check(excluded=str(case.desk.cast.ids["e1-head"]), conflict_note="被申訴人")

    browser = case.desk.browser("e1-head")
    assert browser.get(case.address).status_code == 404
    assert case.row().serial not in browser.get(f"/schools/{case.tenant_id}/cases/").text
    case.step("e1-head", "refusal", 404, refusal="other", reasons="無")


@pytest.mark.req("DR-37", "KH-6-2c2")
def test_a_list_shows_a_sealed_case_under_its_number_only(case: Case) -> None:
    row = case.row()
    row.sealed = True
    serial = row.serial
    db.session.commit()
    listed = case.desk.browser("e1-handler").get(f"/schools/{case.tenant_id}/cases/").text
    assert serial in listed
    assert "密封案件" in listed
    for path in ("cases/", "cases/?all=1", "cases/?q=林可可", "register", "audit/", ""):
        page = case.desk.browser("e1-handler").get(f"/schools/{case.tenant_id}/{path}").text
        assert "林小惠" not in page, path
        assert "林可可" not in page.replace("?q=林可可", ""), path


@pytest.mark.req("DR-37", "TY-5-1b")
def test_who_checks_it_seals_a_case_whose_ground_says_nothing(case: Case) -> None:
    browser = case.desk.browser("e1-handler")
    assert "列為密封案件" in browser.get(case.address).text
    case.check(sealed="y")
    assert case.row().sealed
    page = browser.get(case.address).text
    assert ("密封案件" in page, "列為密封案件" in page) == (True, False), "nobody opens it again"
    assert "林小惠" not in browser.get(f"/schools/{case.tenant_id}/cases/").text
    case.check()
    assert case.row().sealed


@pytest.mark.req("KH-6-3b", "DR-01")
def test_refusing_offers_only_what_is_true_and_tells_why(case: Case) -> None:
    page = case.desk.browser("e1-head").get(case.address).text
    assert 'value="past_retention_and_deleted"' not in page
    assert "請選擇不同意的事由" in case.step(
        "e1-head", "refusal", 422, refusal="past_retention_and_deleted", reasons="逾期"
    )
    assert "敘明理由" in case.step("e1-head", "refusal", 422, refusal="no_ground", reasons="")
    case.step("e1-head", "refusal", refusal="no_ground", reasons="事由不具體，可向警察機關報案。")
    assert case.row().state == "refused"


@pytest.mark.req("KH-A1-16")
def test_a_returned_form_shows_why_and_its_signatures_are_void(case: Case) -> None:
    case.up_to_the_head()
    assert "請說明需要補正的內容" in case.step("e1-handler", "return", 422, note="")
    case.step("e1-handler", "return", note="請說明車子停放的位置")
    page = case.desk.browser("e1-handler").get(case.address).text
    assert "請說明車子停放的位置" in page
    assert page.count("尚未簽核") == 3


@pytest.mark.req("KH-6-4a")
def test_a_granted_case_cannot_be_closed_before_it_was_watched(case: Case) -> None:
    case.up_to_the_head()
    head = case.desk.browser("e1-head").get(case.address).text
    case.step("e1-head", "decision", **{"grants-0-window_id": _window(head), "grants-0-verdict": "all"})
    assert "尚未調閱" in case.step("e1-handler", "closing", 422)
    row = case.row()
    row.decided_at = row.replied_at = clock.now() - timedelta(days=31)
    db.session.commit()
    case.step("e1-handler", "closing")
    assert case.row().state == "closed"


@pytest.mark.req("KH-6-2a", "TY-5-1a")
def test_who_reads_no_cases_is_shown_where_to_ask_for_their_own(case: Case) -> None:
    home = f"/schools/{case.tenant_id}/"
    assert "/apply/E1/" in case.desk.browser("e1-staff").get(home).text
    assert "/apply/E1/" not in case.desk.browser("e1-handler").get(home).text


@pytest.mark.req("KH-6-3b", "KH-6-2d")
def test_of_an_applicant_whom_no_mail_reaches_the_page_says_to_tell_them_otherwise(case: Case) -> None:
    case.up_to_the_head()
    case.step("e1-head", "refusal", refusal="no_ground", reasons="事由不具體，可向警察機關報案。")
    assert "系統沒有寄信" not in case.desk.browser("e1-handler").get(case.address).text
    case.row().email = ""
    db.session.commit()
    assert "系統沒有寄信" in case.desk.browser("e1-handler").get(case.address).text
