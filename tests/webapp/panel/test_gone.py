"""What each page says of footage that is gone while its panel works (KH-6-3b, DR-01)."""

from datetime import timedelta

import pytest

from infra import clock
from infra.db import db
from tenants.disclosures.windows import windows_of
from tenants.retention.models import Destruction
from tests.factories import footage, retention
from tests.webapp.conftest import WebClient
from tests.webapp.panel.conftest import PanelDesk
from tests.webapp.visitor import Visitor

pytestmark = pytest.mark.req("KH-6-3b", "DR-01")


def destroy(panel: PanelDesk) -> str:
    """Destroy the day of the only window; the number of the certificate."""
    of = panel.desk.cast.k1
    (window,) = windows_of(panel.case()).values()
    key = footage.day_key(of, day=window.started_at)
    footage.segment(of, device_id=footage.device(of), started_at=window.started_at)
    key.destroyed_at, key.wrapped_secret = clock.now(), None
    made = retention.destruction(of, day=clock.civil_day(window.started_at))
    number = db.session.get_one(Destruction, made).certificate_no
    assert number is not None
    return number


def filed_after(panel: PanelDesk) -> None:
    """As if the application had come only after the destruction."""
    case = panel.case()
    case.filed_at = clock.now() + timedelta(seconds=1)
    db.session.commit()


def test_a_window_that_was_gone_already_is_told_with_its_certificate_everywhere(
    panel: PanelDesk, web_client: WebClient, other_client: WebClient
) -> None:
    number = destroy(panel)
    filed_after(panel)
    handler = panel.desk.browser("k1-handler")
    assert number in handler.get(f"{panel.desk.school}/cases/{panel.disclosure_id}/panels").text, (
        "before it is convened"
    )
    panel.sat(web_client)
    assert number in web_client.get(f"{panel.public}/seat").text
    assert number in handler.get(panel.meeting_page).text
    answer = panel.resolved()
    assert answer.status_code == 422
    assert "這個時段的影像已依規定銷毀" in answer.text
    assert panel.case().state == "submitted"
    assert number in handler.get(f"{panel.desk.school}/applications/{panel.disclosure_id}/").text

    parent = Visitor(other_client, panel.desk.cast, "K1")
    parent.prove()
    own = parent.get(f"/follow/{panel.disclosure_id}").text
    assert number in own
    assert "收件後遭刪除" not in own


def test_a_window_that_was_lost_since_is_told_as_a_breach(
    panel: PanelDesk, web_client: WebClient, other_client: WebClient
) -> None:
    panel.sat(web_client)
    assert "已依規定銷毀" not in web_client.get(f"{panel.public}/seat").text
    number = destroy(panel)
    for page in (
        web_client.get(f"{panel.public}/seat").text,
        panel.desk.browser("k1-handler").get(panel.meeting_page).text,
    ):
        assert "影像於收件後遭刪除，違反先行保全" in page
        assert number in page
    assert panel.resolved().status_code == 422

    parent = Visitor(other_client, panel.desk.cast, "K1")
    parent.prove()
    assert "影像於收件後遭刪除，機構應查明並向您說明" in parent.get(f"/follow/{panel.disclosure_id}").text
