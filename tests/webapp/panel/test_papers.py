"""The panel's papers at the convener's desk, and the head's form that begins with what was resolved."""

import pytest

from infra import clock
from tenants.roc_dates import short_date
from tests import printouts
from tests.webapp.panel.conftest import PanelDesk

needs_faces = pytest.mark.needs("faces", "pdftotext")


@needs_faces
@pytest.mark.req("KH-6-Pc")
def test_the_convener_prints_the_minutes_and_a_member_does_not(panel: PanelDesk) -> None:
    panel.convene()
    address = f"{panel.meeting_page}/minutes.pdf"

    answer = panel.desk.browser("k1-handler").get(address)
    assert address in panel.desk.browser("k1-handler").get(panel.meeting_page).text
    assert "專案小組會議紀錄" in printouts.words(answer.data)
    assert panel.desk.browser("k1-staff").get(address).status_code == 403
    assert panel.desk.browser("e1-head").get(address).status_code == 404


@needs_faces
@pytest.mark.req("KH-6-Pb", "DR-20")
def test_a_statement_is_printed_and_the_signed_one_recorded(panel: PanelDesk) -> None:
    panel.convene()
    seat = panel.seats()["parent_rep"]
    handler, address = panel.desk.browser("k1-handler"), f"{panel.meeting_page}/members/{seat.id}/statement"
    assert "陳美玲" in printouts.words(handler.get(f"{address}.pdf").data)

    wrong = handler.post(address, data={"paper_number": "切結115-3", "signed_on": "2026/11/20"}, follow_redirects=True)
    assert "請輸入民國年" in wrong.text
    given = {"paper_number": "切結115-3", "signed_on": short_date(clock.today())}
    done = handler.post(address, data=given, follow_redirects=True).text
    assert "以紙本簽署，編號切結115-3" in done
    assert panel.desk.browser("k1-staff").post(address, data=given).status_code == 403


@pytest.mark.req("KH-6-2h", "KH-A1-15")
def test_the_heads_form_begins_with_what_the_panel_resolved(panel: PanelDesk) -> None:
    panel.convene()
    panel.declare_in_house()
    seat = panel.seats()["parent_rep"]
    handler = panel.desk.browser("k1-handler")
    given = {"paper_number": "切結115-3", "signed_on": short_date(clock.today())}
    handler.post(f"{panel.meeting_page}/members/{seat.id}/statement", data=given)
    panel.its_time()
    panel.attended()
    assert panel.resolved().status_code == 303
    address = f"{panel.desk.school}/applications/{panel.disclosure_id}/"
    for box in ("cctv_handler", "office_head"):
        assert handler.post(f"{address}signature", data={"box": box}).status_code == 303

    page = panel.desk.browser("k1-head").get(address).text
    decide = page.partition('id="decide"')[2].partition("</section>")[0]
    assert 'value="all" checked' in decide
