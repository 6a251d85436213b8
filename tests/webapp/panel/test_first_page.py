"""What a panel leaves to do stands on the first page of whoever has to do it, until it is done."""

from datetime import timedelta

import pytest

from infra import clock
from infra.db import db
from tests.webapp.panel.conftest import PanelDesk


def home(panel: PanelDesk, login: str) -> str:
    db.session.rollback()
    return panel.desk.browser(login).get(f"{panel.desk.school}/").text


def sign(panel: PanelDesk) -> None:
    address = f"{panel.desk.school}/applications/{panel.disclosure_id}/signature"
    for box in ("cctv_handler", "office_head"):  # nobody heads the office: 兼任
        assert panel.desk.browser("k1-handler").post(address, data={"box": box}).status_code == 303


@pytest.mark.req("KH-6-2h", "KH-6-Pb")
def test_a_signed_case_asks_for_its_panel_and_each_member_for_the_declaration(panel: PanelDesk) -> None:
    assert "請召集專案小組" not in home(panel, "k1-handler")
    sign(panel)
    assert "請召集專案小組" in home(panel, "k1-handler")

    panel.convene()

    assert "請召集專案小組" not in home(panel, "k1-handler")
    for login in ("k1-staff", "k1-head"):
        assert "請先聲明利害關係並簽署保密切結" in home(panel, login)
    panel.declare_in_house()
    assert "請先聲明利害關係" not in home(panel, "k1-staff")


@pytest.mark.req("KH-6-2h", "KH-6-Pc")
def test_a_panel_that_has_met_asks_for_attendance_and_resolution(
    panel: PanelDesk, monkeypatch: pytest.MonkeyPatch
) -> None:
    sign(panel)
    panel.convene()
    assert "請登記出席情形與決議" not in home(panel, "k1-handler")
    later = clock.now() + timedelta(minutes=50)
    monkeypatch.setattr(clock, "now", lambda: later)
    assert "請登記出席情形與決議" in home(panel, "k1-handler")


@pytest.mark.req("KH-6-3b")
def test_where_nothing_is_left_the_head_may_refuse_and_no_panel_is_asked_for(panel: PanelDesk) -> None:
    sign(panel)
    panel.case().hold_id = None
    db.session.commit()
    assert "影像已不存在，可核定不同意" in home(panel, "k1-head")
    assert "請召集專案小組" not in home(panel, "k1-handler")


@pytest.mark.req("DR-37")
def test_what_the_law_wants_reported_stands_first_until_it_is_entered(panel: PanelDesk) -> None:
    case = panel.case()
    case.ground, case.sealed = "suspected_mistreatment", True
    db.session.commit()
    page = home(panel, "k1-handler")
    assert f"{case.serial} 密封案件：依法應通報" in page
    assert "兒童及少年福利與權益保障法第五十三條" in page
    assert "依法應通報" not in home(panel, "k1-staff")

    case = panel.case()
    case.known_at = case.reported_at = clock.now()
    case.report_number = "A115-001"
    db.session.commit()
    assert "依法應通報" not in home(panel, "k1-handler")
