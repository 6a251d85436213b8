"""A form that came on paper is keyed in with its number, asked the same questions, and found like any other."""

from uuid import UUID

import pytest

from infra import clock
from infra.db import db
from infra.tenancy import Binding, bind
from tenants.disclosures.insider.models import InsiderRequest
from tenants.disclosures.models import DisclosureWindow
from tenants.roc_dates import short_date
from tests.factories.insiders import LOOKUP
from tests.made_identity_numbers import made
from tests.webapp.desk import Desk, pdf_file
from tests.webapp.visitor import WHO, what, where

pytestmark = pytest.mark.req("DR-20", "KH-6-2d")


def typed(desk: Desk, **changes: object) -> dict[str, object]:
    return {
        "site": str(desk.cast.k1.site_id),
        **WHO,
        **what(),
        **where(desk.cast.k1.cameras["C-GATE"]),
        "kind": "card",
        "number": made(),
        "paper_number": "紙115-7",
        "applied_on": short_date(clock.today()),
    } | changes


def other(camera: UUID) -> dict[str, str]:
    """A second window of the paper, at another place."""
    return {name.replace("windows-0", "windows-1"): value for name, value in where(camera).items()}


def row(desk: Desk) -> InsiderRequest:
    db.session.rollback()
    bind(db.session, Binding(tenant_id=desk.cast.k1.tenant_id))
    return db.session.scalars(db.select(InsiderRequest)).one()


@pytest.fixture
def address(desk: Desk) -> str:
    desk.app.extensions["lookup_secret"] = LOOKUP
    return f"{desk.school}/applications/new/"


def test_the_handler_keys_a_paper_in_and_adds_its_scan_later(desk: Desk, address: str) -> None:
    handler = desk.browser("k1-handler")
    assert address in handler.get(f"{desk.school}/cases/").text
    assert "紙本編號" in handler.get(address).text
    given = typed(desk)

    answer = handler.post(address, data=given, follow_redirects=True)

    assert "已補登紙本申請單" in answer.text, answer.text
    case = row(desk)
    assert (case.paper_number, case.applied_on, case.filed_by) == (
        "紙115-7",
        clock.today(),
        desk.cast.ids["k1-handler"],
    )
    assert "待補掃描" in answer.text
    home = f"{desk.school}/"
    assert "紙本申請單待補掃描" in handler.get(home).text
    assert str(given["number"]) not in answer.text
    scanned = handler.post(
        f"{desk.school}/applications/{case.id}/scan", data={"scan": pdf_file()}, follow_redirects=True
    )
    assert "紙本已掃描" in scanned.text
    assert "紙本申請單待補掃描" not in handler.get(home).text


def test_a_scan_may_come_with_it(desk: Desk, address: str) -> None:
    handler = desk.browser("k1-handler")
    answer = handler.post(address, data=typed(desk, scan=pdf_file()), follow_redirects=True)
    assert "紙本已掃描" in answer.text, answer.text


@pytest.mark.req("DR-21", "DR-22", "KH-A1-03")
@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"paper_number": ""}, "請填寫紙本編號"),
        ({"applied_on": "2026/11/20"}, "請輸入民國年"),
        ({"applied_on": "115/2/29"}, "115年2月只有28日"),
        ({"number": "A123"}, "證號應為10碼"),
        ({"name": ""}, "請填寫您的姓名"),
        ({"reason": "。。。"}, "請具體敘明事由"),
        ({"windows-0-cameras": ""}, "鏡頭清單已變更"),
    ],
)
def test_what_the_paper_lacks_is_said_and_the_number_is_not_repeated(
    desk: Desk, address: str, changes: dict[str, object], sentence: str
) -> None:
    given = typed(desk, **changes)
    answer = desk.browser("k1-handler").post(address, data=given)

    assert (answer.status_code, sentence in answer.text) == (422, True), answer.text
    assert str(given["number"]) not in answer.text


@pytest.mark.req("KH-6-2f", "KH-A1-08", "KH-A1-09")
def test_a_paper_may_name_several_windows(desk: Desk, address: str) -> None:
    handler, second = desk.browser("k1-handler"), other(desk.cast.k1.cameras["C-ROOM2"])
    page = handler.post(address, data=typed(desk, add_window="windows")).text
    assert 'name="windows-1-from_day"' in page
    assert f'name="windows-1-cameras" value="{desk.cast.k1.cameras["C-ROOM2"]}"' in page, "its places are offered"
    assert 'value="紙115-7"' in page
    assert "請先修正" not in page
    again = handler.post(address, data=typed(desk, drop_window="windows-1", **second)).text
    assert 'name="windows-1-from_day"' not in again

    answer = handler.post(address, data=typed(desk, **second), follow_redirects=True)

    assert "已補登紙本申請單" in answer.text, answer.text
    row(desk)
    found = db.session.scalars(db.select(DisclosureWindow)).all()
    assert {window.camera_id for window in found} == {desk.cast.k1.cameras[code] for code in ("C-GATE", "C-ROOM2")}


@pytest.mark.req("KH-6-3a")
def test_a_fault_of_one_window_of_several_is_told_beside_it(desk: Desk, address: str) -> None:
    second = other(desk.cast.k1.cameras["C-ROOM2"]) | {"windows-1-from_time": ""}
    answer = desk.browser("k1-handler").post(address, data=typed(desk, **second))
    assert answer.status_code == 422
    assert 'href="#windows-1-from_time"' in answer.text
    assert 'name="windows-1-from_day"' in answer.text


def test_only_who_handles_applications_keys_one_in(desk: Desk, address: str) -> None:
    for login, status in (("k1-guard", 403), ("k1-staff", 403), ("e1-handler", 404)):
        assert desk.browser(login).get(address).status_code == status


@pytest.mark.needs("faces", "pdftotext")
@pytest.mark.req("DR-23")
def test_a_character_that_no_font_has_stops_the_print_and_is_named(desk: Desk, address: str) -> None:
    handler = desk.browser("k1-handler")
    handler.post(address, data=typed(desk, reason="女兒於滑梯旁跌倒😀，左臂擦傷，需了解經過"))
    printed = handler.get(f"{desk.school}/applications/{row(desk).id}/form.pdf")

    assert (printed.status_code, "U+1F600" in printed.text) == (422, True)
