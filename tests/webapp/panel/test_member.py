"""The pages of a member: by link and code without an account, or signed in (P1)."""

import pytest

from infra import clock
from infra.db import db
from tests.webapp.conftest import WebClient
from tests.webapp.panel.conftest import PanelDesk

NO_CONFLICT = {"conflict": "no", "secrecy": "y"}


@pytest.mark.req("KH-6-Pb", "DR-27", "DR-37")
def test_link_code_declaration_brief_opinion_outcome_and_end(panel: PanelDesk, web_client: WebClient) -> None:
    panel.convene()
    seat = f"{panel.public}/seat"
    assert panel.enter(web_client).location.endswith(seat)
    before = web_client.get(seat).text
    assert "園長室" in before
    assert "滑梯" not in before, "nothing of the case before secrecy is signed"
    assert web_client.post(f"{seat}/declaration", data=NO_CONFLICT).status_code == 303
    brief = web_client.get(seat).text
    assert "滑梯" in brief
    for secret in ("林小惠", "林可可", "0912-345-678", "E******005", "兔兔班", "parent@example.org"):
        assert secret not in brief
    assert web_client.post(f"{seat}/opinion", data={"period": "no", "words": "建議縮短五分鐘"}).status_code == 303
    assert "建議縮短五分鐘" in web_client.get(seat).text
    panel.declare_in_house()
    panel.its_time()
    panel.attended()
    panel.resolved()
    outcome = web_client.get(seat).text
    assert "第 1 次決議：同意" in outcome
    assert "到場" in outcome
    _close(panel)
    assert web_client.get(seat).status_code == 404


@pytest.mark.req("DR-27", "KH-6-Pb")
def test_an_aunt_stands_down_and_is_out_at_once(panel: PanelDesk, web_client: WebClient) -> None:
    panel.convene()
    panel.enter(web_client)
    seat = f"{panel.public}/seat"
    assert web_client.post(f"{seat}/declaration", data={"conflict": "yes"}).status_code == 422
    answer = web_client.post(f"{seat}/declaration", data={"conflict": "yes", "note": "我是涉案幼兒的姑姑"})
    assert "已登記您迴避" in answer.text
    assert web_client.get(seat).status_code == 404
    assert "parent_rep" not in panel.seats()


@pytest.mark.req("KH-6-Pb")
@pytest.mark.parametrize("typed", [{}, {"conflict": "no"}, {"secrecy": "y"}])
def test_a_declaration_is_whole_or_none(panel: PanelDesk, web_client: WebClient, typed: dict[str, str]) -> None:
    panel.convene()
    panel.enter(web_client)
    answer = web_client.post(f"{panel.public}/seat/declaration", data=typed)
    assert answer.status_code == 422
    assert "滑梯" not in answer.text


@pytest.mark.req("KH-6-Pb", "DR-08")
def test_a_wrong_code_counts_and_no_link_or_session_opens_elsewhere(
    panel: PanelDesk, web_client: WebClient, other_client: WebClient
) -> None:
    panel.convene()
    link = panel.arrive(web_client)
    web_client.post(f"{link}/code")
    code = panel.code()
    wrong = str((int(code) + 1) % 10**6).zfill(6)
    answer = web_client.post(f"{link}/session", data={"code": wrong})
    assert answer.status_code == 422
    assert "不正確或已失效" in answer.text
    for _ in range(4):
        web_client.post(f"{link}/session", data={"code": wrong})
    assert web_client.post(f"{link}/session", data={"code": code}).status_code == 422, "the failures were kept"
    assert other_client.get(f"{panel.public}/seat").status_code == 404
    elsewhere = f"/panel/{panel.desk.cast.e1.tenant_id}/{link.rsplit('/', 1)[-1]}"
    assert web_client.get(elsewhere).status_code == 404
    assert web_client.get(f"{panel.public}/x").status_code == 404


@pytest.mark.req("KH-6-Pb")
def test_the_session_is_of_one_browser_and_is_left(
    panel: PanelDesk, web_client: WebClient, other_client: WebClient
) -> None:
    panel.convene()
    panel.enter(web_client)
    seat = f"{panel.public}/seat"
    assert web_client.get(seat).status_code == 200
    assert other_client.get(seat).status_code == 404
    assert web_client.post(f"{seat}/leaving").status_code == 303
    assert web_client.get(seat).status_code == 404


def test_the_meeting_goes_into_a_calendar(panel: PanelDesk, web_client: WebClient) -> None:
    panel.convene()
    panel.enter(web_client)
    answer = web_client.get(f"{panel.public}/seat/meeting.ics")
    assert answer.mimetype == "text/calendar"
    assert answer.data.startswith(b"BEGIN:VCALENDAR\r\n")
    assert f"{panel.meeting().meets_at:%Y%m%dT%H%M%SZ}" in answer.text
    assert max(len(line) for line in answer.data.split(b"\r\n")) <= 75
    assert "林" not in answer.text


@pytest.mark.req("KH-6-Pa", "DR-37")
def test_a_teacher_reads_and_says_in_their_own_seat_only(panel: PanelDesk) -> None:
    panel.convene()
    seats = panel.seats()
    teacher = panel.desk.browser("k1-staff")
    own = f"{panel.desk.school}/panel-seats/{seats['educator_rep'].id}"
    assert panel.case().serial in teacher.get(f"{panel.desk.school}/panel-seats/").text
    assert teacher.post(f"{own}/declaration", data=NO_CONFLICT).status_code == 303
    assert "滑梯" in teacher.get(own).text
    assert teacher.post(f"{own}/opinion", data={"ground": "yes"}).status_code == 303
    assert teacher.post(f"{own}/opinion", data={}).status_code == 422
    assert teacher.get(f"{own}/meeting.ics").status_code == 200
    other = f"{panel.desk.school}/panel-seats/{seats['parent_rep'].id}"
    assert teacher.get(other).status_code == 404
    assert panel.desk.browser("k1-handler").get(own).status_code == 404
    assert panel.desk.browser("k1-guard").get(own).status_code == 403
    assert teacher.get(panel.meeting_page).status_code == 403


@pytest.mark.req("DR-27")
def test_a_teacher_may_stand_down_after_reading(panel: PanelDesk) -> None:
    panel.convene()
    own = f"{panel.desk.school}/panel-seats/{panel.seats()['educator_rep'].id}"
    teacher = panel.desk.browser("k1-staff")
    teacher.post(f"{own}/declaration", data=NO_CONFLICT)
    assert teacher.post(f"{own}/declaration", data={"conflict": "yes", "note": "姪女"}).status_code == 303
    assert "educator_rep" not in panel.seats()


def _close(panel: PanelDesk) -> None:
    case, head = panel.case(), panel.desk.cast.ids["k1-head"]
    case.state, case.closed_at, case.closed_by = "closed", clock.now(), head
    case.replied_at, case.replied_by = clock.now(), head
    db.session.commit()


@pytest.mark.req("DR-32", "DR-27")
def test_a_declaration_of_nothing_tells_both_questions(panel: PanelDesk, web_client: WebClient) -> None:
    panel.convene()
    panel.enter(web_client)
    answer = web_client.post(f"{panel.public}/seat/declaration", data={}).text
    assert "請選擇您與本案有沒有利害關係。" in answer
    assert "沒有利害關係時，請閱讀並同意保密切結" in answer
