"""The pages of who convenes: from an application that waits to a resolution, and a correction of it (S1)."""

import re
from datetime import timedelta

import pytest

from infra import clock
from infra.db import db
from tenants.disclosures.insider.panel import queries
from tenants.roc_dates import short_date
from tests.made_identity_numbers import made
from tests.webapp.conftest import WebClient
from tests.webapp.panel.conftest import PanelDesk


@pytest.mark.req("KH-6-2h", "KH-6-Pa", "KH-6-Pb", "KH-6-Pc")
def test_from_a_waiting_case_to_its_resolution(panel: PanelDesk, web_client: WebClient) -> None:
    handler = panel.desk.browser("k1-handler")
    index = handler.get(f"{panel.desk.school}/panel-seats/").text
    assert "尚未召集" in index
    offered = handler.get(f"{panel.desk.school}/cases/{panel.disclosure_id}/panels").text
    assert "召集專案小組" in offered
    assert "要點第六點第二項" in offered
    assert f'href="{panel.desk.school}/applications/{panel.disclosure_id}/"' in offered
    assert panel.convene().status_code == 303
    panel.declare_in_house()
    assert panel.enter(web_client).status_code == 303
    web_client.post(f"{panel.public}/seat/declaration", data={"conflict": "no", "secrecy": "y"})
    early = panel.attended()
    assert early.status_code == 422
    assert "還沒有到" in early.text
    assert "現在開會並登記出席情形" in early.text
    assert panel.attended(to="start", parent_rep="absent").status_code == 422
    assert panel.attended(to="start").status_code == 303
    assert panel.resolved().status_code == 303
    assert panel.case().state == "resolved"
    application = handler.get(f"{panel.desk.school}/applications/{panel.disclosure_id}/").text
    assert "第 1 次決議：同意" in application
    page = handler.get(panel.meeting_page).text
    assert "第 1 次決議：同意" in page
    assert "更正紀錄" in page
    assert "回到申請案" in page, "the signatures come next, on the page of the case"


@pytest.mark.req("KH-6-Pc")
def test_a_meeting_whose_time_has_come_is_not_begun_early_and_says_what_to_do(panel: PanelDesk) -> None:
    panel.convene()
    panel.its_time()
    answer = panel.attended(to="start")
    assert (answer.status_code, "會議時間已到，請直接登記出席情形" in answer.text) == (409, True)
    assert "現在開會" not in panel.desk.browser("k1-handler").get(panel.meeting_page).text


@pytest.mark.req("KH-6-Pc")
def test_a_resolution_without_the_parents_says_so_and_changes_nothing(panel: PanelDesk, web_client: WebClient) -> None:
    panel.sat(web_client, parent_rep="absent")
    answer = panel.resolved()
    assert answer.status_code == 422
    assert "家長代表未與會" in answer.text
    assert panel.case().state == "submitted"


@pytest.mark.req("KH-6-2h")
def test_a_resolution_left_empty_tells_all_that_is_missing_at_once(panel: PanelDesk, web_client: WebClient) -> None:
    panel.sat(web_client)
    seats = len(panel.seats())
    nothing = {f"votes-{number}-vote": "" for number in range(seats)}

    answer = panel.resolved(decision="", minutes="", **nothing, **{"grants-0-verdict": ""})

    assert answer.status_code == 422
    for label, times in (("的表決：請登記這位與會成員的表決。", seats), ("決議：請選擇決議結果。", 1)):
        assert len(re.findall(f'<a href="#[^"]+">[^<]*{label}</a>', answer.text)) == times, label
    for label in ("家長代表的表決", "時段 1 決定：請就這個時段選擇", "會議紀錄：請記錄會議的討論與決議內容。"):
        assert label in answer.text
    for place in re.findall(r'<li><a href="#([^"]+)"', answer.text):
        assert f'id="{place}"' in answer.text, "each fault leads to its field"
    assert panel.case().state == "submitted"


@pytest.mark.req("KH-6-2h")
@pytest.mark.parametrize("decision", ["part", "refuse"])
def test_reasons_are_asked_for_with_everything_else(panel: PanelDesk, web_client: WebClient, decision: str) -> None:
    panel.sat(web_client)

    answer = panel.resolved(decision=decision, minutes="")

    assert answer.status_code == 422
    assert "部分同意或不同意時，應敘明理由。" in answer.text
    assert "請記錄會議的討論與決議內容。" in answer.text


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        pytest.param({"parent_name": "林小惠"}, "姓名與申請人相同", marks=pytest.mark.req("KH-6-Pb", "DR-27")),
        pytest.param({"head": ""}, "至少3人", marks=pytest.mark.req("KH-6-2h")),
        pytest.param({"educator": ""}, "應有教保服務人員代表", marks=pytest.mark.req("KH-6-Pa")),
        ({"day": "2026/11/20"}, "民國"),
        ({"time": "25:00"}, "時間"),
        ({"place": " "}, "地點"),
        ({"educator": "x"}, "從名單"),
        ({"parent_email": "x"}, "電子郵件"),
    ],
)
def test_what_is_wrong_with_a_meeting_is_said_and_what_was_typed_stays(
    panel: PanelDesk, changes: dict[str, str], words: str
) -> None:
    answer = panel.convene(**changes)
    assert answer.status_code == 422
    assert words in answer.text
    assert 'value="chen@example.org"' in answer.text or "parent_email" in changes
    panel.at_school()
    assert queries.meetings(tenant_id=panel.tenant_id, disclosure_id=panel.disclosure_id) == []


@pytest.mark.req("DR-27", "DR-37")
def test_whom_the_case_concerns_is_offered_nowhere_and_sees_nothing_of_it(panel: PanelDesk) -> None:
    case, ids = panel.case(), panel.desk.cast.ids
    case.excluded = [str(ids["k1-head"]), str(ids["k1-staff"])]
    db.session.commit()
    page = panel.desk.browser("k1-handler").get(f"{panel.desk.school}/cases/{panel.disclosure_id}/panels").text
    assert str(ids["k1-head"]) not in page
    assert str(ids["k1-staff"]) not in page
    head = panel.desk.browser("k1-head")
    assert head.get(f"{panel.desk.school}/cases/{panel.disclosure_id}/panels").status_code == 404
    assert case.serial not in head.get(f"{panel.desk.school}/panel-seats/").text


@pytest.mark.req("KH-6-Pc")
def test_a_wrong_note_of_attendance_is_corrected_by_a_record(panel: PanelDesk, web_client: WebClient) -> None:
    panel.sat(web_client)
    panel.resolved()
    made = queries.resolution(tenant_id=panel.tenant_id, disclosure_id=panel.case().id)
    assert made is not None
    typed = {"member_id": str(panel.seats()["parent_rep"].id), "said": "absent", "reason": "家長代表實未到場"}
    handler = panel.desk.browser("k1-handler")
    answer = handler.post(f"{panel.meeting_page}/resolutions/{made.id}/corrections", data=typed)
    assert answer.status_code == 303
    page = handler.get(panel.meeting_page).text
    assert "由「到場」更正為「未到」" in page
    assert "這次決議不成立" in page
    assert panel.attended().status_code == 409


@pytest.mark.req("DR-27")
def test_somebody_else_takes_a_seat_and_the_meeting_moves(panel: PanelDesk) -> None:
    panel.convene()
    parent = panel.seats()["parent_rep"]
    handler = panel.desk.browser("k1-handler")
    address = f"{panel.meeting_page}/members/{parent.id}"
    assert handler.post(f"{address}/invitation").status_code == 303
    typed = {"person": "", "name": "吳家長", "email": "wu@example.org", "because": "請假"}
    assert handler.post(f"{address}/replacement", data=typed | {"email": ""}).status_code == 422
    assert handler.post(f"{address}/replacement", data=typed).status_code == 303
    assert panel.seats()["parent_rep"].name == "吳家長"
    when = {key: panel.convening()[key] for key in ("day", "time", "place")}
    moved = handler.post(f"{panel.meeting_page}/time", data=when | {"place": "視訊會議"})
    assert moved.status_code == 303
    assert panel.meeting().place == "視訊會議"
    page = handler.get(panel.meeting_page).text
    assert "陳美玲" in page
    assert "請假" in page


@pytest.mark.req("TY-X-1")
def test_a_case_without_a_panel_is_not_listed(panel: PanelDesk) -> None:
    case = panel.case()
    case.panel_required = False
    db.session.commit()
    assert case.serial not in panel.desk.browser("k1-handler").get(f"{panel.desk.school}/panel-seats/").text
    assert panel.convene().status_code == 409


@pytest.mark.req("TY-X-1")
def test_a_school_without_panels_is_told_of_none(panel: PanelDesk) -> None:
    link = 'panel-seats/">專案小組'
    school = f"/schools/{panel.desk.cast.e1.tenant_id}/"
    assert link in panel.desk.browser("k1-head").get(f"{panel.desk.school}/").text
    assert link not in panel.desk.browser("e1-head").get(school).text


@pytest.mark.req("KH-6-Pb", "DR-27")
@pytest.mark.parametrize(
    ("changes", "at"),
    [
        ({"parent_name": "林小惠"}, "parent_name"),
        ({"parent_email": "same"}, "parent_email"),
        ({"neutral_name": "林小惠", "neutral_email": "neutral@example.org"}, "neutral_name"),
    ],
)
def test_whom_the_case_concerns_is_refused_beside_the_datum_that_collides(
    panel: PanelDesk, changes: dict[str, str], at: str
) -> None:
    case = panel.case()
    mail = case.email
    answer = panel.convene(**{key: mail if value == "same" else value for key, value in changes.items()})
    assert answer.status_code == 422
    assert f'<p class="sy-field-error" id="{at}-error">' in answer.text
    assert "請改由其他人擔任" in answer.text


@pytest.mark.req("KH-6-Pb", "DR-27")
def test_a_replacement_whom_the_case_concerns_is_told_by_which_datum(panel: PanelDesk) -> None:
    panel.convene()
    address = f"{panel.meeting_page}/members/{panel.seats()['parent_rep'].id}/replacement"
    typed = {"person": "", "name": "吳家長", "email": panel.case().email, "because": "請假"}
    answer = panel.desk.browser("k1-handler").post(address, data=typed)
    assert answer.status_code == 422
    assert "電子郵件與申請人相同" in answer.text
    assert 'id="email"' in answer.text, "the sentence at the head leads to it"


@pytest.mark.req("DR-32", "KH-6-Pb")
def test_a_meeting_tells_time_place_and_seats_in_one_round(panel: PanelDesk) -> None:
    typed = panel.convening(day="昨天", time="25:00", place="", educator="", parent_email="", neutral_email="a@b.tw")
    answer = panel.desk.browser("k1-handler").post(
        f"{panel.desk.school}/cases/{panel.disclosure_id}/panels", data=typed
    )
    assert answer.status_code == 422
    for sentence in (
        "看不懂這個日期。",
        "時間應在 00:00 至 24:00 之間。",
        "請填寫開會地點",
        "專案小組應有教保服務人員代表。",
        "請填寫家長代表的電子郵件。",
        "請填寫外部中立委員的姓名。",
    ):
        assert sentence in answer.text


@pytest.mark.req("DR-32")
def test_a_meeting_in_the_past_is_told_with_its_seats_beside_what_is_to_be_mended(panel: PanelDesk) -> None:
    past = short_date(clock.today() - timedelta(days=1))
    typed = panel.convening(day=past, parent_email="parent@example.org")
    answer = panel.desk.browser("k1-handler").post(
        f"{panel.desk.school}/cases/{panel.disclosure_id}/panels", data=typed
    )
    assert '<a href="#day">' in answer.text
    assert "開會時間必須晚於現在。" in answer.text
    assert "電子郵件與申請人相同" in answer.text


@pytest.mark.req("DR-27", "DR-22")
def test_minutes_with_a_name_or_a_number_are_refused_and_say_what_to_write(
    panel: PanelDesk, web_client: WebClient
) -> None:
    panel.sat(web_client)
    said = f"{panel.case().child_name}的家長出示 {made()}"
    answer = panel.resolved(minutes=said)
    assert answer.status_code == 422
    assert "這裡請勿填寫身分證號" in answer.text
    assert panel.resolved(minutes=f"{panel.case().applicant_name}說明經過").status_code == 422
    named = panel.resolved(minutes=f"{panel.case().applicant_name}說明經過").text
    assert "會議紀錄請以代號記載，不寫姓名。" in named
    assert panel.resolved(minutes="申請人說明甲童跌倒經過").status_code == 303
