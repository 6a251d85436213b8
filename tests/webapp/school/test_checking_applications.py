"""What the handler finds of an application, what it reminds of, and which others are of the same event."""

from datetime import timedelta

import pytest

from infra import clock
from infra.db import db
from infra.tenancy import Binding, bind
from tenants.disclosures.asking import AskedWindow
from tenants.disclosures.insider import filing
from tenants.disclosures.windows import windows_of
from tenants.roc_dates import short_date
from tests.factories import footage, retention
from tests.factories.insiders import LOOKUP, PARENT, application
from tests.webapp.desk import START
from tests.webapp.school.one_application import FATHER, Case


@pytest.mark.req("KH-6-2a", "DR-27")
def test_a_check_that_lacks_something_is_shown_again_beside_its_field(case: Case) -> None:
    for name, sentence in (
        ("standing", "請選擇查得的身分"),
        ("eligibility", "請選擇申請人資格"),
        ("specific", "請選擇事由是否具體"),
        ("seen", "請核對孩子於事發日"),
    ):
        assert sentence in case.check(422, **{name: [] if name == "seen" else ""}), name
    assert "請說明理由" in case.check(422, standing="relative", eligibility="ineligible")
    assert "清單" in case.check(422, eligibility="neither")
    assert "請勾選頁面上列出的文件" in case.check(422, seen=["passport of a friend"])


@pytest.mark.req("KH-6-2a", "KH-6-2b")
def test_who_is_not_covered_is_flagged_on_the_page_with_what_was_seen(case: Case) -> None:
    case.check(standing="not_enrolled", eligibility="ineligible", eligibility_note="事發前一週已離園")
    page = case.desk.browser("e1-head").get(case.address).text
    assert "事發日孩子不在籍" in page
    assert "事發前一週已離園" in page
    assert "幼兒（學生）名冊、戶口名簿或戶籍謄本" in page


@pytest.mark.req("KH-1-1")
def test_what_is_outside_the_purpose_is_flagged_and_asks_for_a_reason(case: Case) -> None:
    assert "與設置目的不符" not in case.desk.browser("e1-handler").get(case.address).text
    case.row().reason = "為考核教師出勤情形，請提供教室影像"
    db.session.commit()
    page = case.desk.browser("e1-handler").get(case.address).text
    assert "與設置目的不符：事由提到「考核」「出勤」" in page
    case.check()
    assert "更正查核結果" not in case.desk.browser("e1-handler").get(case.address).text, "a reason is still asked for"
    assert "仍予受理的理由" in case.step("e1-handler", "signature", 422, box="cctv_handler")
    case.check(purpose_note="實為查明受傷經過")
    case.step("e1-handler", "signature", box="cctv_handler")


@pytest.mark.req("KH-6-2c6")
def test_where_no_right_is_named_a_refusal_stands_ready(case: Case) -> None:
    assert "建議不同意" not in case.desk.browser("e1-head").get(case.address).text
    case.row().concerned_right = ""
    db.session.commit()
    page = case.desk.browser("e1-head").get(case.address).text
    assert "未指明權益" in page
    assert "建議不同意" in page


REPORT = {"known_day": short_date(clock.today()), "known_time": "00:00", "reported_day": "", "reported_time": ""}


@pytest.mark.req("KH-6-2c1", "KH-6-2c2", "KH-6-2c4")
@pytest.mark.parametrize(
    ("ground", "words"),
    [
        ("suspected_mistreatment", "24小時內向主管機關通報"),
        ("gender_incident", "24小時內通報主管機關"),
        ("unlawful_harm_on_duty", "職安通報編號或網址"),
    ],
)
def test_a_ground_reminds_of_what_is_to_be_reported(case: Case, ground: str, words: str) -> None:
    assert 'id="report-duty"' not in case.desk.browser("e1-handler").get(case.address).text
    case.row().ground = ground
    db.session.commit()
    page = case.desk.browser("e1-handler").get(case.address).text
    assert words in page
    assert "本系統不會代為通報" in page


@pytest.mark.req("KH-6-2c1")
def test_a_report_is_typed_with_its_faults_beside_it_and_shown(case: Case) -> None:
    case.row().ground = "suspected_mistreatment"
    db.session.commit()
    assert "請一併填寫" in case.step("e1-handler", "report", 422, **REPORT | {"reported_time": "00:00"})
    assert "請填寫通報時間" in case.step("e1-handler", "report", 422, **REPORT | {"report_number": "1150001234"})
    assert "請填寫知悉日期" in case.step("e1-handler", "report", 422, **REPORT | {"known_day": ""})
    whole = REPORT | {"reported_day": short_date(clock.today()), "reported_time": "00:00"}
    case.step("e1-handler", "report", **whole | {"report_number": "1150001234"})
    assert "1150001234" in case.desk.browser("e1-head").get(case.address).text
    case.step("e1-staff", "report", 403, **REPORT)


@pytest.mark.req("KH-6-2b", "DR-37")
def test_two_of_one_event_are_linked_at_the_desk_by_their_numbers(case: Case) -> None:
    window = AskedWindow(
        camera_id=case.desk.cast.e1.cameras["E-GATE"], started_at=START, ended_at=START + timedelta(minutes=5)
    )
    other = filing.file_application(
        actor=PARENT,
        tenant_id=case.tenant_id,
        application=application(window, ground="personal_rights", incident=None, name="張大明", relation="父"),
        lookup=LOOKUP,
    )
    db.session.commit()
    other_id, serial = other.id, other.serial
    assert f'可能為同一事件：<a href="/schools/{case.tenant_id}/applications/{other_id}/">{serial}' in _page(case)

    case.step("e1-handler", "links", other_id=str(other_id))

    page = _page(case)
    assert serial in page
    assert "取消連結" in page
    assert "張大明" not in page
    case.step("e1-handler", "links", 404, other_id=str(case.desk.cast.ids["e1-head"]))
    case.step("e1-handler", "links", 400, other_id="1")
    case.step("e1-handler", "unlinking")
    assert "取消連結" not in _page(case)


def _page(case: Case) -> str:
    return case.desk.browser("e1-handler").get(case.address).text


@pytest.mark.req("KH-6-3b", "DR-01")
def test_footage_that_was_lost_after_it_was_asked_for_is_told_first(case: Case) -> None:
    bind(db.session, Binding(tenant_id=case.tenant_id))
    e1 = case.desk.cast.e1
    key = footage.day_key(e1, day=START)
    footage.segment(e1, device_id=footage.device(e1), camera="E-GATE", started_at=START)
    key.destroyed_at, key.wrapped_secret = clock.now(), None
    retention.destruction(e1, day=clock.civil_day(START))
    assert "違反先行保全" in _page(case)
    home = case.desk.browser("e1-head").get(f"/schools/{case.tenant_id}/").text
    assert "影像於收件後遭刪除，違反先行保全" in home


@pytest.mark.req("KH-6-1g")
def test_a_head_who_checked_what_they_decide_is_told_and_the_page_keeps_it(case: Case) -> None:
    case.up_to_the_head()
    head = case.desk.browser("e1-head")
    assert "收件與核定宜由不同人為之" not in head.get(case.address).text
    case.step("e1-head", "check", **FATHER)
    assert "收件與核定宜由不同人為之" in head.get(case.address).text
    assert "收件與核定宜由不同人為之" not in _page(case), "told to who decides"
    window = next(iter(windows_of(case.row()).values()))
    case.step("e1-head", "decision", **{"grants-0-window_id": str(window.id), "grants-0-verdict": "all"})
    assert "核定本案者先前也辦理了本案的「查核申請人資格」" in _page(case)
